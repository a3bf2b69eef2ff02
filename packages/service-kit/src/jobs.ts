import type { Logger } from "./logging.js";
import type { KitMetrics } from "./metrics.js";

/** Something that runs now and then until it is stopped. */
export interface Job {
  readonly name: string;
  /** Ends the waiting, and waits for a run under way. */
  stop(): Promise<void>;
}

/**
 * Runs `work` every `ms` milliseconds after the previous run ended: never two at once. The first run is at once.
 * An error is logged and counted, and the next run comes at its time.
 */
export function every(
  ms: number,
  name: string,
  work: () => Promise<void> | void,
  o: { logger: Logger; metrics?: KitMetrics },
): Job {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const run = async () => {
    try {
      await work();
    } catch (error) {
      o.logger.error({ err: error, job: name }, "job failed, it runs again at its time");
      o.metrics?.jobFailures.inc({ job: name });
    }
    if (!stopped) timer = setTimeout(start, ms);
  };
  const start = () => {
    running = run();
  };
  start();
  return {
    name,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
