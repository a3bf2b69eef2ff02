import type { Inspector } from "../database/inspector.js";
import { readTransfers, type TransferTables } from "./transfer-tables.js";

export interface StockRow {
  sku: string;
  location: string;
  sellable: number;
  order_reserved: number;
  locked: number;
}
export interface OrderRow {
  order_id: string;
  state: string;
  paid: boolean;
  expires_at: number | null;
}
export interface LineRow {
  order_id: string;
  line_id: string;
  sku: string;
  quantity: number;
  cancelled: number;
  shorted: number;
  /** The shorted line that it makes up for; null: it was ordered. */
  replaces: string | null;
  /** What a piece is made of, where it is a bundle. */
  parts: readonly { sku: string; quantity: number }[] | null;
}
export interface ShortageRow {
  order_id: string;
  number: number;
  is_open: boolean;
  decide_by: number;
}
export interface AllocationRow {
  order_id: string;
  line_id: string;
  sku: string;
  location: string;
  open: number;
  shipped: number;
  fulfilment_id: string | null;
  too_late: boolean;
}
export interface OnHandRow {
  sku: string;
  location: string;
  total: number;
  unsellable: number;
  claimed: number;
  low: boolean | null;
}
export interface ClaimLineRow {
  claim_id: string;
  state: string;
  sku: string;
  location: string;
  quantity: number;
  held: number;
  sent_back: number;
  missing: number;
}
export interface AnnouncementRow {
  reference: string;
  location: string;
  closed: boolean;
  /** Closed because all had arrived. */
  complete: boolean;
}
export interface AnnouncedLineRow {
  reference: string;
  sku: string;
  quantity: number;
}
export interface AlertLineRow {
  sku: string;
  location: string;
  pieces: number | null;
}
export interface StocktakeLineRow {
  stocktake_id: string;
  sku: string;
  location: string;
  state: string;
  counted_at: number | null;
}
export interface FulfilmentLineRow {
  fulfilment_id: string;
  order_id: string;
  location: string;
  line_id: string;
  sku: string;
  quantity: number;
  shipped: number;
  short: number;
  damaged: number;
  cancelled: number;
  reversed: number;
}
export interface BalanceRow {
  sku: string;
  location: string;
  total: number;
  sellable: number;
  order_reserved: number;
  unsellable: number;
  locked: number;
  transfer_reserved: number;
  in_transit: number;
  virtual: number;
}
export interface StockCopyRow {
  sku: string;
  location: string;
  sellable: number;
}
export interface DailySaleRow {
  sku: string;
  location: string;
  /** UTC days since 1970-01-01. */
  day: number;
  pieces: number;
}
export interface PositionRow {
  recorded_by: string;
  sku: string;
  contiguous: number;
  ahead: number;
}

export interface PromotionRow {
  promotion_id: string;
  sku: string;
  ends_at: number;
  ended_at: number | null;
  sold_out_at: number | null;
  locks: readonly { location: string; wanted: number; locked: number; release_policy: string }[];
}

/** What every service keeps beside its own tables. */
export interface CommonTables {
  readonly positions: readonly PositionRow[];
  readonly heads: readonly { sku: string; sequence: number }[];
  readonly consumed: readonly { group_id: string; topic: string; partition: number; next_offset: number }[];
  readonly unpublished: number;
}

/** The dumps of all tables at rest; a service that was not part of the run has none. */
export interface Tables {
  readonly common: ReadonlyMap<string, CommonTables>;
  readonly stock: readonly StockRow[] | undefined;
  readonly orders: readonly OrderRow[] | undefined;
  readonly shortages: readonly ShortageRow[] | undefined;
  readonly lines: readonly LineRow[];
  readonly allocations: readonly AllocationRow[];
  /** How many rows are kept of carts. */
  readonly cartHolds: number;
  /** Promotions by SKU, with what is kept out of them. */
  readonly promotions: readonly PromotionRow[];
  readonly onHand: readonly OnHandRow[] | undefined;
  readonly claimLines: readonly ClaimLineRow[];
  readonly announcements: readonly AnnouncementRow[];
  readonly announcedLines: readonly AnnouncedLineRow[];
  readonly alertLines: readonly AlertLineRow[];
  readonly fulfilmentLines: readonly FulfilmentLineRow[];
  readonly stocktakeLines: readonly StocktakeLineRow[];
  readonly balances: readonly BalanceRow[] | undefined;
  readonly transfers: TransferTables | undefined;
  readonly stockCopies: readonly StockCopyRow[] | undefined;
  readonly dailySales: readonly DailySaleRow[] | undefined;
}

const PROMOTIONS = `
SELECT promotion_id, sku, round(extract(epoch FROM ends_at) * 1000)::float8 AS ends_at,
  round(extract(epoch FROM ended_at) * 1000)::float8 AS ended_at,
  round(extract(epoch FROM sold_out_at) * 1000)::float8 AS sold_out_at,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('location', lock ->> 'location', 'wanted', (lock ->> 'wanted')::int,
     'locked', (lock ->> 'locked')::int, 'release_policy', lock ->> 'releasePolicy')), '[]')
   FROM jsonb_array_elements(locks) AS lock) AS locks
FROM promotion_sku ORDER BY promotion_id, sku`;

