import type { Session } from "@septet/messaging";
import type { LockPlan } from "@septet/service-kit";
import type { BundleMemo } from "./bundle-memo.js";
import { asksForUnpaid, type Buyer, type Command, type SkuListing, velocityOf } from "./domain/index.js";
import type { PolicyMemo } from "./policy-memo.js";
import { countersOf, countersToLock, ordersJudged } from "./slice-counters.js";
import type { SliceItem } from "./slice-item.js";
import { sourcesOf } from "./source-hashes.js";
import { skusOfPromotions } from "./store/promotions.js";
import { skusOfOrders } from "./store/skus-of-orders.js";

/** What a slice locks, and which orders it has to know. */
export interface SlicePlan {
  locks: LockPlan;
  skus: ReadonlySet<string>;
  orderIds: readonly string[];
  /** Orders all of whose streams must be held; of an order that only a movement names, the movement's SKU is enough. */
  wholeOrders: ReadonlySet<string>;
  /** Carts whose holds the commands and their orders may use up or change. */
  cartIds: ReadonlySet<string>;
  /** Promotions that are scheduled or ended: all their SKUs' streams are held. */
  promotionIds: ReadonlySet<string>;
  /** Counters of the limits: class 4. */
  counters: ReadonlySet<string>;
  /** Does any policy ask whether a customer has an unpaid order? */
  customersAsked: boolean;
}

/** Reads the SKUs of orders known only by their id (without locking), and plans the locks in their order. */
export async function planSlice(
  session: Session,
  items: readonly SliceItem[],
  consumer: string,
  memo: PolicyMemo,
  bundles: BundleMemo,
): Promise<SlicePlan> {
  const skus = new Set<string>();
  const wholeOrders = new Set<string>();
  const named = new Set<string>();
  const cartIds = new Set<string>();
  const promotionIds = new Set<string>();
  const claims = [];
  const onceIds: string[] = [];
  for (const { command, movement, onceId, request } of items) {
    if (movement !== undefined) skus.add(movement.sku);
    if (onceId !== undefined) onceIds.push(onceId);
    if (request?.claim !== undefined) claims.push(request.claim);
    if (command !== undefined) addScope(command, { skus, whole: wholeOrders, named, cartIds, promotionIds });
  }
  const known = new Map<string, Buyer>();
  for (const order of await skusOfOrders(session, [...wholeOrders])) {
    known.set(order.orderId, order);
    for (const sku of order.skus) skus.add(sku);
    if (order.cartId !== null) cartIds.add(order.cartId);
  }
  for (const sku of await skusOfPromotions(session, [...promotionIds])) skus.add(sku);
  bundles.addPartsTo(skus, listedBundles(items));
  const orderIds = [...new Set([...wholeOrders, ...named])];
  const commands = items.flatMap(({ command }) => command ?? []);
  const counters = countersOf(
    memo,
    ordersJudged(commands, (orderId) => known.get(orderId)),
    velocityOf(memo) === null ? new Map() : sourcesOf(commands, memo.keys),
  );
  const locks: LockPlan = {
    idempotency: claims,
    inbox: { consumer, eventIds: onceIds },
    skus: [...skus],
    documents: [
      { table: "orders", idColumn: "order_id", ids: orderIds },
      { table: "promotion", idColumn: "promotion_id", ids: [...promotionIds] },
    ],
    counters: countersToLock(counters),
  };
  return { locks, skus, orderIds, wholeOrders, cartIds, promotionIds, counters, customersAsked: asksForUnpaid(memo) };
}

/** Bundles that the slice lists: who orders one in the same slice takes its parts. */
const listedBundles = (items: readonly SliceItem[]): SkuListing[] =>
  items.flatMap(({ command }) => (command?.type === "ListSku" && command.parts != null ? [command] : []));

type Scope = Record<"skus" | "whole" | "named" | "cartIds" | "promotionIds", Set<string>>;

function addScope(command: Command, { skus, whole, named, cartIds, promotionIds }: Scope): void {
  switch (command.type) {
    case "PlaceOrder":
      whole.add(command.placement.orderId);
      for (const line of command.placement.lines) skus.add(line.sku);
      if (command.placement.cartId !== null) cartIds.add(command.placement.cartId);
      break;
    case "ApplyMovement":
      if (command.movement.reference.type === "order") named.add(command.movement.reference.id);
      break;
    case "YieldCart":
      skus.add(command.sku);
      cartIds.add(command.cartId);
      break;
    case "HoldCart":
      skus.add(command.wish.sku);
      cartIds.add(command.wish.cartId);
      break;
    case "ExpireCart":
      skus.add(command.sku);
      cartIds.add(command.cartId);
      break;
    case "ReserveTransfer":
      skus.add(command.request.sku);
      break;
    case "SchedulePromotion":
      promotionIds.add(command.schedule.promotionId);
      for (const item of command.schedule.items) skus.add(item.sku);
      break;
    case "EndPromotion":
      promotionIds.add(command.promotionId);
      break;
    case "ReleaseLock":
      skus.add(command.lock.sku);
      break;
    case "TendLocks":
      skus.add(command.sku);
      break;
    case "ExamineDeficit":
      skus.add(command.sku);
      break;
    case "ChooseRemedies":
      whole.add(command.orderId);
      for (const { sku } of command.choices) if (sku !== null) skus.add(sku);
      break;
    case "ListSku":
    case "DefineLocation":
      break;
    default:
      whole.add(command.orderId);
  }
}
