import type { Session } from "@septet/messaging";
import type { Fulfilment } from "../domain/fulfilment.js";
import { HEAD_COLUMNS, type HeadRow, withLines } from "./fulfilment-rows.js";

/** Which fulfilments; what is missing does not matter. */
export interface FulfilmentFilter {
  readonly state?: string | undefined;
  readonly location?: string | undefined;
  readonly sku?: string | undefined;
  readonly orderId?: string | undefined;
}

/** Where the page before ended; `requestedAt` is epoch ms. */
export interface FulfilmentCursor {
  readonly requestedAt: number;
  readonly fulfilmentId: string;
}

/** At most `limit` fulfilments with their lines, oldest request first, ties by id. */
export async function listFulfilments(
  session: Session,
  filter: FulfilmentFilter,
  after: FulfilmentCursor | null,
  limit: number,
): Promise<Fulfilment[]> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  // Only what is asked for becomes a condition, so that each listing finds its own index.
  const conditions = ["true"];
  if (filter.state !== undefined) conditions.push(`f.state = ${value(filter.state)}`);
  if (filter.location !== undefined) conditions.push(`f.location = ${value(filter.location)}`);
  if (filter.orderId !== undefined) conditions.push(`f.order_id = ${value(filter.orderId)}`);
  if (filter.sku !== undefined) {
    conditions.push(`f.fulfilment_id IN (SELECT fulfilment_id FROM fulfilment_line WHERE sku = ${value(filter.sku)})`);
  }
  if (after !== null) {
    const time = `to_timestamp(${value(after.requestedAt)}::float8 / 1000.0)`;
    conditions.push(`(f.requested_at, f.fulfilment_id) > (${time}, ${value(after.fulfilmentId)})`);
  }
  const heads = await session.query<HeadRow>(
    `SELECT ${HEAD_COLUMNS} FROM fulfilment f WHERE ${conditions.join(" AND ")}
     ORDER BY f.requested_at, f.fulfilment_id LIMIT ${value(limit)}`,
    values,
  );
  return [...(await withLines(session, heads)).values()];
}
