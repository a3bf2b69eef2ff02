import type { Session } from "@septet/messaging";
import type { OrderChange, OrderLine } from "../domain/index.js";

/** What was ordered never changes, so an update carries only what became of it. */
const INSERT_LINES = `
INSERT INTO order_line (order_id, ordinal, line_id, sku, quantity, cancelled, shorted, unwanted,
  unit_price_minor, replaces, parts)
SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::int[], $6::int[], $7::int[], $8::int[],
  $9::bigint[], $10::text[], $11::jsonb[])`;
const UPDATE_LINES = `
UPDATE order_line l SET cancelled = n.cancelled, shorted = n.shorted, unwanted = n.unwanted
FROM unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::int[]) AS n (order_id, ordinal, cancelled, shorted, unwanted)
WHERE l.order_id = n.order_id AND l.ordinal = n.ordinal`;

interface Row extends OrderLine {
  orderId: string;
  ordinal: number;
}

const differs = (a: OrderLine, b: OrderLine): boolean =>
  a.cancelled !== b.cancelled || a.shorted !== b.shorted || a.unwanted !== b.unwanted;

/** Lines are known by their place in the order; they are only ever added behind. */
export async function writeLines(session: Session, changes: readonly OrderChange[]): Promise<void> {
  const created: Row[] = [];
  const changed: Row[] = [];
  for (const { before, after } of changes) {
    after.lines.forEach((line, ordinal) => {
      const old = before?.lines[ordinal];
      if (old === undefined) created.push({ orderId: after.orderId, ordinal, ...line });
      else if (differs(old, line)) changed.push({ orderId: after.orderId, ordinal, ...line });
    });
  }
  if (created.length > 0) {
    await session.query(INSERT_LINES, [
      created.map((row) => row.orderId),
      created.map((row) => row.ordinal),
      created.map((row) => row.lineId),
      created.map((row) => row.sku),
      created.map((row) => row.quantity),
      created.map((row) => row.cancelled),
      created.map((row) => row.shorted),
      created.map((row) => row.unwanted),
      created.map((row) => row.unitPriceMinor),
      created.map((row) => row.replaces),
      created.map((row) => (row.parts === null ? null : JSON.stringify(row.parts))),
    ]);
  }
  if (changed.length > 0) {
    await session.query(UPDATE_LINES, [
      changed.map((row) => row.orderId),
      changed.map((row) => row.ordinal),
      changed.map((row) => row.cancelled),
      changed.map((row) => row.shorted),
      changed.map((row) => row.unwanted),
    ]);
  }
}
