import type { Choice, Outcome, Placement, Shortage, ShortageRule } from "../../src/domain/index.js";
import { MINUTE, Shop } from "./shop.js";

export const HOUR = 60 * MINUTE;
export const RULE: ShortageRule = {
  couponMinor: 500,
  dispatchAt: "08:00",
  decideMinutesBefore: 120,
  utcOffsetMinutes: 480,
  handleWithinMinutes: 60,
};

/** Red socks cost 10.00 and are replaced by others of their group that cost as much or more. */
export function shopWith(stock: Readonly<Record<string, number>>): Shop {
  const shop = new Shop();
  shop.policies.set("default", { shortage: RULE });
  const prices = { red: 1000, blue: 1000, green: 1200, cheap: 900, dear: 1500 };
  for (const [sku, unitPriceMinor] of Object.entries(prices)) {
    shop.listings.set(sku, { sku, active: true, unitPriceMinor, currency: "CNY", substitutionGroup: "socks" });
  }
  const hat = { sku: "hat", active: true, unitPriceMinor: 2000, currency: "CNY", substitutionGroup: "hats" };
  shop.listings.set("hat", hat);
  for (const [sku, pieces] of Object.entries(stock)) shop.stock(sku, "wuhan", pieces);
  return shop;
}

/** Three red socks, paid, 10.00 each. */
export function buy(shop: Shop, orderId = "o1", more: Partial<Placement> = {}): void {
  const lines = [{ lineId: "a", sku: "red", quantity: 3, unitPriceMinor: 1000 }];
  shop.place(orderId, {}, { lines, payment: "PAID", currency: "CNY", ...more });
}

interface Chosen {
  orderId?: string;
  shortageId?: string;
  by?: "CUSTOMER" | "OPERATOR";
}

/** The shopper, or an operator for one, chooses about the first shortage of an order. */
export const choose = (shop: Shop, choices: Choice[], { orderId = "o1", ...more }: Chosen = {}): Outcome =>
  shop.do({
    ...{ type: "ChooseRemedies", orderId, shortageId: `${orderId}/1`, by: "CUSTOMER", answerByEvent: true },
    ...more,
    choices,
  });
export const exchangeFor = (sku: string): Choice => ({ lineId: "a", kind: "EXCHANGE", sku });
export const REFUND: Choice = { lineId: "a", kind: "REFUND", sku: null };

/** The sweeper looks at an order whose shortage may be over its time. */
export const overdue = (shop: Shop, orderId = "o1"): Outcome => shop.do({ type: "SettleOverdue", orderId });

export const openOf = (shop: Shop, orderId = "o1"): Shortage[] =>
  shop.order(orderId).shortageList.filter(({ lines }) => lines.some(({ settled }) => settled === null));

/** SKUs offered in exchange for the first line of an order's last shortage, as it was told. */
export const offered = (shop: Shop, orderId = "o1"): string[] =>
  shop
    .events("OrderShorted", orderId)
    .at(-1)
    .lines[0].remedies.flatMap(({ sku }: { sku: string | null }) => sku ?? []);
