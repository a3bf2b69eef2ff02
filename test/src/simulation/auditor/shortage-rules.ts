import { CURRENCY, priceOf, SHORTAGE_RULE } from "../workload/choosing.js";
import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";

interface Told {
  readonly orderId: string;
  readonly occurredAt: number;
  readonly decideBy: number;
  readonly lines: readonly { lineId: string; sku: string; shortQuantity: number; remedies: readonly Remedy[] }[];
}
interface Remedy {
  readonly kind: string;
  readonly sku: string | null;
  readonly refundMinor: number | null;
  readonly couponMinor: number | null;
}
interface Settled extends Remedy {
  readonly shortageId: string;
  readonly lineId: string;
  readonly by: string;
  readonly occurredAt: number;
}

/** What is short is told once, settled once, and paid back in time when nobody chooses. */
export function shortageRules(evidence: Evidence, findings: Findings): void {
  const { shortages } = evidence.tables;
  if (shortages === undefined) return;
  const told = toldOnce(evidence, findings);
  const settled = settledOnce(evidence, told, findings);
  const paid = whatPiecesCost(evidence);
  for (const one of settled.values()) asOffered(one, told.get(one.shortageId), paid, findings);
  replacementsAreThere(evidence, told, settled, findings);
  whoIsToldYesHasIt(evidence, settled, findings);
  for (const { order_id, number, is_open, decide_by } of shortages) {
    const late = is_open && decide_by <= evidence.now;
    findings.expect(!late, "what nobody has chosen in time is paid back", () => `${order_id}/${number}`);
  }
  handledOrTold(evidence, told, settled, findings);
}

function toldOnce({ history }: Evidence, findings: Findings): Map<string, Told> {
  const told = new Map<string, Told>();
  const heard = new Set<string>();
  for (const { value } of history.records("OrderShorted")) {
    if (heard.has(value.eventId)) continue;
    heard.add(value.eventId);
    const { shortageId, occurredAt, decideBy } = value;
    findings.expect(!told.has(shortageId), "a shortage is told once", () => shortageId);
    const later = () => `${shortageId}: told at ${occurredAt}, until ${decideBy}`;
    findings.expect(decideBy > occurredAt, "the shopper has time to choose", later);
    for (const { lineId, remedies } of value.lines) {
      for (const { kind, couponMinor } of remedies) {
        const shown = () => `${shortageId}/${lineId}: ${kind} with ${couponMinor}`;
        const right = couponMinor === null || couponMinor === SHORTAGE_RULE.couponMinor;
        findings.expect(right, "a coupon has the value that the rules say", shown);
      }
    }
    told.set(shortageId, value);
  }
  return told;
}

function settledOnce({ history }: Evidence, told: Map<string, Told>, findings: Findings): Map<string, Settled> {
  const settled = new Map<string, Settled>();
  const heard = new Set<string>();
  for (const { value } of history.records("OrderShortageSettled")) {
    if (heard.has(value.eventId)) continue;
    heard.add(value.eventId);
    const { shortageId, by, occurredAt } = value;
    const shortage = told.get(shortageId);
    if (by === "DEFAULT") {
      const early = () => `${shortageId} at ${occurredAt}, its time ends at ${shortage?.decideBy}`;
      const over = shortage !== undefined && occurredAt >= shortage.decideBy;
      findings.expect(over, "nobody's time to choose is cut short", early);
    }
    for (const line of value.lines) {
      const key = `${shortageId}/${line.lineId}`;
      const known = shortage?.lines.some(({ lineId }) => lineId === line.lineId) === true;
      findings.expect(known, "only what was told to be short is settled", () => key);
      findings.expect(!settled.has(key), "a shorted line is settled once", () => key);
      settled.set(key, { ...line, shortageId, by, occurredAt });
    }
  }
  return settled;
}

/** The price of a piece of a line: that of the SKU that was ordered, however often it was exchanged since. */
function whatPiecesCost({ tables }: Evidence): (orderId: string, line: { lineId: string; sku: string }) => number {
  const lines = new Map(tables.lines.map((line) => [`${line.order_id}/${line.line_id}`, line]));
  return (orderId, { lineId, sku }) => {
    let line = lines.get(`${orderId}/${lineId}`);
    let ordered = line?.sku ?? sku;
    while (line !== undefined) {
      ordered = line.sku;
      line = line.replaces === null ? undefined : lines.get(`${orderId}/${line.replaces}`);
    }
    return priceOf(ordered);
  };
}

