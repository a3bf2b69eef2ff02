import { type DestinationStream, type Logger as PinoLogger, pino } from "pino";
import { currentTrace } from "./trace-context.js";

/** The logger of a service: JSON lines with request id and trace of the work under way. */
export type Logger = PinoLogger;

/** Values that never reach a log line. */
const REDACTED = [
  "authorization",
  "*.authorization",
  "headers.authorization",
  "password",
  "*.password",
  "DATABASE_URL",
];

/**
 * Makes the service's logger.
 * @param o.level pino level, or `silent`
 */
export function createLogger(
  o: { service: string; instance?: string; level?: string },
  destination?: DestinationStream,
): Logger {
  const options = {
    level: o.level ?? "info",
    base: { service: o.service, ...(o.instance === undefined ? {} : { instance: o.instance }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: REDACTED, censor: "[redacted]" },
    mixin: traceFields,
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

function traceFields(): Record<string, string> {
  const trace = currentTrace();
  if (trace === undefined) return {};
  return { traceId: trace.traceId, ...(trace.requestId === undefined ? {} : { requestId: trace.requestId }) };
}
