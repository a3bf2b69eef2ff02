/** A rule that is broken everywhere is told a few times only. */
const PER_STATEMENT = 3;

/** Broken statements, each with what shows it. */
export class Findings {
  readonly all: string[] = [];
  readonly #told = new Map<string, number>();

  /** @param statement what must be true; @param shown what is so instead */
  expect(holds: boolean, statement: string, shown: () => string): void {
    if (holds) return;
    const told = this.#told.get(statement) ?? 0;
    this.#told.set(statement, told + 1);
    if (told < PER_STATEMENT) this.all.push(`${statement}: ${shown()}`);
  }
}
