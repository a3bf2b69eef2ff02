import type { Session } from "@septet/messaging";
import { foldDaySales, type StockMovement, salesWindow } from "@septet/stock-contracts";
import { supplierAt } from "../domain/decide.js";
import type { Decision } from "../domain/decision.js";
import type { CountedPieces, DepartedPieces } from "../domain/offer.js";
import { type OfferKey, offerKey } from "../domain/offer-row.js";
import { NO_FACTS, type OfferFacts } from "../domain/world.js";
import { ms, time } from "./columns.js";

const ASKED = "unnest($1::text[], $2::text[]) AS asked (sku, supplier_id)";
const KEY = `asked.sku, asked.supplier_id AS "supplierId"`;
const REQUESTED = `SELECT ${KEY}, sum(l.quantity - l.shipped - l.short - l.cancelled)::float8 AS pieces
  FROM ${ASKED} JOIN supplier_order_line l ON l.sku = asked.sku AND l.supplier_id = asked.supplier_id
    AND l.quantity - l.shipped - l.short - l.cancelled > 0
  GROUP BY asked.sku, asked.supplier_id`;
// By moment: a batch that was confirmed at once is one row, however many orders it has.
const COUNTED = `SELECT ${KEY}, ${ms("c.at", "at")}, sum(c.pieces)::float8 AS pieces
  FROM ${ASKED} JOIN confirmation c ON c.sku = asked.sku AND c.supplier_id = asked.supplier_id
  GROUP BY asked.sku, asked.supplier_id, c.at`;
const DEPARTED = `SELECT ${KEY}, ${ms("d.at", "at")}, ${ms("d.counted_at", '"countedAt"')}, sum(d.pieces)::float8 AS pieces
  FROM ${ASKED} JOIN departure d ON d.sku = asked.sku AND d.supplier_id = asked.supplier_id
  GROUP BY asked.sku, asked.supplier_id, d.at, d.counted_at`;
const SOLD = `SELECT ${KEY}, sum(s.pieces)::float8 AS pieces
  FROM ${ASKED} JOIN daily_sale s ON s.sku = asked.sku AND s.supplier_id = asked.supplier_id AND s.day BETWEEN $3 AND $4
  GROUP BY asked.sku, asked.supplier_id`;
const ADD_DEPARTURES = `INSERT INTO departure (supplier_id, sku, at, counted_at, pieces)
  SELECT supplier_id, sku, ${time("at")}, ${time("counted_at")}, pieces
  FROM unnest($1::text[], $2::text[], $3::float8[], $4::float8[], $5::int[]) AS d (supplier_id, sku, at, counted_at, pieces)`;
const FORGET_DEPARTURES = `DELETE FROM departure d USING unnest($1::text[], $2::text[], $3::float8[]) AS c (sku, supplier_id, as_of)
  WHERE d.sku = c.sku AND d.supplier_id = c.supplier_id AND d.at <= ${time("c.as_of")}`;
const ADD_SALES = `INSERT INTO daily_sale AS s (sku, supplier_id, day, pieces)
  SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[])
  ON CONFLICT (sku, supplier_id, day) DO UPDATE SET pieces = s.pieces + excluded.pieces`;

/** What offers follow from beside their rows, by `offerKey`, one statement per table; where there is nothing, nothing. */
export async function loadFacts(
  session: Session,
  keys: readonly OfferKey[],
  now: number,
): Promise<Map<string, OfferFacts>> {
  const facts = new Map<string, OfferFacts>();
  if (keys.length === 0) return facts;
  const asked = [keys.map(({ sku }) => sku), keys.map(({ supplierId }) => supplierId)];
  const put = (key: OfferKey, change: (known: OfferFacts) => Partial<OfferFacts>) => {
    const known = facts.get(offerKey(key)) ?? NO_FACTS;
    facts.set(offerKey(key), { ...known, ...change(known) });
  };
  type Row<T> = OfferKey & T;
  for (const row of await session.query<Row<{ pieces: number }>>(REQUESTED, asked)) {
    put(row, () => ({ requested: row.pieces }));
  }
  for (const { at, pieces, ...key } of await session.query<Row<CountedPieces>>(COUNTED, asked)) {
    put(key, ({ counted }) => ({ counted: [...counted, { at, pieces }] }));
  }
  for (const { at, countedAt, pieces, ...key } of await session.query<Row<DepartedPieces>>(DEPARTED, asked)) {
    put(key, ({ departed }) => ({ departed: [...departed, { at, countedAt, pieces }] }));
  }
  const { firstDay, lastDay } = salesWindow(now);
  for (const row of await session.query<Row<{ pieces: number }>>(SOLD, [...asked, firstDay, lastDay])) {
    put(row, () => ({ soldPieces: row.pieces }));
  }
  return facts;
}

/** Writes down what left, and forgets what reports contain by now. */
export async function writeDepartures(
  session: Session,
  { departures, caughtUp }: Pick<Decision, "departures" | "caughtUp">,
): Promise<void> {
  if (departures.length > 0) {
    await session.query(ADD_DEPARTURES, [
      departures.map(({ supplierId }) => supplierId),
      departures.map(({ sku }) => sku),
      departures.map(({ at }) => at),
      departures.map(({ countedAt }) => countedAt),
      departures.map(({ pieces }) => pieces),
    ]);
  }
  if (caughtUp.length === 0) return;
  await session.query(FORGET_DEPARTURES, [
    caughtUp.map(({ sku }) => sku),
    caughtUp.map(({ supplierId }) => supplierId),
    caughtUp.map(({ asOf }) => asOf),
  ]);
}

/** Adds what movements of ours sold at suppliers; each is given once. */
export async function addSales(session: Session, movements: readonly StockMovement[]): Promise<void> {
  const sales = foldDaySales(movements).flatMap(({ location, ...sale }) => {
    const supplierId = supplierAt(location);
    return supplierId === undefined ? [] : [{ ...sale, supplierId }];
  });
  if (sales.length === 0) return;
  await session.query(ADD_SALES, [
    sales.map(({ sku }) => sku),
    sales.map(({ supplierId }) => supplierId),
    sales.map(({ day }) => day),
    sales.map(({ pieces }) => pieces),
  ]);
}
