import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";
import { acceptedLines, namesOf } from "./order-facts.js";
import { overFrom } from "./promotion-rules.js";

/** At rest nothing is missing, waiting or put aside without a reason. */
export function restRules(evidence: Evidence, findings: Findings): void {
  everyMovementArrived(evidence, findings);
  everythingSentAndRead(evidence, findings);
  onlyBadMessagesPutAside(evidence, findings);
}

function everyMovementArrived(evidence: Evidence, findings: Findings): void {
  const heads = new Map<string, number>();
  for (const { recordedBy, sku, sequence } of movementsOf(evidence)) {
    heads.set(JSON.stringify([recordedBy, sku]), sequence);
  }
  for (const [service, { positions, heads: own }] of evidence.tables.common) {
    for (const { sku, sequence } of own) {
      if (sequence === 0) continue;
      const inLog = heads.get(JSON.stringify([service, sku])) ?? 0;
      const shown = () => `${service} has recorded ${sequence} of ${sku}, the log has ${inLog}`;
      findings.expect(inLog === sequence, "every recorded movement is published", shown);
    }
    const reached = new Map(positions.map((row) => [JSON.stringify([row.recorded_by, row.sku]), row]));
    for (const [stream, head] of heads) {
      const position = reached.get(stream);
      const shown = () => `${service} has ${JSON.stringify(position)} of ${stream}, which ends at ${head}`;
      findings.expect(
        position?.contiguous === head && position.ahead === 0,
        "at rest no movement is missing anywhere",
        shown,
      );
    }
  }
}

function everythingSentAndRead({ tables, broker }: Evidence, findings: Findings): void {
  for (const [service, { unpublished, consumed }] of tables.common) {
    findings.expect(unpublished === 0, "at rest no row is unpublished", () => `${service} has ${unpublished}`);
    for (const { group_id, topic, partition, next_offset } of consumed) {
      const end = broker.endOffsets(topic).get(partition) ?? 0;
      const shown = () => `${group_id} at ${next_offset} of ${topic}/${partition}, which ends at ${end}`;
      findings.expect(next_offset === end, "what is read is settled in the database", shown);
    }
  }
}

/** What breaks us must not exist: only what the workload broke on purpose is put aside, by everybody who reads it. */
function onlyBadMessagesPutAside(evidence: Evidence, findings: Findings): void {
  const { history, tables } = evidence;
  const bad = new Set<string>();
  /** Since when a schedule may have come too late, epoch ms. */
  const lateFrom = new Map<string, number>();
  const accepted = acceptedLines({ tables });
  for (const { message, record } of history.witnessed) {
    // Without lines it breaks the contract; with others than those that count the id is taken.
    const lines = record?.name === "OrderPlaced" ? namesOf(record.value.lines) : undefined;
    const taken = record?.name === "OrderPlaced" ? accepted.get(record.value.orderId) : undefined;
    const misplaced = lines === "" || (lines !== undefined && taken !== undefined && lines !== taken);
    const ours = message.topic.endsWith(".dead-letters.v1");
    if (record?.name === "PromotionScheduled") {
      const origin = `${message.topic}/${message.partition}@${message.offset}`;
      lateFrom.set(origin, overFrom(evidence, record.value.promotionId));
    }
    if (!ours && (record === undefined || misplaced))
      bad.add(`${message.topic}/${message.partition}@${message.offset}`);
  }
  const aside = new Set<string>();
  for (const { message } of history.witnessed) {
    if (!message.topic.endsWith(".dead-letters.v1")) continue;
    const { headers } = message;
    const origin = originOf(headers);
    aside.add(`${message.topic.replace(".dead-letters.v1", "")} ${origin}`);
    const isLate = (lateFrom.get(origin) ?? Number.POSITIVE_INFINITY) <= message.timestamp;
    findings.expect(
      bad.has(origin) || isLate,
      "only what cannot be handled is put aside",
      () => `${message.topic}: ${JSON.stringify(headers)}`,
    );
  }
  for (const [service, { consumed }] of tables.common) {
    for (const origin of bad) {
      const topic = origin.slice(0, origin.lastIndexOf("/"));
      if (!consumed.some((row) => row.topic === topic)) continue;
      findings.expect(
        aside.has(`${service} ${origin}`),
        "what cannot be handled is put aside, not lost",
        () => `${origin} by ${service}`,
      );
    }
  }
}

function originOf(headers: Readonly<Record<string, string>>): string {
  const find = (end: string) => Object.entries(headers).find(([name]) => name.endsWith(end))?.[1] ?? "";
  return `${find("topic")}/${find("partition")}@${find("offset")}`;
}
