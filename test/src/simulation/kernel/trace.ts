import { createHash } from "node:crypto";

/** A line per step: the same seed gives the same bytes. */
export class Trace {
  readonly #lines: string[] = [];
  readonly #print: ((line: string) => void) | undefined;

  constructor(print?: (line: string) => void) {
    this.#print = print;
  }

  line(text: string): void {
    this.#lines.push(text);
    this.#print?.(text);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** sha256 of all lines, hex. */
  fingerprint(): string {
    return createHash("sha256").update(this.#lines.join("\n")).digest("hex");
  }
}
