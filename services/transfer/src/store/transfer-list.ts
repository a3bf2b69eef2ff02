import type { Session } from "@septet/messaging";
import type { Transfer } from "../domain/transfer.js";
import { NOW } from "./columns.js";
import { HEAD_COLUMNS, type HeadRow, headOf } from "./transfer-rows.js";

/** Which transfers; what is missing does not matter. */
export interface TransferFilter {
  readonly state?: string | undefined;
  /** Source or destination. */
  readonly location?: string | undefined;
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
  readonly sku?: string | undefined;
  /** Created at least so many hours ago. */
  readonly olderThanHours?: number | undefined;
}

/** Where the page before ended; `createdAt` is epoch ms. */
export interface TransferCursor {
  readonly createdAt: number;
  readonly transferId: string;
}

/** At most `limit` transfers without their lines, oldest first, ties by id. */
export async function listTransfers(
  session: Session,
  filter: TransferFilter,
  after: TransferCursor | null,
  limit: number,
): Promise<Transfer[]> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const most = value(limit);
  // Only what is asked for becomes a condition, so that each listing finds its own index.
  const conditions = ["true"];
  if (filter.state !== undefined) conditions.push(`t.state = ${value(filter.state)}`);
  if (filter.source !== undefined) conditions.push(`t.source = ${value(filter.source)}`);
  if (filter.destination !== undefined) conditions.push(`t.destination = ${value(filter.destination)}`);
  if (filter.sku !== undefined) {
    conditions.push(`t.transfer_id IN (SELECT transfer_id FROM transfer_line WHERE sku = ${value(filter.sku)})`);
  }
  if (filter.olderThanHours !== undefined) {
    conditions.push(`t.created_at <= ${NOW} - ${value(filter.olderThanHours)}::int * interval '1 hour'`);
  }
  if (after !== null) {
    const time = `to_timestamp(${value(after.createdAt)}::float8 / 1000.0)`;
    conditions.push(`(t.created_at, t.transfer_id) > (${time}, ${value(after.transferId)})`);
  }
  const select = (more: string) => `(SELECT ${HEAD_COLUMNS}, t.created_at AS sort_time FROM transfer t
    WHERE ${conditions.join(" AND ")}${more} ORDER BY t.created_at, t.transfer_id LIMIT ${most})`;
  // Either end of the way: an OR would read and sort everything of the location for each page.
  const place = filter.location === undefined ? undefined : value(filter.location);
  const found =
    place === undefined
      ? select("")
      : `${select(` AND t.source = ${place}`)} UNION ALL ${select(` AND t.destination = ${place}`)}`;
  const ordered = `SELECT * FROM (${found}) AS found ORDER BY sort_time, transfer_id LIMIT ${most}`;
  const rows = await session.query<HeadRow>(ordered, values);
  return rows.map(headOf);
}
