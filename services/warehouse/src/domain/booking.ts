import type { ClaimFault } from "./claim-book.js";
import type { BookDocument, BookRows, DocumentRow } from "./commands.js";
import { type BookedAs, bookedAs, type Misread, NO_LABELLING } from "./labelling.js";
import type { Booked, RowOutcome, RowsBooked } from "./outcomes.js";
import { type Refusal, type RefusedField, refuse } from "./refusal.js";
import { announceReturn, ReturnedRows } from "./returned-goods.js";
import {
  type DocumentHead,
  type DocumentLine,
  documentIdOf,
  movementsOf,
  type ReadLine,
  sameLine,
} from "./stock-document.js";
import type { Workbench } from "./workbench.js";

/** Books a document as a whole, once: told again with the same content it stands, with other content it is refused. */
export function bookDocument(bench: Workbench, { head, lines }: BookDocument): Booked | Refusal {
  if (!bench.world.warehouses.has(head.location)) {
    const reason = `no warehouse is called ${head.location}: define it first`;
    return refuse("UNKNOWN_WAREHOUSE", "the location is not a warehouse", [{ field: "location", reason }]);
  }
  const known = bench.document(documentIdOf(head));
  if (known.lineCount > 0) return again(known, head, lines);
  const read = readLines(bench, head, lines);
  if ("outcome" in read) return read;
  const [fault] = claimFaults(bench, head, read);
  if (fault) {
    const errors = [{ field: `lines[${fault.index}].${fault.field}`, reason: fault.reason }];
    return refuse(fault.code, "goods cannot go back on the claim", errors);
  }
  const absent = notOnHand(bench, head, read);
  if (absent.length > 0) return refuse("NOT_ON_HAND", "not that many pieces are there", absent);
  for (const line of read) bookLine(bench, head, line);
  if (head.kind === "RETURN") announceReturn(bench, head, head.orderId, read);
  return { outcome: "BOOKED", again: false };
}

/** Books rows one by one; a bad row costs itself only. */
export function bookRows(bench: Workbench, { rows }: BookRows): RowsBooked {
  const returned = new ReturnedRows();
  const outcomes = rows.map((row) => bookRow(bench, row, returned));
  returned.announce(bench);
  return { outcome: "ROWS_BOOKED", rows: outcomes };
}

function bookRow(bench: Workbench, { row, head, line }: DocumentRow, returned: ReturnedRows): RowOutcome {
  if (!bench.world.warehouses.has(head.location)) {
    return { row, outcome: "REJECTED", field: "location", reason: `no warehouse is called ${head.location}` };
  }
  const known = bench.document(documentIdOf(head)).line(line.line);
  if (known && sameLine(known, line)) return { row, outcome: "ALREADY_APPLIED" };
  if (known) {
    const reason = `line ${line.line} of ${head.reference} was booked before with other content`;
    return { row, outcome: "REJECTED", field: "reference", reason };
  }
  const booked = readLine(bench, head, line);
  if ("field" in booked) return { row, outcome: "REJECTED", field: booked.field, reason: booked.reason };
  const [fault] = claimFaults(bench, head, [{ told: line, booked }]);
  if (fault) return { row, outcome: "REJECTED", field: fault.field, reason: fault.reason };
  const [absent] = notOnHand(bench, head, [{ told: line, booked }]);
  if (absent) return { row, outcome: "REJECTED", field: "quantity", reason: absent.reason };
  bookLine(bench, head, { told: line, booked });
  if (head.kind === "RETURN") returned.add(head, { told: line, booked });
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

function bookLine(bench: Workbench, head: DocumentHead, { told, booked }: ReadLine): void {
  for (const movement of movementsOf(head, told, booked)) bench.record(movement);
  if (head.kind === "DISPOSAL") bench.claims.sendBack(head.location, { told, booked }, head.reference, head.actor);
  bench.addDocumentLine(head, told, booked);
}

function readLine({ world }: Workbench, head: DocumentHead, line: DocumentLine): BookedAs | Misread {
  const labelling = world.labellings.get(head.location) ?? NO_LABELLING;
  return bookedAs(head.kind, line, labelling, (code) => world.listed.has(code));
}

/** All lines as the labels say, or why not; a refusal is named after its first fault. */
function readLines(bench: Workbench, head: DocumentHead, lines: readonly DocumentLine[]): ReadLine[] | Refusal {
  const read: ReadLine[] = [];
  const faults: (RefusedField & { code: Misread["code"] })[] = [];
  lines.forEach((told, index) => {
    const booked = readLine(bench, head, told);
    if ("field" in booked) {
      faults.push({ field: `lines[${index}].${booked.field}`, reason: booked.reason, code: booked.code });
    } else read.push({ told, booked });
  });
  const [first] = faults;
  if (first === undefined) return read;
  const errors = faults.map(({ field, reason }) => ({ field, reason }));
  return refuse(first.code, "lines cannot be read by the labels of the warehouse", errors);
}

/** The lines that cannot be booked on the claim they name; lines of one SKU and claim count together. */
function claimFaults(
  bench: Workbench,
  head: DocumentHead,
  lines: readonly ReadLine[],
): (ClaimFault & { readonly index: number })[] {
  const back = new Map<string, number>();
  return lines.flatMap((line, index) => {
    if (line.told.claim === undefined) return [];
    const key = JSON.stringify([line.told.claim, line.booked.sku]);
    const fault = bench.claims.faultOf(head.kind, head.location, line, back.get(key) ?? 0);
    back.set(key, (back.get(key) ?? 0) + line.told.quantity);
    return fault === undefined ? [] : [{ ...fault, index }];
  });
}

/**
 * The lines that take more than is there; lines of one SKU count together. Receipts and returns take nothing, and what lies
 * under a claim is there for the claim alone.
 */
function notOnHand(bench: Workbench, head: DocumentHead, lines: readonly ReadLine[]): RefusedField[] {
  if (head.kind === "RECEIPT" || head.kind === "RETURN") return [];
  const taken = new Map<string, number>();
  const absent: RefusedField[] = [];
  lines.forEach((line, index) => {
    if (bench.claims.holds(line)) return;
    const { quantity } = line.told;
    const { sku } = line.booked;
    const { total, unsellable, claimed = 0 } = bench.onHand.at(sku, head.location);
    const free = unsellable - claimed - bench.claims.claimedAt(sku, head.location);
    const there = head.kind === "DAMAGE" ? total - unsellable : free;
    const sum = (taken.get(sku) ?? 0) + quantity;
    taken.set(sku, sum);
    if (sum > there) absent.push({ field: `lines[${index}].quantity`, reason: `not that many of ${sku} are there` });
  });
  return absent;
}
