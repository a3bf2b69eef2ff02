import type { Logger } from "@septet/messaging";

/** Warnings and errors as lines on stderr; the rest is of no interest at a command line. */
export const stderrLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields, message) => write("warning", fields, message),
  error: (fields, message) => write("error", fields, message),
};

function write(level: string, fields: object, message: string): void {
  const reason = "err" in fields && fields.err instanceof Error ? `: ${fields.err.message}` : "";
  process.stderr.write(`${level}: ${message}${reason}\n`);
}
