import type { ServiceName } from "./services.js";

/** The seven buckets, in the order of the identity. */
export const BUCKETS = [
  "sellable",
  "orderReserved",
  "unsellable",
  "locked",
  "transferReserved",
  "inTransit",
  "virtual",
] as const;

export type Bucket = (typeof BUCKETS)[number];

/** What a leg may change: a bucket, or `total`, the left-hand side of the identity with legs of its own. */
export type Account = Bucket | "total";

export const ACCOUNTS: readonly Account[] = ["total", ...BUCKETS];

/** The service whose table holds the truth of an account. */
export const OWNER: { readonly [A in Account]: ServiceName } = {
  total: "warehouse",
  sellable: "order-reservation",
  orderReserved: "order-reservation",
  unsellable: "warehouse",
  locked: "order-reservation",
  transferReserved: "transfer",
  inTransit: "transfer",
  virtual: "supplier-sync",
};

/** The name of an account on a page, in English and 中文, and what it means. */
export const BUCKET_TEXTS: { readonly [A in Account]: { readonly zh: string; readonly meaning: string } } = {
  total: { zh: "总库存", meaning: "physically in this location; the left-hand side, not a bucket of its own" },
  sellable: { zh: "可销售库存", meaning: "can be sold now; may go below 0 when physical facts overtake promises" },
  orderReserved: { zh: "订单占用库存", meaning: "promised to an order, not shipped yet" },
  unsellable: { zh: "不可销售库存", meaning: "damaged, expired, awaiting a supplier claim" },
  locked: { zh: "锁定库存", meaning: "kept out of a promotion" },
  transferReserved: { zh: "调拨占用库存", meaning: "promised to another warehouse, until it arrives there" },
  inTransit: { zh: "调拨中库存", meaning: "left this warehouse, not arrived in the other" },
  virtual: { zh: "虚库存", meaning: "held by a supplier, sold by us" },
};

const ACCOUNT_NAMES: ReadonlySet<string> = new Set(ACCOUNTS);

export function isAccount(name: string): name is Account {
  return ACCOUNT_NAMES.has(name);
}
