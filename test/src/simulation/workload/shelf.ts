import type { World } from "../world/world.js";

/** What clerks and pickers have done to a SKU at a location until a moment; no stocktake has a part in it. */
const OWN = `
  SELECT coalesce(sum(pieces), 0)::int AS pieces FROM (
    SELECT CASE WHEN kind IN ('RECEIPT', 'RETURN') THEN 1 ELSE -1 END
        * CASE WHEN reverses IS NULL THEN quantity ELSE -quantity END AS pieces
      FROM recorded_movement
      WHERE kind IN ('RECEIPT', 'RETURN', 'SHIP', 'PICK_SHORT', 'DISPOSE') AND (reference_id NOT LIKE 'transfer:%' OR reverses IS NOT NULL)
        AND sku = '§sku' AND location = '§location' AND recorded_at <= to_timestamp(§at::float8 / 1000.0)
    UNION ALL
    SELECT l.change FROM adjustment_line l JOIN document d USING (document_id)
      JOIN recorded_movement m ON m.reference_id = d.reference AND m.reference_line = l.line AND m.kind = 'COUNT_ADJUST'
      WHERE l.sku = '§sku' AND d.location = '§location' AND recorded_at <= to_timestamp(§at::float8 / 1000.0)
  ) AS own`;

/**
 * How many pieces truly lie at a location at a moment (epoch ms) at which all requests of until then are answered: what
 * came and went, less what vanished and nobody has told. Undefined as long as transfer has something to send.
 */
export async function piecesOnShelf(
  { inspector, history }: World,
  sku: string,
  location: string,
  at: number,
): Promise<number | undefined> {
  const sql = OWN.replaceAll("§sku", sku).replaceAll("§location", location).replaceAll("§at", String(at));
  const [own] = await inspector.query<{ pieces: number }>("warehouse", sql);
  if (inspector.services.includes("transfer")) {
    const unsent = "SELECT count(*)::int AS rows FROM outbox WHERE published_at IS NULL";
    const [transfer] = await inspector.query<{ rows: number }>("transfer", unsent);
    if (transfer!.rows > 0) return undefined;
  }
  let pieces = own!.pieces;
  const seen = new Set<string>();
  for (const { value } of history.records("StockMovement")) {
    if (value.recordedBy !== "transfer" || value.sku !== sku || value.occurredAt > at) continue;
    if (seen.has(value.movementId)) continue;
    seen.add(value.movementId);
    for (const leg of value.legs) if (leg.location === location && leg.bucket === "total") pieces += leg.delta;
  }
  for (const { value } of history.records("TransferSurplusArrived")) {
    if (value.sku !== sku || value.location !== location || value.occurredAt > at || seen.has(value.eventId)) continue;
    seen.add(value.eventId);
    pieces += value.quantity;
  }
  const gone = history.losses.filter((loss) => loss.sku === sku && loss.location === location && loss.at <= at);
  return pieces - gone.filter(({ toldAt, foundAt }) => toldAt === null && (foundAt === null || foundAt > at)).length;
}
