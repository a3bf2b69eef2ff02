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

  fingerprint(): string {
    return fingerprintOf(this.#lines);
  }
}

/** sha256 of all lines, hex. */
export function fingerprintOf(lines: readonly string[]): string {
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}
