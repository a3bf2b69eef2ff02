import { createLogger, type Logger } from "@septet/service-kit";

/** What is written at `error` although everything around was merely slow, lost or dead. */
const EXPECTED =
  /Connection terminated|given up after|the log did not|lock timeout|Cannot use a pool|the queue is closed|not settled in time|the deadline passed/;

/** A logger that tells only what must not happen: an error that no fault of the simulation explains. */
export function quietLogger(unexpected: (text: string) => void): Logger {
  const destination = {
    write(line: string) {
      const entry = JSON.parse(line) as { msg?: string; err?: { message?: string; stack?: string } };
      const text = `${entry.msg ?? ""} ${entry.err?.message ?? ""}`;
      if (!EXPECTED.test(text)) unexpected(text.trim());
    },
  };
  return createLogger({ service: "simulated", level: "error" }, destination);
}
