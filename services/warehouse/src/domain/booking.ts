import type { BookDocument, BookRows, DocumentRow } from "./commands.js";
import type { Booked, RowOutcome, RowsBooked } from "./outcomes.js";
import { type Refusal, type RefusedField, refuse } from "./refusal.js";
import { type DocumentHead, type DocumentLine, documentIdOf, movementsOf, sameLine } from "./stock-document.js";
import type { Workbench } from "./workbench.js";

/** Books a document as a whole, once: told again with the same content it stands, with other content it is refused. */
export function bookDocument(bench: Workbench, { head, lines, toldLater }: BookDocument): Booked | Refusal {
  if (!bench.world.warehouses.has(head.location)) {
    const reason = `no warehouse is called ${head.location}: define it first`;
    return refuse("UNKNOWN_WAREHOUSE", "the location is not a warehouse", [{ field: "location", reason }]);
  }
  const known = bench.document(documentIdOf(head));
  if (known.lineCount > 0) return again(known, head, lines);
  const absent = notOnHand(bench, head, lines);
  if (absent.length > 0) return refuse("NOT_ON_HAND", "not that many pieces are there", absent);
  for (const line of lines) bookLine(bench, head, line, toldLater);
  if (head.kind === "RETURN") announceReturn(bench, head, head.orderId, lines);
  return { outcome: "BOOKED", again: false };
}

/** Books rows one by one; a bad row costs itself only. */
export function bookRows(bench: Workbench, { rows }: BookRows): RowsBooked {
  const outcomes = rows.map((row) => bookRow(bench, row));
  announceReturnedRows(
    bench,
    rows.filter((_, index) => outcomes[index]!.outcome === "APPLIED"),
  );
  return { outcome: "ROWS_BOOKED", rows: outcomes };
}

function bookRow(bench: Workbench, { row, head, line }: DocumentRow): RowOutcome {
  if (!bench.world.warehouses.has(head.location)) {
    return { row, outcome: "REJECTED", field: "location", reason: `no warehouse is called ${head.location}` };
  }
  const known = bench.document(documentIdOf(head)).line(line.line);
  if (known && sameLine(known, line)) return { row, outcome: "ALREADY_APPLIED" };
  if (known) {
    const reason = `line ${line.line} of ${head.reference} was booked before with other content`;
    return { row, outcome: "REJECTED", field: "reference", reason };
  }
  const [absent] = notOnHand(bench, head, [line]);
  if (absent) return { row, outcome: "REJECTED", field: "quantity", reason: absent.reason };
  bookLine(bench, head, line);
  return { row, outcome: "APPLIED" };
}

function again(
  known: ReturnType<Workbench["document"]>,
  head: DocumentHead,
  lines: readonly DocumentLine[],
): Booked | Refusal {
  const same = (line: DocumentLine) => {
    const booked = known.line(line.line);
    return booked !== undefined && sameLine(booked, line);
  };
  if (known.orderId === head.orderId && known.lineCount === lines.length && lines.every(same))
    return { outcome: "BOOKED", again: true };
  const reason = `${head.reference} was booked before with other content: take a new reference`;
  return refuse("DOCUMENT_CONFLICT", "the reference stands for something else", [{ field: "reference", reason }]);
}

function bookLine(bench: Workbench, head: DocumentHead, line: DocumentLine, toldLater?: number): void {
  for (const movement of movementsOf(head, line)) bench.record(movement, toldLater);
  bench.addDocumentLine(head, line);
}

/** The lines that take more than is there; lines of one SKU count together. Receipts and returns take nothing. */
function notOnHand(bench: Workbench, head: DocumentHead, lines: readonly DocumentLine[]): RefusedField[] {
  if (head.kind === "RECEIPT" || head.kind === "RETURN") return [];
  const taken = new Map<string, number>();
  const absent: RefusedField[] = [];
  lines.forEach(({ sku, quantity }, index) => {
    const { total, unsellable } = bench.onHand.at(sku, head.location);
    const there = head.kind === "DAMAGE" ? total - unsellable : unsellable;
    const sum = (taken.get(sku) ?? 0) + quantity;
    taken.set(sku, sum);
    if (sum > there) absent.push({ field: `lines[${index}].quantity`, reason: `not that many of ${sku} are there` });
  });
  return absent;
}

/** Rows come back from many orders: each order of a document hears of its own. */
function announceReturnedRows(bench: Workbench, rows: readonly DocumentRow[]): void {
  const returned = new Map<string, DocumentRow[]>();
  for (const row of rows) {
    if (row.head.kind !== "RETURN") continue;
    const key = JSON.stringify([documentIdOf(row.head), row.line.orderId ?? row.head.orderId]);
    const known = returned.get(key);
    if (known) known.push(row);
    else returned.set(key, [row]);
  }
  for (const [{ head, line }, ...others] of [...returned.values()] as [DocumentRow, ...DocumentRow[]][]) {
    announceReturn(bench, head, line.orderId ?? head.orderId, [line, ...others.map((other) => other.line)]);
  }
}

function announceReturn(
  bench: Workbench,
  { location, reference }: DocumentHead,
  orderId: string | null,
  lines: readonly DocumentLine[],
): void {
  const judged = lines.map(({ lineId, sku, quantity, unsellable, missing }) => {
    return { lineId, sku, sellable: quantity - unsellable - missing, unsellable, missing };
  });
  bench.events.push({ name: "ReturnReceived", value: { returnId: reference, orderId, location, lines: judged } });
}
