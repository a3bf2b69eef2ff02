import type { Session } from "@septet/messaging";
import { type Allocation, askedOf, type OrderChange } from "../domain/index.js";

/** `asked` repeats the sum of `asks`, so that open requests at a place are found without reading json. */
const INSERT_ALLOCATIONS = `
INSERT INTO allocation (order_id, ordinal, line_id, sku, location, open, shipped, fulfilment_id, asked, asks, too_late)
SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[], $8::text[],
  $9::int[], $10::jsonb[], $11::bool[])`;
const UPDATE_ALLOCATIONS = `
UPDATE allocation a SET open = n.open, shipped = n.shipped, fulfilment_id = n.fulfilment_id, asked = n.asked,
  asks = n.asks, too_late = n.too_late
FROM unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::text[], $6::int[], $7::jsonb[], $8::bool[])
  AS n (order_id, ordinal, open, shipped, fulfilment_id, asked, asks, too_late)
WHERE a.order_id = n.order_id AND a.ordinal = n.ordinal`;

interface Row extends Allocation {
  orderId: string;
  ordinal: number;
}

const asksOf = ({ asks }: Allocation): string | null => (asks.length === 0 ? null : JSON.stringify(asks));

const differs = (a: Allocation, b: Allocation): boolean =>
  a.open !== b.open ||
  a.shipped !== b.shipped ||
  a.fulfilmentId !== b.fulfilmentId ||
  a.asks !== b.asks ||
  a.tooLate !== b.tooLate;

/** Allocations are known by their place in the order; they are only ever added behind. */
export async function writeAllocations(session: Session, changes: readonly OrderChange[]): Promise<void> {
  const created: Row[] = [];
  const changed: Row[] = [];
  for (const { before, after } of changes) {
    after.allocations.forEach((allocation, ordinal) => {
      const old = before?.allocations[ordinal];
      if (old === undefined) created.push({ orderId: after.orderId, ordinal, ...allocation });
      else if (differs(old, allocation)) changed.push({ orderId: after.orderId, ordinal, ...allocation });
    });
  }
  if (created.length > 0) await insert(session, created);
  if (changed.length > 0) await update(session, changed);
}

async function insert(session: Session, rows: readonly Row[]): Promise<void> {
  await session.query(INSERT_ALLOCATIONS, [
    rows.map((row) => row.orderId),
    rows.map((row) => row.ordinal),
    rows.map((row) => row.lineId),
    rows.map((row) => row.sku),
    rows.map((row) => row.location),
    rows.map((row) => row.open),
    rows.map((row) => row.shipped),
    rows.map((row) => row.fulfilmentId),
    rows.map(askedOf),
    rows.map(asksOf),
    rows.map((row) => row.tooLate),
  ]);
}

async function update(session: Session, rows: readonly Row[]): Promise<void> {
  await session.query(UPDATE_ALLOCATIONS, [
    rows.map((row) => row.orderId),
    rows.map((row) => row.ordinal),
    rows.map((row) => row.open),
    rows.map((row) => row.shipped),
    rows.map((row) => row.fulfilmentId),
    rows.map(askedOf),
    rows.map(asksOf),
    rows.map((row) => row.tooLate),
  ]);
}