export async function readTables(inspector: Inspector): Promise<Tables> {
  const common = new Map<string, CommonTables>();
  for (const service of inspector.services) common.set(service, await readCommon(inspector, service));
  const orders = inspector.services.includes("order-reservation");
  const warehouse = inspector.services.includes("warehouse");
  const ledger = inspector.services.includes("ledger");
  const reservation = <T extends object>(sql: string) =>
    inspector.query<T & Record<string, unknown>>("order-reservation", sql);
  return {
    common,
    transfers: await readTransfers(inspector),
    stock: orders
      ? await reservation<StockRow>(
          "SELECT sku, location, sellable::int, order_reserved::int, locked::int FROM stock ORDER BY sku, location",
        )
      : undefined,
    orders: orders
      ? await reservation<OrderRow>(
          `SELECT order_id, state, paid, (extract(epoch FROM expires_at) * 1000)::float8 AS expires_at
           FROM orders ORDER BY order_id`,
        )
      : undefined,
    lines: orders
      ? await reservation<LineRow>(
          "SELECT order_id, line_id, sku, quantity, cancelled, shorted, replaces, parts FROM order_line ORDER BY order_id, line_id",
        )
      : [],
    allocations: orders
      ? await reservation<AllocationRow>(
          `SELECT order_id, line_id, sku, location, open, shipped, fulfilment_id, too_late
           FROM allocation ORDER BY order_id, ordinal`,
        )
      : [],
    shortages: orders
      ? await reservation<ShortageRow>(
          `SELECT order_id, number, is_open, (extract(epoch FROM decide_by) * 1000)::float8 AS decide_by
           FROM shortage ORDER BY order_id, number`,
        )
      : undefined,
    cartHolds: orders ? ((await reservation<{ n: number }>("SELECT count(*)::int AS n FROM cart_hold"))[0]?.n ?? 0) : 0,
    promotions: orders ? await reservation<PromotionRow>(PROMOTIONS) : [],
    onHand: warehouse
      ? await inspector.query<OnHandRow & Record<string, unknown>>(
          "warehouse",
          "SELECT sku, location, total::int, unsellable::int, claimed::int, low FROM on_hand ORDER BY sku, location",
        )
      : undefined,
    fulfilmentLines: warehouse
      ? await inspector.query<FulfilmentLineRow & Record<string, unknown>>(
          "warehouse",
          `SELECT fulfilment_id, order_id, location, line_id, sku, quantity, shipped, short, damaged, cancelled, reversed
           FROM fulfilment_line JOIN fulfilment USING (fulfilment_id) ORDER BY fulfilment_id, line_id, sku`,
        )
      : [],
    stocktakeLines: warehouse
      ? await inspector.query<StocktakeLineRow & Record<string, unknown>>(
          "warehouse",
          `SELECT stocktake_id, sku, location, state, round(extract(epoch FROM counted_at) * 1000)::float8 AS counted_at
           FROM stocktake_line ORDER BY counted_at, stocktake_id`,
        )
      : [],
    balances: ledger
      ? await inspector.query<BalanceRow & Record<string, unknown>>(
          "ledger",
          `SELECT sku, location, total::int, sellable::int, order_reserved::int, unsellable::int, locked::int,
                  transfer_reserved::int, in_transit::int, virtual::int FROM balance ORDER BY sku, location`,
        )
      : undefined,
    ...(await readExpectations(inspector)),
    ...(await readCopies(inspector)),
  };
}

async function readExpectations(
  inspector: Inspector,
): Promise<Pick<Tables, "claimLines" | "announcements" | "announcedLines" | "alertLines">> {
  if (!inspector.services.includes("warehouse")) {
    return { claimLines: [], announcements: [], announcedLines: [], alertLines: [] };
  }
  const warehouse = <T extends object>(sql: string) => inspector.query<T & Record<string, unknown>>("warehouse", sql);
  return {
    claimLines: await warehouse<ClaimLineRow>(
      `SELECT claim_id, state, sku, location, quantity, held, sent_back, missing
       FROM claim_line JOIN claim USING (claim_id) ORDER BY claim_id, position`,
    ),
    announcements: await warehouse<AnnouncementRow>(
      `SELECT reference, location, closed_at IS NOT NULL AS closed,
              closed_at IS NOT NULL AND COALESCE(close_reason, '') = 'COMPLETE' AS complete
       FROM announcement ORDER BY reference`,
    ),
    announcedLines: await warehouse<AnnouncedLineRow>(
      "SELECT reference, sku, quantity FROM announcement_line ORDER BY reference, sku",
    ),
    alertLines: await warehouse<AlertLineRow>("SELECT sku, location, pieces FROM alert_line ORDER BY sku, location"),
  };
}

async function readCopies(inspector: Inspector): Promise<Pick<Tables, "stockCopies" | "dailySales">> {
  if (!inspector.services.includes("transfer")) return { stockCopies: undefined, dailySales: undefined };
  const transfer = <T extends object>(sql: string) => inspector.query<T & Record<string, unknown>>("transfer", sql);
  return {
    stockCopies: await transfer<StockCopyRow>(
      "SELECT sku, location, sellable::int FROM stock_copy ORDER BY sku, location",
    ),
    dailySales: await transfer<DailySaleRow>(
      "SELECT sku, location, day, pieces::int FROM daily_sale ORDER BY sku, location, day",
    ),
  };
}

async function readCommon(inspector: Inspector, service: string): Promise<CommonTables> {
  return {
    positions: await inspector.query(
      service,
      `SELECT recorded_by, sku, contiguous::int, jsonb_array_length(ahead) AS ahead FROM stream_position
       ORDER BY recorded_by, sku`,
    ),
    heads: await inspector.query(service, "SELECT sku, sequence::int FROM sku_stream ORDER BY sku"),
    consumed: await inspector.query(
      service,
      "SELECT group_id, topic, partition, next_offset::int FROM consumed_offset ORDER BY group_id, topic, partition",
    ),
    unpublished: (
      await inspector.query<{ n: number }>(service, "SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL")
    )[0]!.n,
  };
}
