import type { logCreator } from "kafkajs";
import type { Logger } from "../logger.js";

/**
 * kafkajs reports what it is about to retry (a coordinator that is still loading, a connection refused) as errors. What
 * matters to us comes back as an exception or event and is logged there, so its own lines are for debugging.
 */
export function kafkaLogLines(logger: Logger): logCreator {
  return () =>
    ({ namespace, log }) => {
      const { message, timestamp: _, logger: __, ...fields } = log;
      logger.debug({ kafkajs: namespace, ...fields }, message);
    };
}
