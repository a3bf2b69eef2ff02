import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";

/** Answers that are kept with their key; others may change when the request comes again. */
const isKept = (status: number): boolean => (status >= 200 && status < 300) || status === 409 || status === 422;

/** What callers over HTTP and readers of topics may rely on. */
export function callerRules({ history, script }: Evidence, findings: Findings): void {
  for (const { path, method, answers } of history.exchanges) {
    if (method !== "POST") continue;
    const kept = new Set(answers.filter(({ status }) => isKept(status)).map((answer) => JSON.stringify(answer)));
    const shown = () => `${path}: ${[...kept].join(" and ")}`;
    findings.expect(kept.size <= 1, "the same key gets the same answer", shown);
  }
  if (script.faults.length > 0) return;
  const seen = new Set<string>();
  for (const { message, record } of history.witnessed) {
    if (record === undefined || !message.topic.startsWith("stock.")) continue;
    const { eventId } = record.value;
    findings.expect(
      !seen.has(eventId),
      "one relay sends: on a good day nothing comes twice",
      () => `${record.name} ${eventId}`,
    );
    seen.add(eventId);
  }
}
