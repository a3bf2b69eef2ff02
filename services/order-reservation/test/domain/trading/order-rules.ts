import {
  type Order,
  type OrderLine,
  openOfLine,
  placeKey,
  type StockRow,
  shippedOfLine,
} from "../../../src/domain/index.js";
import { add, rule } from "./rule.js";

const NOTHING_OPEN = ["UNPLACED", "REJECTED", "SHORTED", "CANCELLED", "FULFILLED"];
const SOMETHING_OPEN = ["RESERVED", "CONFIRMED"];

/** Every order is consistent in itself, whatever has happened. */
export function checkOrders(orders: Iterable<Order>): void {
  for (const order of orders) {
    const { allocations, state } = order;
    for (const line of order.lines) checkLine(order, line);
    const open = allocations.some((a) => a.open > 0);
    rule(
      "promises and shipments are not below 0",
      allocations.every((a) => a.open >= 0 && a.shipped >= 0),
      () => order,
    );
    rule("an order that has ended holds nothing", !(open && NOTHING_OPEN.includes(state)), () => order);
    rule("an order that holds says so", open || !SOMETHING_OPEN.includes(state), () => order);
    const kept = state === "EXPIRED" && open;
    rule("what an expired order still holds has a time to go back", !kept || order.expiresAt !== null, () => order);
    rule("confirmed is paid and held", (state === "CONFIRMED") === (order.paid && open), () => order);
    const unsent = allocations.some((a) => a.open > 0 && a.fulfilmentId === null);
    rule("what is paid is with the warehouse", !(state === "CONFIRMED" && unsent), () => order);
    const cancelled = order.cancelAsked && !open && state === "SHORTED";
    rule("a wholly cancelled order is cancelled", !cancelled, () => order);
    const parts = allocations.map((a) => `${a.fulfilmentId ?? `unsent at ${a.location}`} ${a.lineId}`);
    for (const line of order.lines) checkShortages(order, line);
    rule("a line stands once in a fulfilment", new Set(parts).size === parts.length, () => order);
  }
}

function checkLine(order: Order, line: Order["lines"][number]): void {
  const open = openOfLine(order, line);
  const accounted = open + shippedOfLine(order, line) + line.cancelled + line.shorted;
  const mayLack = order.state === "REJECTED" || order.state === "EXPIRED";
  const fits = mayLack ? accounted <= line.quantity : accounted === line.quantity;
  rule("every piece ordered is accounted for", fits, () => ({ accounted, line, order }));
  rule("counts are whole and not below 0", [line.cancelled, line.shorted, line.unwanted].every(isCount), () => order);
  rule("a shopper cannot have cancelled more at the warehouse than is there", line.unwanted <= open, () => order);
}

/** No piece is owed twice, and every replacement stands for pieces that were exchanged. */
function checkShortages({ shortageList, lines }: Order, { lineId, shorted }: OrderLine): void {
  const told = shortageList.flatMap((one) => one.lines.filter((line) => line.lineId === lineId));
  const pieces = told.reduce((sum, { quantity }) => sum + quantity, 0);
  rule("no more is owed than was told to be short", pieces <= shorted, () => ({ lineId, shorted, told }));
  const exchanged = told.reduce((sum, line) => sum + (line.settled?.kind === "EXCHANGE" ? line.quantity : 0), 0);
  const replaced = lines.reduce((sum, line) => sum + (line.replaces === lineId ? line.quantity : 0), 0);
  rule("a replacement stands for what was exchanged", exchanged === replaced, () => ({ lineId, told, lines }));
}

const isCount = (pieces: number): boolean => Number.isInteger(pieces) && pieces >= 0;

/** Balances are the sum of the movements, and what is promised is the sum of the promises. */
export function checkPlaces(
  rows: ReadonlyMap<string, StockRow>,
  orders: Iterable<Order>,
  fold: ReadonlyMap<string, Pick<StockRow, "sellable" | "orderReserved">>,
): void {
  const open = new Map<string, number>();
  for (const order of orders) for (const a of order.allocations) add(open, placeKey(a.sku, a.location), a.open);
  for (const key of new Set([...rows.keys(), ...fold.keys()])) {
    const row = rows.get(key) ?? { sellable: 0, orderReserved: 0 };
    const sums = fold.get(key) ?? { sellable: 0, orderReserved: 0 };
    const same = row.sellable === sums.sellable && row.orderReserved === sums.orderReserved;
    rule("balances are the sum of their movements", same, () => ({ key, row, sums }));
    rule("what is reserved is what is promised", row.orderReserved === (open.get(key) ?? 0), () => ({ key, row }));
  }
}
