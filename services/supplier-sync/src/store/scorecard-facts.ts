import type { Session } from "@septet/messaging";
import type { NotedEvent } from "../domain/decision.js";
import type {
  BigChangeFact,
  CountFact,
  LineEvent,
  OrderLineFact,
  Period,
  ReportDueFact,
  ScorecardFacts,
} from "../domain/scorecard.js";
import { ms, time } from "./columns.js";

const ADD_EVENTS = `INSERT INTO line_event (fulfilment_id, line_id, sku, at, kind, pieces, kept_pieces)
  SELECT id, line_id, sku, ${time("at")}, kind, pieces, kept_pieces
  FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::text[], $6::int[], $7::int[])
    AS e (id, line_id, sku, at, kind, pieces, kept_pieces)`;
const WITHIN = (column: string) => `${column} >= ${time("$2::float8")} AND ${column} < ${time("$3::float8")}`;
const ORDERS = `SELECT fulfilment_id FROM supplier_order WHERE supplier_id = $1 AND sent_at IS NOT NULL AND ${WITHIN("sent_at")}
  UNION SELECT fulfilment_id FROM supplier_order
    WHERE supplier_id = $1 AND sent_at IS NOT NULL AND ${WITHIN("confirmation_due_at")}`;
const LINES = `SELECT ${ms("o.sent_at", '"sentAt"')}, l.quantity AS pieces, ${ms("o.confirmation_due_at", '"confirmationDueAt"')},
    ${ms("l.answered_at", '"answeredAt"')},
    coalesce((SELECT json_agg(json_build_object('at', floor(extract(epoch FROM e.at) * 1000), 'kind', e.kind, 'pieces', e.pieces,
        'keptPieces', e.kept_pieces)) FROM line_event e
      WHERE e.fulfilment_id = l.fulfilment_id AND e.line_id = l.line_id AND e.sku = l.sku), '[]') AS events
  FROM (${ORDERS}) f JOIN supplier_order o ON o.fulfilment_id = f.fulfilment_id
  JOIN supplier_order_line l ON l.fulfilment_id = f.fulfilment_id LIMIT $4`;
const DUE = `SELECT ${ms("due_at", '"dueAt"')}, ${ms("received_at", '"receivedAt"')} FROM judged_report
  WHERE supplier_id = $1 AND ${WITHIN("due_at")}`;
const CHANGES = `SELECT ${ms("r.received_at", '"receivedAt"')}, c.mark = 'BIG_AND_LATE' AS late FROM report r
  JOIN big_change c ON c.supplier_id = r.supplier_id AND c.ordinal = r.ordinal
  WHERE r.supplier_id = $1 AND ${WITHIN("r.received_at")} LIMIT $4`;

const COUNTS = `SELECT ${ms("s.closed_at", '"approvedAt"')}, l.counted::float8 AS counted, l.recorded::float8 AS recorded
  FROM stocktake s JOIN stocktake_line l ON l.supplier_id = s.supplier_id AND l.stocktake_id = s.stocktake_id
  WHERE s.supplier_id = $1 AND s.state = 'APPROVED' AND ${WITHIN("s.closed_at")} LIMIT $4`;

/** Writes down what became of pieces. */
export async function addLineEvents(session: Session, events: readonly NotedEvent[]): Promise<void> {
  if (events.length === 0) return;
  await session.query(ADD_EVENTS, [
    events.map((event) => event.fulfilmentId),
    events.map((event) => event.lineId),
    events.map((event) => event.sku),
    events.map((event) => event.at),
    events.map((event) => event.kind),
    events.map((event) => event.pieces),
    events.map((event) => event.keptPieces),
  ]);
}

/** What a supplier's scorecard of a period rests on; undefined when there are more than `maxRows` of one kind. */
export async function loadScorecardFacts(
  session: Session,
  supplierId: string,
  { from, to }: Pick<Period, "from" | "to">,
  maxRows: number,
): Promise<ScorecardFacts | undefined> {
  const asked = [supplierId, from, to];
  type Row = Omit<OrderLineFact, "events"> & { events: LineEvent[] };
  const lines = await session.query<Row>(LINES, [...asked, maxRows + 1]);
  const bigChanges = await session.query<BigChangeFact>(CHANGES, [...asked, maxRows + 1]);
  const counts = await session.query<CountFact>(COUNTS, [...asked, maxRows + 1]);
  if ([lines, bigChanges, counts].some((found) => found.length > maxRows)) return undefined;
  return { lines, bigChanges, counts, reportsDue: await session.query<ReportDueFact>(DUE, asked) };
}
