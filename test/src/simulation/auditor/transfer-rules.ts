import type { RecordOf } from "@septet/stock-contracts";
import type { NewTransfer } from "../workload/transferring.js";
import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";
import { gatherTransferLines, isTaken, keyOf, type TransferLineFacts } from "./transfer-facts.js";
import type { TransferLineRow, TransferTables } from "./transfer-tables.js";

/** What must be true of goods between two warehouses. */
export function transferRules(evidence: Evidence, findings: Findings): void {
  const { transfers } = evidence.tables;
  if (transfers === undefined) return;
  const lines = gatherTransferLines(evidence);
  const rows = new Map(transfers.lines.map((row) => [keyOf(row.transfer_id, row.line_id), row]));
  oneTransferCounts(evidence, transfers, findings);
  for (const key of new Set([...lines.keys(), ...rows.keys()])) {
    const row = rows.get(key);
    const facts = lines.get(key);
    findings.expect(row !== undefined, "pieces move for transfers that somebody wrote down", () => key);
    if (row === undefined) continue;
    everyPieceHasOneFate(row, facts, findings);
    if (facts !== undefined) theRowIsWhatMoved(row, facts, findings);
  }
  whatIsCalledOffIsGivenBack(evidence, transfers, lines, findings);
  whatOthersReadIsSo(evidence, rows, findings);
  lateShipmentsAlertOnce(evidence, transfers, findings);
}

/** An id stands for one transfer for ever; whoever tells it otherwise is refused. */
function oneTransferCounts({ history }: Evidence, { lines }: TransferTables, findings: Findings): void {
  const stored = new Map<string, TransferLineRow[]>();
  for (const row of lines) stored.set(row.transfer_id, [...(stored.get(row.transfer_id) ?? []), row]);
  const takenOut = new Set(
    history.exchanges.flatMap(({ move, answers }) => {
      if (move.do !== "callOff" || !isTaken({ answers })) return [];
      return (move.lines ?? []).map(({ lineId }) => keyOf(move.transferId, lineId));
    }),
  );
  const written = new Set<string>();
  for (const exchange of history.exchanges) {
    const { move } = exchange;
    if (move.do !== "transfer") continue;
    written.add(move.transferId);
    if (!isTaken(exchange)) continue;
    const rows = stored.get(move.transferId) ?? [];
    const shown = () => `${JSON.stringify(move)} was taken, there is ${JSON.stringify(rows)}`;
    const same = rows.length === move.lines.length && rows.every((row, index) => isToldAs(row, move, index, takenOut));
    findings.expect(same, "what a clerk was told of a transfer is what was written down", shown);
  }
  for (const transferId of stored.keys()) {
    findings.expect(written.has(transferId), "no transfer comes from nowhere", () => transferId);
  }
}

/** A draft that is sent asks for what was left in its lines. */
function isToldAs(row: TransferLineRow, move: NewTransfer, index: number, takenOut: ReadonlySet<string>): boolean {
  const { lineId, sku, quantity } = move.lines[index]!;
  const places = row.source === move.source && row.destination === move.destination;
  const less = move.draft && row.requested < quantity && takenOut.has(keyOf(row.transfer_id, row.line_id));
  return places && row.line_id === lineId && row.sku === sku && (row.requested === quantity || less);
}

function everyPieceHasOneFate(row: TransferLineRow, facts: TransferLineFacts | undefined, findings: Findings): void {
  const shown = () => `${JSON.stringify(row)}, moved: ${JSON.stringify(facts)}`;
  const answered = row.draft ? row.withdrawn : row.reserved + row.rejected + row.withdrawn;
  findings.expect(row.draft || answered === row.requested, "every piece of a transfer is reserved or rejected", shown);
  const left = row.reserved - row.cancelled - row.short - row.damaged_before - row.dispatched;
  const underWay = row.dispatched - row.received - row.lost;
  findings.expect(left >= 0 && underWay >= 0, "every piece of a transfer has one fate", shown);
  if (facts === undefined) return;
  findings.expect(!facts.outOfNowhere, "nothing arrives of a transfer that has not left", shown);
  const asked = row.draft ? undefined : (facts.asked ?? 0);
  findings.expect(facts.asked === asked, "a draft asks nobody for goods, a request the source", shown);
  if (facts.asked === undefined) return;
  findings.expect(facts.reserved + facts.rejected === facts.asked, "the source answers for every piece, once", shown);
}

