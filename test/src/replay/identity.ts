import { createHash } from "node:crypto";

/** The same words give the same id for ever: that is what makes a second replay change nothing. Written as a UUID. */
export function derivedId(...words: readonly string[]): string {
  const hash = createHash("sha256")
    .update(JSON.stringify(["septet-replay", ...words]))
    .digest("hex");
  const variant = ((Number.parseInt(hash.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-${variant}${hash.slice(18, 20)}-${hash.slice(20, 32)}`;
}

/** The order, return or write-off that one invoice of one file is. */
export function documentId(file: string, invoice: string): string {
  return `${file}.${invoice}`;
}
