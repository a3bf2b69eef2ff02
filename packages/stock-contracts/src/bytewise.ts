/** The order of the databases (COLLATE "C"): UTF-8 bytes, which is the order of code points and not of UTF-16 units. */
export function bytewise(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}