/** Refunds are what the pieces cost; less only where the shopper gave some up before paying. */
function asOffered(
  settled: Settled,
  told: Told | undefined,
  paid: ReturnType<typeof whatPiecesCost>,
  findings: Findings,
): void {
  const line = told?.lines.find(({ lineId }) => lineId === settled.lineId);
  if (told === undefined || line === undefined) return;
  const price = paid(told.orderId, line);
  const { kind, sku, refundMinor, couponMinor } = settled;
  const shown = () => `${JSON.stringify(settled)} for ${JSON.stringify(line)}`;
  const offered = line.remedies.every((remedy) => remedy.couponMinor === couponMinor);
  findings.expect(offered && line.remedies.length > 0, "the coupon is the one that was offered", shown);
  if (kind === "EXCHANGE") {
    const better = sku !== null && sku !== line.sku && priceOf(sku) >= price;
    findings.expect(better && refundMinor === null, "a replacement is another SKU at the same price or above", shown);
    return;
  }
  const pieces = refundMinor === null ? 0 : refundMinor / price;
  const right = refundMinor === null || (Number.isInteger(pieces) && pieces <= line.shortQuantity && pieces > 0);
  findings.expect(right, `the money back is what the pieces cost, in ${CURRENCY}`, shown);
}

/** Every exchange made a line of the order, reserved with it; and no line came from nowhere. */
function replacementsAreThere(
  { tables, history }: Evidence,
  told: Map<string, Told>,
  settled: Map<string, Settled>,
  findings: Findings,
): void {
  const wanted = new Map<string, number>();
  for (const { shortageId, lineId, kind, sku } of settled.values()) {
    const shortage = told.get(shortageId);
    if (kind !== "EXCHANGE" || shortage === undefined) continue;
    const key = `${shortage.orderId}/${lineId}: ${sku}`;
    wanted.set(key, (wanted.get(key) ?? 0) + 1);
  }
  const reserved = new Map<string, number>();
  for (const { value } of history.records("StockMovement")) {
    if (value.kind !== "RESERVE" || value.reference.type !== "order") continue;
    reserved.set(`${value.reference.id}/${value.reference.line}`, 1);
  }
  for (const { order_id, line_id, sku, replaces } of tables.lines) {
    if (replaces === null) continue;
    const key = `${order_id}/${replaces}: ${sku}`;
    wanted.set(key, (wanted.get(key) ?? 0) - 1);
    const was = reserved.has(`${order_id}/${line_id}`);
    findings.expect(was, "a replacement that was chosen is reserved", () => `${order_id}/${line_id}`);
  }
  for (const [key, missing] of wanted) {
    findings.expect(missing === 0, "what was exchanged is what the order has instead", () => `${key}: ${missing}`);
  }
}

function whoIsToldYesHasIt({ history }: Evidence, settled: Map<string, Settled>, findings: Findings): void {
  for (const { move, answers } of history.exchanges) {
    if (move.do !== "choose" || !answers.some(({ status }) => status === 200)) continue;
    for (const { lineId, kind, sku } of move.choices) {
      const has = settled.get(`${move.orderId}/${move.shortage}/${lineId}`);
      const shown = () => `${JSON.stringify(move)} was answered yes; settled is ${JSON.stringify(has)}`;
      findings.expect(has?.kind === kind && has.sku === sku, "whoever chose and was told yes gets it", shown);
    }
  }
}

/** What was paid and nobody settled within its time was told to somebody, if its time lay before the end. */
function handledOrTold(
  { history }: Evidence,
  told: Map<string, Told>,
  settled: Map<string, Settled>,
  findings: Findings,
): void {
  const raised = new Set<string>();
  const cleared = new Set<string>();
  for (const { value } of history.records("StockAlertRaised")) raised.add(value.alertId);
  for (const { value } of history.records("StockAlertCleared")) cleared.add(value.alertId);
  for (const [shortageId, { lines }] of told) {
    const alertId = `SHORTAGE_NOT_HANDLED:${shortageId}`;
    if (!raised.has(alertId)) continue;
    const over = lines.every(({ lineId }) => settled.has(`${shortageId}/${lineId}`));
    findings.expect(!over || cleared.has(alertId), "an alert about a shortage ends with it", () => shortageId);
  }
}
