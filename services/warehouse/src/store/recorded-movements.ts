import type { Session } from "@septet/messaging";
import type { ReferenceType } from "@septet/stock-contracts";
import type { SettledLine } from "../domain/decision.js";
import type { LineDecision, RecordedMovement } from "../domain/recorded-movement.js";
import { REVERSIBLE_DAYS } from "../domain/reversing.js";

const COLUMNS = `movement_id, sku, sequence::float8 AS sequence, location, kind, variant, quantity, reference_type, reference_id, reference_line,
  fulfilment_id, reverses, reversed_by, decided,
  round(extract(epoch FROM happened_at) * 1000)::float8 AS happened_at, round(extract(epoch FROM recorded_at) * 1000)::float8 AS recorded_at`;
const LOAD = `SELECT ${COLUMNS} FROM recorded_movement WHERE movement_id = ANY($1::text[])`;
const SCOPE = `SELECT DISTINCT sku, fulfilment_id FROM recorded_movement WHERE movement_id = ANY($1::text[])`;
const LIST = `SELECT ${COLUMNS} FROM recorded_movement
  WHERE reference_id = $1 AND (recorded_at, movement_id) > (to_timestamp($2::float8 / 1000.0), $3::text COLLATE "C")
  ORDER BY recorded_at, movement_id LIMIT $4`;
const KEEP = `INSERT INTO recorded_movement (movement_id, sku, location, kind, variant, quantity, reference_type, reference_id,
    reference_line, fulfilment_id, reverses, sequence, decided, happened_at, recorded_at)
  SELECT movement_id, sku, location, kind, variant, quantity, reference_type, reference_id, reference_line, fulfilment_id,
    reverses, sequence, decided, to_timestamp(happened_at / 1000.0), to_timestamp($15::float8 / 1000.0)
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::bigint[], $13::text[], $14::float8[])
    AS m (movement_id, sku, location, kind, variant, quantity, reference_type, reference_id, reference_line, fulfilment_id,
      reverses, sequence, decided, happened_at)`;
const REVERSED = `UPDATE recorded_movement m SET reversed_by = r.movement_id
  FROM unnest($1::text[], $2::text[]) AS r (reverses, movement_id) WHERE m.movement_id = r.reverses`;
// Led by an index of the losses at picking alone, which are few: nearly every order has none.
const SETTLED = `UPDATE recorded_movement m SET decided = s.decision
  FROM unnest($1::text[], $2::text[], $3::text[]) AS s (order_id, line_id, decision)
  WHERE m.reference_id = s.order_id AND m.reference_line = s.line_id AND m.reference_type = 'order'
    AND m.kind IN ('PICK_SHORT', 'PICK_DAMAGE') AND m.decided IS NULL`;
const FORGET = `DELETE FROM recorded_movement WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM recorded_movement WHERE recorded_at < septet_now() - $1 * interval '1 day' LIMIT $2
  )) RETURNING 1`;

interface Row {
  movement_id: string;
  sku: string;
  sequence: number;
  location: string;
  kind: string;
  variant: string;
  quantity: number;
  reference_type: ReferenceType;
  reference_id: string;
  reference_line: string | null;
  fulfilment_id: string | null;
  reverses: string | null;
  reversed_by: string | null;
  decided: LineDecision | null;
  happened_at: number | null;
  recorded_at: number;
}

/** With the moment at which it was recorded, epoch ms. */
export type ListedMovement = RecordedMovement & { readonly recordedAt: number };

/** Movements of ours by id; those that are forgotten or not ours are missing. */
export async function loadRecorded(session: Session, ids: readonly string[]): Promise<Map<string, RecordedMovement>> {
  if (ids.length === 0) return new Map();
  const rows = await session.query<Row>(LOAD, [ids]);
  return new Map(rows.map((row) => [row.movement_id, movementOf(row)]));
}

/** What a reversal of these movements must hold; neither ever changes. */
export async function scopeOfRecorded(
  session: Session,
  ids: readonly string[],
): Promise<{ skus: string[]; fulfilmentIds: string[] }> {
  if (ids.length === 0) return { skus: [], fulfilmentIds: [] };
  const rows = await session.query<Pick<Row, "sku" | "fulfilment_id">>(SCOPE, [ids]);
  return { skus: rows.map((row) => row.sku), fulfilmentIds: rows.flatMap((row) => row.fulfilment_id ?? []) };
}

/** Movements of an order or document, oldest first, after the one at `after`; at most `limit`. */
export async function listRecorded(
  session: Session,
  referenceId: string,
  after: { recordedAt: number; movementId: string },
  limit: number,
): Promise<ListedMovement[]> {
  const rows = await session.query<Row>(LIST, [referenceId, after.recordedAt, after.movementId, limit]);
  return rows.map((row) => ({ ...movementOf(row), recordedAt: row.recorded_at }));
}

/** Keeps what was recorded just now, and notes which of the earlier ones it takes back. */
export async function keepRecorded(
  session: Session,
  movements: readonly RecordedMovement[],
  now: number,
): Promise<void> {
  if (movements.length === 0) return;
  const column = <T>(of: (movement: RecordedMovement) => T) => movements.map(of);
  await session.query(KEEP, [
    column((m) => m.movementId),
    column((m) => m.sku),
    column((m) => m.location),
    column((m) => m.kind),
    column((m) => m.variant),
    column((m) => m.quantity),
    column((m) => m.reference.type),
    column((m) => m.reference.id),
    column((m) => m.reference.line),
    column((m) => m.fulfilmentId),
    column((m) => m.reverses),
    column((m) => m.sequence),
    column((m) => m.decided),
    column((m) => m.toldLater),
    now,
  ]);
  const reversals = movements.filter(({ reverses }) => reverses !== null);
  if (reversals.length === 0) return;
  await session.query(REVERSED, [reversals.map((m) => m.reverses), reversals.map((m) => m.movementId)]);
}

/** Notes with which lines order-reservation has gone on. */
export async function noteSettledLines(session: Session, lines: readonly SettledLine[]): Promise<void> {
  if (lines.length === 0) return;
  await session.query(SETTLED, [
    lines.map((line) => line.orderId),
    lines.map((line) => line.lineId),
    lines.map((line) => line.decision),
  ]);
}

/** Deletes at most `limit` movements that are too old to be taken back. Returns how many. */
export async function forgetRecorded(session: Session, limit: number): Promise<number> {
  return (await session.query(FORGET, [REVERSIBLE_DAYS, limit])).length;
}

function movementOf(row: Row): RecordedMovement {
  return {
    movementId: row.movement_id,
    sku: row.sku,
    sequence: row.sequence,
    toldLater: row.happened_at,
    location: row.location,
    kind: row.kind,
    variant: row.variant,
    quantity: row.quantity,
    reference: { type: row.reference_type, id: row.reference_id, line: row.reference_line },
    fulfilmentId: row.fulfilment_id,
    reverses: row.reverses,
    reversedBy: row.reversed_by,
    decided: row.decided,
  };
}
