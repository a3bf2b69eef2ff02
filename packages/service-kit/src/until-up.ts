import { backoffMs, FatalError, wait } from "@septet/messaging";
import type { Logger } from "./logging.js";

const FIRST_RETRY_MS = 200;
const MAX_RETRY_MS = 3_000;

/** The service was told to stop before it had started. */
export class StoppedWhileStarting extends Error {
  constructor() {
    super("stopped while starting");
    this.name = "StoppedWhileStarting";
  }
}

/** Where a start stands: what it waits for, as readiness shows it. */
export interface StartProgress {
  reason: string | undefined;
}

/**
 * Tries a step of the start until it works; what it waits for stands in `progress`.
 * @param o.retry whether an error is worth another try; a FatalError never is
 * @throws whatever is not worth another try, and StoppedWhileStarting
 */
export async function untilUp<T>(
  what: string,
  step: () => Promise<T>,
  o: { progress: StartProgress; logger: Logger; signal: AbortSignal; retry(error: unknown): boolean },
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    if (o.signal.aborted) throw new StoppedWhileStarting();
    o.progress.reason ??= `${what}: connecting`;
    try {
      const up = await step();
      o.progress.reason = undefined;
      return up;
    } catch (error) {
      if (error instanceof FatalError || !o.retry(error)) throw error;
      o.progress.reason = `${what}: ${error instanceof Error ? error.message || error.name : String(error)}`;
      o.logger.warn({ err: error, attempt }, `${what} is not up yet, trying again`);
      await wait(backoffMs(attempt, FIRST_RETRY_MS, MAX_RETRY_MS), o.signal);
    }
  }
}