/** What the document says and what was recorded are one. Pieces that nobody waited for go back and stand in no document. */
function theRowIsWhatMoved(row: TransferLineRow, facts: TransferLineFacts, findings: Findings): void {
  const shown = () => `${JSON.stringify(row)}, moved: ${JSON.stringify(facts)}`;
  const unwanted = facts.reserved - row.reserved;
  const gone = facts.givenBack - row.cancelled;
  findings.expect(unwanted >= 0 && unwanted === gone, "what nobody waits for is given back at once", shown);
  const pairs = [
    [row.short, facts.short],
    [row.damaged_before, facts.damagedBefore],
    [row.dispatched, facts.dispatched],
    [row.received, facts.received],
    [row.damaged, facts.damaged],
    [row.returned, facts.returned],
    [row.lost, facts.lost],
    [row.surplus, facts.surplus],
  ] as const;
  const same = pairs.every(([told, moved]) => told === moved);
  findings.expect(same, "a transfer shows what was moved for it", shown);
  const booked = facts.receipts === facts.surplus && facts.receiptsUnsellable === facts.surplusUnsellable;
  findings.expect(booked, "what arrives is what was sent, or a receipt", shown);
}

function whatIsCalledOffIsGivenBack(
  { history }: Evidence,
  { lines }: TransferTables,
  facts: ReadonlyMap<string, TransferLineFacts>,
  findings: Findings,
): void {
  const whole = new Set<string>();
  const told = new Set<string>();
  const byLine = new Map<string, number>();
  for (const exchange of history.exchanges) {
    const { move } = exchange;
    if (move.do !== "callOff" || !isTaken(exchange)) continue;
    if (move.lines === null) whole.add(move.transferId);
    for (const { lineId, quantity } of move.lines ?? []) {
      const key = keyOf(move.transferId, lineId);
      told.add(key);
      byLine.set(key, (byLine.get(key) ?? 0) + (quantity ?? Number.POSITIVE_INFINITY));
    }
  }
  for (const row of lines) {
    const { transfer_id, line_id, reserved, cancelled, short, damaged_before, dispatched, withdrawn, draft } = row;
    const key = keyOf(transfer_id, line_id);
    const held = reserved - cancelled - short - damaged_before - dispatched;
    const shown = () => JSON.stringify(row);
    if (whole.has(transfer_id)) findings.expect(held === 0, "a transfer called off holds nothing", shown);
    const unasked = draft || facts.get(key)?.asked === undefined;
    findings.expect(unasked || withdrawn === 0, "what is called off before its answer is settled by it", shown);
    const asked = whole.has(transfer_id) ? Number.POSITIVE_INFINITY : (byLine.get(key) ?? 0);
    findings.expect(cancelled + withdrawn <= asked, "no more is called off than somebody called off", shown);
  }
}

/** Readers of the topic keep the highest version of each line, and see what the document says. */
function whatOthersReadIsSo({ history }: Evidence, rows: Map<string, TransferLineRow>, findings: Findings): void {
  const newest = new Map<string, RecordOf<"TransferLineChanged">>();
  for (const { value } of history.records("TransferLineChanged")) {
    const key = keyOf(value.transferId, value.lineId);
    if ((newest.get(key)?.version ?? 0) < value.version) newest.set(key, value);
  }
  for (const [key, row] of rows) {
    const told = newest.get(key);
    const same =
      told !== undefined &&
      told.version === row.version &&
      told.requested === row.requested &&
      told.reserved === row.reserved &&
      told.rejected === row.rejected &&
      told.withdrawn === row.withdrawn &&
      told.cancelled === row.cancelled &&
      told.short === row.short &&
      told.damagedBeforeDispatch === row.damaged_before &&
      told.dispatched === row.dispatched &&
      told.received === row.received &&
      told.damaged === row.damaged &&
      told.returned === row.returned &&
      told.lost === row.lost &&
      told.surplus === row.surplus;
    const shown = () => `${JSON.stringify(row)}, told: ${JSON.stringify(told)}`;
    findings.expect(same, "what others read of a transfer is what it is", shown);
  }
}

/** At rest an alert stands for every shipment that should be there and is not, and for no other; it is raised once. */
function lateShipmentsAlertOnce({ history, now }: Evidence, { shipments }: TransferTables, findings: Findings): void {
  const standing = new Map<string, boolean>();
  const heard = new Set<string>();
  for (const { record } of history.witnessed) {
    if (record?.name !== "StockAlertRaised" && record?.name !== "StockAlertCleared") continue;
    const { eventId, code, alertId } = record.value;
    if (code !== "TRANSFER_OVERDUE" || heard.has(eventId)) continue;
    heard.add(eventId);
    const raised = record.name === "StockAlertRaised";
    const before = standing.get(alertId) ?? false;
    findings.expect(
      raised !== before,
      "a late arrival is alerted once, and cleared once",
      () => `${alertId} ${record.name}`,
    );
    standing.set(alertId, raised);
  }
  for (const { transfer_id, shipment_id, expected_at, open } of shipments) {
    const late = open > 0 && expected_at !== null && expected_at <= now;
    const alerted = standing.get(`TRANSFER_OVERDUE/${transfer_id}/${shipment_id}`) ?? false;
    const shown = () => `${transfer_id}/${shipment_id}: ${open} under way, expected at ${expected_at}, now ${now}`;
    findings.expect(late === alerted, "an arrival that is overdue is alerted, no other", shown);
  }
}
