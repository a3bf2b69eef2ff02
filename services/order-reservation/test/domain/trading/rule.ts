/** A rule of the business that does not hold; `detail` is what one needs to find out why. */
export class BrokenRule extends Error {
  constructor(rule: string, detail: unknown) {
    super(`${rule}: ${typeof detail === "string" ? detail : JSON.stringify(detail)}`);
    this.name = "BrokenRule";
  }
}

export function rule(text: string, holds: boolean, detail: () => unknown): void {
  if (!holds) throw new BrokenRule(text, detail());
}

export function add<K>(sums: Map<K, number>, key: K, pieces: number): void {
  sums.set(key, (sums.get(key) ?? 0) + pieces);
}
