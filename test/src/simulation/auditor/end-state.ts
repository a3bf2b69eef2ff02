import type { AllocationRow, FulfilmentLineRow, Tables } from "./tables.js";

/** How a day ended, thing by thing, in words that can be compared; how it came to that is left out. */
export type EndState = ReadonlyMap<string, string>;

const STATEMENT = "with ample stock the end is the same for every delivery";

/** The end of each order (state, lines, what is promised and shipped where) and every balance that is not 0. */
export function endStateOf(tables: Tables): EndState {
  const end = new Map<string, string>();
  for (const { order_id, state, paid } of tables.orders ?? []) end.set(`order ${order_id}`, `${state}, paid: ${paid}`);
  for (const { order_id, line_id, sku, quantity, cancelled, shorted } of tables.lines) {
    const text = `${quantity} ${sku}, ${cancelled} cancelled, ${shorted} shorted`;
    end.set(`line ${order_id}/${line_id}`, text);
  }
  addUp(end, "promised", tables.allocations, (row) => row.open);
  addUp(end, "shipped", tables.allocations, (row) => row.shipped);
  addUp(end, "handed over", tables.fulfilmentLines, (row) => row.shipped);
  addUp(end, "not found", tables.fulfilmentLines, (row) => row.short);
  addUp(end, "to hand over", tables.fulfilmentLines, (row) => {
    return row.quantity - row.shipped - row.short - row.damaged - row.cancelled - row.reversed;
  });
  for (const { transfer_id, line_id, version, ...accounts } of tables.transfers?.lines ?? []) {
    end.set(`transfer ${transfer_id}/${line_id}`, JSON.stringify(accounts));
  }
  for (const [service, rows] of [
    ["order-reservation", tables.stock],
    ["warehouse", tables.onHand],
    ["ledger", tables.balances],
  ] as const) {
    for (const { sku, location, ...row } of rows ?? []) {
      const buckets: Readonly<Record<string, unknown>> = row;
      const quantities = Object.entries(buckets).filter(([, quantity]) => quantity !== 0);
      for (const [bucket, quantity] of quantities)
        end.set(`${bucket} of ${sku} at ${location}, ${service}`, `${quantity}`);
    }
  }
  return end;
}

function addUp<R extends AllocationRow | FulfilmentLineRow>(
  end: Map<string, string>,
  what: string,
  rows: readonly R[],
  piecesOf: (row: R) => number,
): void {
  for (const row of rows) {
    const pieces = piecesOf(row);
    if (pieces === 0) continue;
    const name = `${what} of ${row.order_id}/${row.line_id} at ${row.location}`;
    end.set(name, String(Number(end.get(name) ?? 0) + pieces));
  }
}

/** What ended otherwise under another delivery of the same day. */
export function differencesOf(one: EndState, other: EndState): string[] {
  const names = [...new Set([...one.keys(), ...other.keys()])].sort();
  return names
    .filter((name) => one.get(name) !== other.get(name))
    .map((name) => `${STATEMENT}: ${name}: ${one.get(name) ?? "nothing"} or ${other.get(name) ?? "nothing"}`);
}
