import { ACCOUNTS } from "@septet/stock-contracts";
import type { OutcomeCount, ReplayReport } from "./report.js";

const NAMED_ROWS = 20;

/** The report as a person reads it; every table's parts add up to its first figure. */
export function reportText(report: ReplayReport): string {
  return [
    ...lineTable(report),
    ...invoiceTable(report),
    ...orderTables(report),
    ...floorTable(report),
    ...paceLines(report),
    ...bucketLines(report),
    ...auditLines(report),
    ...unreadableLines(report),
    ...verdictLines(report),
  ].join("\n");
}

function figure(value: number): string {
  return Math.round(value).toLocaleString("en-GB").padStart(12);
}

function row(value: number, words: string): string {
  return `${figure(value)}  ${words}`;
}

function lineTable({ lines, files }: ReplayReport): string[] {
  const codes = Object.entries(lines.notGoodsByCode).map(([code, count]) => `${code} ${count}`);
  return [
    `Lines of ${files} files`,
    row(lines.read, "read, of which"),
    row(lines.ordered, "ordered"),
    row(lines.returned, "returned"),
    row(lines.writtenOff, "written off"),
    row(lines.notGoods, `no goods${codes.length > 0 ? ` (${codes.join(", ")})` : ""}`),
    row(lines.unreadable, "unreadable"),
    "",
  ];
}

function invoiceTable({ invoices }: ReplayReport): string[] {
  return [
    "Invoices",
    row(invoices.read, "read, of which"),
    row(invoices.orders, "orders"),
    row(invoices.returns, "returns"),
    row(invoices.writeOffs, "write-offs"),
    row(invoices.withoutGoods, "without goods"),
    "",
  ];
}

function outcomeRows(count: OutcomeCount): string[] {
  return [
    row(count.RESERVED, "reserved whole"),
    row(count.IN_PART, "reserved in part, the rest shorted"),
    row(count.SHORTED, "shorted whole"),
    row(count.REJECTED, "rejected"),
    row(count.UNANSWERED, "unanswered"),
  ];
}

function total(count: OutcomeCount): number {
  return Object.values(count).reduce((sum, value) => sum + value, 0);
}

function orderTables({ orders, orderLines, pieces, rejectedByReason, shortedByCause }: ReplayReport): string[] {
  const reasons = Object.entries(rejectedByReason).map(([reason, count]) => row(count, `orders rejected: ${reason}`));
  const causes = Object.entries(shortedByCause).map(([cause, count]) => row(count, `orders shorted: ${cause}`));
  return [
    "Orders",
    row(total(orders), "placed, of which"),
    ...outcomeRows(orders),
    ...reasons,
    ...causes,
    "",
    "Order lines",
    row(total(orderLines), "ordered, of which"),
    ...outcomeRows(orderLines),
    "",
    "Pieces",
    row(pieces.ordered, "ordered, of which"),
    row(pieces.shipped, "shipped"),
    row(pieces.shorted, "shorted"),
    row(pieces.rejected, "rejected"),
    row(pieces.open, "still open"),
    "",
  ];
}

function floorTable({ floor, openingPieces }: ReplayReport): string[] {
  return [
    "Warehouses",
    row(openingPieces, "pieces of opening stock"),
    row(floor.fulfilmentsShipped, "fulfilments shipped"),
    row(floor.returnsBooked, `returns booked, ${floor.returnLines} lines, ${floor.returnPieces} pieces`),
    row(floor.writeOffsBooked, `write-offs booked, ${floor.writeOffPieces} pieces`),
    row(floor.writeOffsRefused.length, `write-offs refused, not on hand ${sample(floor.writeOffsRefused)}`.trimEnd()),
    "",
  ];
}

function sample(references: readonly string[]): string {
  if (references.length === 0) return "";
  return `(${references.slice(0, 3).join(", ")}${references.length > 3 ? ", …" : ""})`;
}

function paceLines({ ordersPublished, ordersPerSecond, latencyMs, elapsedMs }: ReplayReport): string[] {
  return [
    "Pace",
    row(ordersPublished, "orders published"),
    row(ordersPerSecond, "orders a second, from the first published to the last outcome received"),
    row(latencyMs.p50, "ms from published to outcome, p50"),
    row(latencyMs.p99, "ms from published to outcome, p99"),
    row(elapsedMs / 1_000, "s altogether"),
    "",
  ];
}

function bucketLines({ network, movements, movementsRecorded }: ReplayReport): string[] {
  const buckets = ACCOUNTS.filter((account) => account !== "total");
  return [
    `All SKUs and locations, folded here from ${movements.toLocaleString("en-GB")} movements (${movementsRecorded.toLocaleString("en-GB")} recorded during this run)`,
    row(network.total, "total ="),
    ...buckets.map((bucket) => {
      const sign = bucket === "inTransit" || bucket === "virtual" ? "−" : "+";
      return row(network[bucket], `${sign} ${bucket}`);
    }),
    row(network.bookTotal, "bookTotal"),
    "",
  ];
}

function auditLines({ audit, deadLetters }: ReplayReport): string[] {
  const letters = deadLetters.filter(({ messages }) => messages > 0);
  return [
    "Audit",
    ...audit.lines.map((line) => `  ${line}`),
    letters.length === 0
      ? "  no dead letters during this run"
      : letters.map(({ topic, messages }) => `  ${messages} dead letters on ${topic}`).join("\n"),
    "",
  ];
}

function unreadableLines({ unreadable }: ReplayReport): string[] {
  if (unreadable.length === 0) return [];
  const shown = unreadable.slice(0, NAMED_ROWS).map(({ file, row: at, reason }) => `  ${file} row ${at}: ${reason}`);
  const more = unreadable.length - shown.length;
  return ["Rows that could not be read", ...shown, ...(more > 0 ? [`  and ${more} more`] : []), ""];
}

function verdictLines({ failures }: ReplayReport): string[] {
  if (failures.length === 0)
    return ["The replay holds: every line accounted for, the identity holds, all services agree, nothing oversold."];
  return ["The replay FAILS:", ...failures.map((failure) => `  ${failure}`)];
}
