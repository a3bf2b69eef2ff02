import type { Session } from "@septet/messaging";
import { ms, time } from "./columns.js";

/** Goods of a supplier's that were brought into a warehouse at once. */
export interface Inbound {
  readonly supplierId: string;
  readonly inboundId: string;
  readonly warehouse: string;
  /** A hash of what was told. */
  readonly content: string;
  /** Epoch ms. */
  readonly broughtAt: number;
  readonly toldBy: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

/** Where the page before ended; `broughtAt` is epoch ms. */
export interface InboundCursor {
  readonly broughtAt: number;
  readonly inboundId: string;
}

const COLUMNS = `i.supplier_id AS "supplierId", i.inbound_id AS "inboundId", i.warehouse, i.content,
  ${ms("i.brought_at", '"broughtAt"')}, i.told_by AS "toldBy",
  (SELECT json_agg(json_build_object('sku', l.sku, 'quantity', l.quantity) ORDER BY l.sku) FROM inbound_line l
    WHERE l.supplier_id = i.supplier_id AND l.inbound_id = i.inbound_id) AS lines`;
const LOAD = `SELECT ${COLUMNS} FROM inbound i WHERE i.supplier_id = $1 AND i.inbound_id = $2`;
const LIST = `SELECT ${COLUMNS} FROM inbound i
  WHERE i.supplier_id = $1 AND (i.brought_at, i.inbound_id) > (${time("$2::float8")}, $3)
  ORDER BY i.brought_at, i.inbound_id LIMIT $4`;
const CREATE = `INSERT INTO inbound (supplier_id, inbound_id, warehouse, content, brought_at, told_by)
  VALUES ($1, $2, $3, $4, ${time("$5::float8")}, $6)`;
const CREATE_LINES = `INSERT INTO inbound_line (supplier_id, inbound_id, sku, quantity)
  SELECT $1, $2, sku, quantity FROM unnest($3::text[], $4::int[]) AS l (sku, quantity)`;

export async function loadInbound(session: Session, supplierId: string, id: string): Promise<Inbound | undefined> {
  return (await session.query<Inbound>(LOAD, [supplierId, id]))[0];
}

/** At most `limit` of a supplier's after one, the oldest first. */
export function listInbounds(
  session: Session,
  supplierId: string,
  after: InboundCursor | null,
  limit: number,
): Promise<Inbound[]> {
  return session.query<Inbound>(LIST, [supplierId, after?.broughtAt ?? 0, after?.inboundId ?? "", limit]);
}

/** @throws 23505 when one of the name was written by somebody else meanwhile. */
export async function createInbound(session: Session, inbound: Inbound): Promise<void> {
  const { supplierId, inboundId, warehouse, content, broughtAt, toldBy, lines } = inbound;
  await session.query(CREATE, [supplierId, inboundId, warehouse, content, broughtAt, toldBy]);
  const columns = [lines.map(({ sku }) => sku), lines.map(({ quantity }) => quantity)];
  await session.query(CREATE_LINES, [supplierId, inboundId, ...columns]);
}
