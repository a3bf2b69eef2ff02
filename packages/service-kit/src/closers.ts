import type { Logger } from "./logging.js";

/** Closes what was opened, in reverse order; each is given its chance whatever the others do. */
export class Closers {
  readonly #stack: { name: string; close: () => Promise<unknown> }[] = [];
  readonly #logger: Logger;
  constructor(logger: Logger) {
    this.#logger = logger;
  }
  push(name: string, close: () => Promise<unknown>): void {
    this.#stack.push({ name, close });
  }
  async close(): Promise<void> {
    for (let next = this.#stack.pop(); next !== undefined; next = this.#stack.pop()) {
      try {
        await next.close();
      } catch (error) {
        this.#logger.warn({ err: error, part: next.name }, "a part did not close cleanly");
      }
    }
  }
}
