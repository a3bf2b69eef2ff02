import type { Session } from "@septet/messaging";
import { channelKey } from "../domain/index.js";

/**
 * What channels hold stands with the promises themselves, so nothing has to be kept in step with shipments, cancellations
 * and expiries; a count of its own would cost a statement in every slice, whether or not a policy asks. The index holds
 * open promises alone, and there are no more of them than pieces. They change under the locks of their SKUs' streams.
 */
const LOAD = `
SELECT sku, location, channel, sum(pieces)::float8 AS pieces FROM (
  SELECT a.sku, a.location, o.channel, a.open AS pieces FROM allocation a JOIN orders o USING (order_id)
  WHERE a.sku = ANY($1::text[]) AND a.open > 0 AND o.channel = ANY($2::text[])
  UNION ALL
  SELECT c.sku, place.location, c.channel, place.pieces
  FROM cart_hold c CROSS JOIN LATERAL jsonb_to_recordset(c.places) AS place (location text, pieces int)
  WHERE c.sku = ANY($1::text[]) AND c.parts IS NULL AND c.pieces > 0 AND c.channel = ANY($2::text[])
  UNION ALL
  SELECT place.sku, place.location, c.channel, place.pieces
  FROM cart_hold c CROSS JOIN LATERAL jsonb_to_recordset(c.places) AS place (sku text, location text, pieces int)
  WHERE c.parts IS NOT NULL AND c.pieces > 0 AND c.channel = ANY($2::text[]) AND place.sku = ANY($1::text[])
    AND c.places @> ANY (SELECT jsonb_build_array(jsonb_build_object('sku', wanted)) FROM unnest($1::text[]) AS wanted)
) AS held
GROUP BY sku, location, channel`;

/** Pieces that these channels have been promised of the SKUs, in orders and carts, and nobody has sent yet; by `channelKey`. */
export async function loadChannelHolds(
  session: Session,
  skus: readonly string[],
  channels: readonly string[],
): Promise<Map<string, number>> {
  type Row = Record<"sku" | "location" | "channel", string> & { pieces: number };
  const rows = await session.query<Row>(LOAD, [skus, channels]);
  return new Map(rows.map(({ channel, sku, location, pieces }) => [channelKey(channel, sku, location), pieces]));
}
