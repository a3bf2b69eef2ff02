import { setTimeout as delay } from "node:timers/promises";
import type { KeptProcess } from "./process-keeper.js";
import { type ServiceOrder, startService, untilReady } from "./service-process.js";

/** A process that ran this long had started well: the next pause is the shortest again. */
const STEADY_MS = 60_000;
const LONGEST_PAUSE_MS = 30_000;

/** A service that is started again when it ends by itself, after a pause that doubles from 1 s to 30 s, and never silently. */
export class SupervisedService {
  readonly name: string;
  readonly url: string;
  readonly #order: ServiceOrder;
  readonly #report: (line: string) => void;
  readonly #stopping = new AbortController();
  #process: KeptProcess;

  constructor(order: ServiceOrder, report: (line: string) => void) {
    this.#order = order;
    this.#report = report;
    this.name = order.instance;
    this.url = `http://${order.env.HOST}:${order.env.PORT}`;
    this.#process = startService(order);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /**
   * Waits until it is ready for the first time, and watches over it from then on.
   * @throws with the last lines of its log when it does not become ready
   */
  async ready(withinMs: number): Promise<void> {
    await untilReady(this.#process, this.url, withinMs);
    void this.#watch();
  }

  async stop(withinMs: number): Promise<void> {
    this.#stopping.abort();
    if (this.#process.end() === undefined) await this.#process.stop(withinMs);
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    let pauseMs = 1_000;
    while (!signal.aborted) {
      const since = performance.now();
      const end = await this.#process.ended;
      if (signal.aborted) return;
      if (performance.now() - since > STEADY_MS) pauseMs = 1_000;
      this.#report(
        `${this.name} ended (${end}); starting it again in ${pauseMs / 1000} s, see ${this.#process.logFile}`,
      );
      await delay(pauseMs, undefined, { signal }).catch((error: Error) => {
        if (error.name !== "AbortError") throw error;
      });
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      if (!signal.aborted) this.#process = startService(this.#order);
    }
  }
}
