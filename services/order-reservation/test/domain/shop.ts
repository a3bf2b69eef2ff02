import { movementDraft } from "@septet/stock-contracts";
import {
  type Allocation,
  type Buyer,
  type CartHold,
  type CartWish,
  type Command,
  type Counts,
  cartKey,
  channelKey,
  copyOfOrder,
  type Decided,
  decide,
  type Effect,
  type Location,
  type LockWish,
  NO_COUNTS,
  type Order,
  type Outcome,
  openOfLine,
  type Placement,
  type Policy,
  type Promotion,
  type PromotionOfSku,
  type Purchases,
  placeKey,
  purchasesAsked,
  purchasesKey,
  type Schedule,
  type SkuListing,
  type Source,
  type StockRow,
  type SubstitutesAsked,
  sharingChannels,
  shippedOfLine,
  skuAt,
  skusOf,
  substitutesKey,
  type World,
} from "../../src/domain/index.js";

export const MINUTE = 60_000;

/**
 * A small world around `decide`: it keeps what the shell would keep, loads victims when asked, answers as a warehouse
 * would, and checks after every slice that the books add up.
 */
export class Shop {
  now = 1_000_000_000_000;
  /** Null: payments are read up to the present. */
  paymentsReadUpTo: number | null = null;
  readonly orders = new Map<string, Order>();
  readonly rows = new Map<string, StockRow>();
  readonly listings = new Map<string, SkuListing>();
  readonly locations = new Map<string, Location>();
  readonly policies = new Map<string, Policy>();
  readonly carts = new Map<string, CartHold>();
  readonly promotions = new Map<string, Promotion>();
  /** By SKU. */
  readonly promotedSkus = new Map<string, PromotionOfSku[]>();
  /** How long `ON_PROMOTION_ENDED` waits after the end. */
  promotionGraceMs = 10 * MINUTE;
  readonly effects: Effect[] = [];
  /** Where orders came from: which, and when. */
  sightings: { source: string; orderId: string; at: number }[] = [];
  /** Orders refused, by source. */
  readonly refused = new Map<string, number>();
  /** Devices and addresses that operators let through. */
  readonly allowed = new Set<string>();
  #checks = true;

  stock(sku: string, location: string, sellable: number): this {
    this.rows.set(placeKey(sku, location), { sku, location, sellable, orderReserved: 0, locked: 0 });
    return this;
  }

  later(ms: number): this {
    this.now += ms;
    return this;
  }

  /** Decides one command and answers its outcome. */
  do(command: Command, heldSkus?: readonly string[]): Outcome {
    return this.slice([command], heldSkus)[0]!;
  }

  /** Decides a command after which the books need not add up yet. */
  unchecked(command: Command): void {
    this.#checks = false;
    this.do(command);
    this.#checks = true;
  }

  /** Decides a slice as the shell would. */
  slice(commands: readonly Command[], heldSkus?: readonly string[]): Outcome[] {
    const held = new Set(heldSkus ?? this.#skusOf(commands));
    if (heldSkus === undefined) for (const sku of held) for (const part of this.#takenBy(sku)) held.add(part);
    const ids = new Set(commands.map(orderIdOf).filter((id) => id !== undefined));
    const own = new Set(ids);
    const victims = { expiredHoldsOf: new Set<string>(), reservationsAt: new Map<string, number>() };
    const substitutes = new Map<string, string[]>();
    for (let round = 0; round < 10; round++) {
      const world = this.#world(commands, ids, own, held, victims, substitutes);
      const decision = decide(world, commands, () => true);
      if (decision.type === "DECIDED") {
        this.#take(decision);
        return decision.outcomes;
      }
      for (const asked of decision.substitutesOf) substitutes.set(substitutesKey(asked), this.#membersOf(asked));
      for (const sku of decision.expiredHoldsOf) victims.expiredHoldsOf.add(sku);
      for (const { sku, location, missing } of decision.reservationsAt) {
        victims.reservationsAt.set(placeKey(sku, location), missing);
      }
      for (const order of this.orders.values()) {
        const wanted = order.allocations.some(
          (a) =>
            a.open > 0 &&
            (victims.reservationsAt.has(placeKey(a.sku, a.location)) ||
              (victims.expiredHoldsOf.has(a.sku) && order.expiresAt !== null && order.expiresAt <= this.now)),
        );
        if (wanted) ids.add(order.orderId);
      }
    }
    throw new Error("decide keeps asking for victims");
  }

  #world(
    commands: readonly Command[],
    ids: ReadonlySet<string>,
    own: ReadonlySet<string>,
    heldSkus: ReadonlySet<string>,
    victims: World["victims"],
    substitutes: World["substitutes"],
  ): World {
    const stock = new Map<string, StockRow[]>();
    for (const row of this.rows.values())
      stock.set(row.sku, [...(stock.get(row.sku) ?? []), Object.freeze({ ...row })]);
    const orders = new Map<string, Order>();
    for (const id of ids) {
      const order = this.orders.get(id);
      if (order !== undefined) orders.set(id, frozen(copyOfOrder(order)));
    }
    const { now, listings, locations, policies } = this;
    const holdsReleasableUpTo = this.paymentsReadUpTo ?? now;
    const carts = new Map([...this.carts].map(([key, hold]) => [key, Object.freeze({ ...hold })]));
    const counts = { ...countsOf(this, own, commands), ...whereFrom(this, own, commands) };
    const channelHolds = sharingChannels(policies).length === 0 ? undefined : this.channelHolds();
    const promotions = this.#promotions(commands, heldSkus);
    const rules = { listings, locations, policies, carts, counts, channelHolds, substitutes, promotions };
    return { now, holdsReleasableUpTo, stock, orders, heldSkus, victims, ...rules };
  }

  #membersOf({ group, currency, fromMinor }: SubstitutesAsked): string[] {
    const members = [...this.listings.values()].filter(
      (one) =>
        one.active &&
        one.substitutionGroup === group &&
        one.currency === currency &&
        (one.unitPriceMinor ?? -1) >= fromMinor,
    );
    const order = ({ unitPriceMinor }: SkuListing) => unitPriceMinor ?? 0;
    return members.sort((a, b) => order(a) - order(b) || Number(a.sku > b.sku) - 0.5).map(({ sku }) => sku);
  }

  #promotions(commands: readonly Command[], heldSkus: ReadonlySet<string>): World["promotions"] {
    const ofSku = new Map<string, readonly PromotionOfSku[]>();
    for (const [sku, promoted] of this.promotedSkus) {
      if (heldSkus.has(sku))
        ofSku.set(
          sku,
          promoted.map((one) => Object.freeze({ ...one })),
        );
    }
    const byId = new Map<string, Promotion>();
    for (const id of commands.map(promotionIdOf)) {
      const promotion = id === undefined ? undefined : this.promotions.get(id);
      if (promotion !== undefined) byId.set(promotion.promotionId, promotion);
    }
    return { ofSku, byId, graceMs: this.promotionGraceMs };
  }

  /** What a SKU takes, by the catalogue and by the holds of carts. */
  #takenBy(sku: string): string[] {
    const holds = [...this.carts.values()].filter((hold) => hold.sku === sku);
    const parts = [this.listings.get(sku)?.parts, ...holds.map((hold) => hold.parts)];
    return parts.flatMap((some) => some?.map((part) => part.sku) ?? []);
  }

  #skusOf(commands: readonly Command[]): string[] {
    return commands.flatMap((command) => {
      if (command.type === "PlaceOrder") return command.placement.lines.map((line) => line.sku);
      if (command.type === "ApplyMovement") return [command.movement.sku];
      if (command.type === "ExamineDeficit" || command.type === "ExpireCart" || command.type === "YieldCart")
        return [command.sku];
      if (command.type === "HoldCart") return [command.wish.sku];
      if (command.type === "ReserveTransfer") return [command.request.sku];
      if (command.type === "TendLocks") return [command.sku];
      if (command.type === "ReleaseLock") return [command.lock.sku];
      const promotionId = promotionIdOf(command);
      if (promotionId !== undefined) {
        const all = [...this.promotedSkus.values()].flat();
        const named = command.type === "SchedulePromotion" ? command.schedule.items.map((item) => item.sku) : [];
        return [...named, ...all.filter((one) => one.promotionId === promotionId).map((one) => one.sku)];
      }
      const id = orderIdOf(command);
      if (command.type === "ChooseRemedies") {
        const chosen = command.choices.flatMap(({ sku }) => sku ?? []);
        return [...chosen, ...(this.orders.get(command.orderId)?.lines.map((line) => line.sku) ?? [])];
      }
      const order = id === undefined ? undefined : this.orders.get(id);
      return order === undefined ? [] : skusOf(order);
    });
  }

  #take(decided: Decided): void {
    for (const change of decided.stock) {
      const key = placeKey(change.sku, change.location);
      const row = this.rows.get(key) ?? { ...change, sellable: 0, orderReserved: 0, locked: 0 };
      row.sellable += change.sellable;
      row.orderReserved += change.orderReserved;
      row.locked += change.locked;
      this.rows.set(key, row);
    }
    for (const { after } of decided.orders) this.orders.set(after.orderId, copyOfOrder(after));
    for (const listing of decided.listings) this.listings.set(listing.sku, listing);
    for (const location of decided.locations) this.locations.set(location.location, location);
    const gone = new Set(decided.forgotten);
    this.sightings = this.sightings.filter(({ orderId }) => !gone.has(orderId));
    this.sightings.push(...decided.sightings.map((one) => ({ ...one, at: this.now })));
    for (const { source, orders } of decided.refusals) {
      this.refused.set(source.ids[0], (this.refused.get(source.ids[0]) ?? 0) + orders);
    }
    for (const { before, after } of decided.carts) {
      if (before !== undefined) this.carts.delete(cartKey(before.cartId, before.sku));
      if (after !== undefined) this.carts.set(cartKey(after.cartId, after.sku), { ...after });
    }
    for (const { after } of decided.promotions) this.promotions.set(after.promotionId, { ...after });
    for (const { after } of decided.promotedSkus) {
      const others = (this.promotedSkus.get(after.sku) ?? []).filter((one) => one.promotionId !== after.promotionId);
      this.promotedSkus.set(after.sku, [...others, { ...after }].sort(byStart));
    }
    this.effects.push(...decided.effects);
    if (this.#checks) this.checkBooks();
  }

  /** What each channel has been promised and nobody has sent, by `channelKey`. */
  channelHolds(): Map<string, number> {
    const held = new Map<string, number>();
    const add = (channel: string | null, sku: string, location: string, pieces: number) => {
      if (channel === null || pieces === 0) return;
      const key = channelKey(channel, sku, location);
      held.set(key, (held.get(key) ?? 0) + pieces);
    };
    for (const { channel, allocations } of this.orders.values())
      for (const { sku, location, open } of allocations) add(channel, sku, location, open);
    for (const hold of this.carts.values())
      for (const place of hold.places) add(hold.channel, skuAt(hold, place), place.location, place.pieces);
    return held;
  }

  /** orderReserved is the sum of open promises, nothing promised is below 0, lines add up. */
  checkBooks(): void {
    const open = new Map<string, number>();
    const reservesAtPayment = [...this.policies.values()].some(({ reserveAt }) => reserveAt === "ON_PAYMENT");
    for (const order of this.orders.values()) {
      for (const allocation of order.allocations) {
        if (allocation.open < 0 || allocation.shipped < 0) throw new Error(`negative allocation in ${order.orderId}`);
        const key = placeKey(allocation.sku, allocation.location);
        open.set(key, (open.get(key) ?? 0) + allocation.open);
      }
      if (order.placedAt !== null) checkLines(order, reservesAtPayment);
    }
    for (const hold of this.carts.values()) {
      for (const place of hold.places) {
        if (place.pieces <= 0) throw new Error(`a cart holds ${place.pieces} ${hold.sku}`);
        const key = placeKey(skuAt(hold, place), place.location);
        open.set(key, (open.get(key) ?? 0) + place.pieces);
      }
    }
    for (const { sku, location, locked } of this.rows.values()) {
      const locks = (this.promotedSkus.get(sku) ?? []).flatMap((one) => one.locks);
      const aside = locks.filter((lock) => lock.location === location).reduce((sum, lock) => sum + lock.locked, 0);
      if (locked !== aside) throw new Error(`locked of ${sku} at ${location} is ${locked}, locks hold ${aside}`);
    }
    for (const [key, row] of this.rows) {
      if (row.orderReserved < 0) throw new Error(`orderReserved below 0 at ${key}`);
      if (row.orderReserved !== (open.get(key) ?? 0)) {
        throw new Error(`orderReserved of ${key} is ${row.orderReserved}, open promises are ${open.get(key) ?? 0}`);
      }
    }
  }

  // --- what shoppers and warehouses do -------------------------------------------------------------------------

  place(orderId: string, lines: Lines, more: Partial<Placement> = {}): Outcome {
    return this.do({ type: "PlaceOrder", placement: placement(orderId, lines, more) });
  }

  pay(orderId: string): Outcome {
    return this.do({ type: "PaymentSucceeded", orderId });
  }

  cancel(orderId: string, lines: Record<string, number> | null = null): Outcome {
    const wanted = lines === null ? null : Object.entries(lines).map(([lineId, quantity]) => ({ lineId, quantity }));
    return this.do({ type: "CancelOrder", orderId, lines: wanted });
  }

  expire(orderId: string): Outcome {
    return this.do({ type: "ExpireHold", orderId });
  }

  /** A cart's facts come: so many pieces more, or fewer. */
  putInCart(cartId: string, sku: string, by: number, more: Partial<CartWish> = {}): Outcome {
    return this.do({ type: "HoldCart", wish: { ...cart(cartId, sku), change: { by }, ...more } });
  }

  /** A storefront wishes so many pieces held for a cart in all. */
  holdForCart(cartId: string, sku: string, to: number, more: Partial<CartWish> = {}): Outcome {
    return this.do({ type: "HoldCart", wish: { ...cart(cartId, sku), change: { to }, ...more } });
  }

  expireCart(cartId: string, sku: string): Outcome {
    return this.do({ type: "ExpireCart", cartId, sku });
  }

  /** The stocktake finds other than the book says. */
  count(sku: string, location: string, difference: number): void {
    const reference = { type: "adjustment", id: "count" } as const;
    const movement = movementDraft("COUNT_ADJUST", "sellable", { sku, quantity: difference, at: location, reference });
    this.do({ type: "ApplyMovement", movement });
  }

  receive(sku: string, location: string, quantity: number): void {
    const reference = { type: "receipt", id: "r", line: "1" } as const;
    const movement = movementDraft("RECEIPT", "sellable", { sku, quantity, at: location, reference });
    this.do({ type: "ApplyMovement", movement });
  }

  /** The warehouse sends, does not find, or finds damaged what was promised to a line. */
  pick(kind: "SHIP" | "PICK_SHORT" | "PICK_DAMAGE", orderId: string, line: string, location: string, quantity: number) {
    const sku = this.order(orderId).lines.find((candidate) => candidate.lineId === line)!.sku;
    this.pickPart(kind, orderId, { lineId: line, sku, location }, quantity);
  }

  /** The same of one SKU of a line: of a bundle its part. */
  pickPart(
    kind: "SHIP" | "PICK_SHORT" | "PICK_DAMAGE",
    orderId: string,
    { lineId, sku, location }: Pick<Allocation, "lineId" | "sku" | "location">,
    quantity: number,
  ) {
    const reference = { type: "order", id: orderId, line: lineId } as const;
    this.do({
      type: "ApplyMovement",
      movement: movementDraft(kind, undefined, { sku, quantity, at: location, reference }),
    });
  }

  /** A promotion is scheduled: items by SKU and location, in pieces. */
  promote(promotionId: string, items: Record<string, Record<string, number>>, more: Promoted = {}): Outcome {
    const { releasePolicy = "AT_ZERO", startsAt = this.now, endsAt = this.now + 60 * MINUTE, whole = true } = more;
    const wishes: LockWish[] = Object.entries(items).flatMap(([sku, places]) =>
      Object.entries(places).map(([location, lockedQuantity]) => ({ sku, location, lockedQuantity, releasePolicy })),
    );
    const schedule = { promotionId, startsAt, endsAt, items: wishes, whole };
    return this.do({ type: "SchedulePromotion", schedule });
  }

  endPromotion(promotionId: string): Outcome {
    return this.do({ type: "EndPromotion", promotionId });
  }

  releaseLock(promotionId: string, sku: string, location: string, quantity: number | null = null): Outcome {
    return this.do({ type: "ReleaseLock", lock: { promotionId, sku, location }, quantity });
  }

  /** Time passes, and the sweeper looks at what it brought about for a SKU's locks. */
  tend(sku: string, afterMs = 0): void {
    this.later(afterMs).do({ type: "TendLocks", sku });
  }

  /** The warehouse answers a request to give pieces back. */
  answerCancel(orderId: string, fulfilmentId: string, lines: Record<string, number>): void {
    const given = Object.entries(lines).map(([lineId, quantity]) => ({
      ...{ lineId, sku: this.order(orderId).lines.find((line) => line.lineId === lineId)?.sku ?? "", quantity },
    }));
    this.do({ type: "FulfilmentCancelled", orderId, fulfilmentId, lines: given });
  }

  // --- what one sees ------------------------------------------------------------------------------------------

  order(orderId: string): Order {
    const order = this.orders.get(orderId);
    if (order === undefined) throw new Error(`no order ${orderId}`);
    return order;
  }

  /** `[sellable, orderReserved]` */
  balance(sku: string, location: string): [number, number] {
    const row = this.rows.get(placeKey(sku, location));
    return [row?.sellable ?? 0, row?.orderReserved ?? 0];
  }

  /** Pieces set aside of a SKU at a location. */
  locked(sku: string, location: string): number {
    return this.rows.get(placeKey(sku, location))?.locked ?? 0;
  }

  /** Kinds of movements and codes of alerts so far, in order. */
  course(): string[] {
    return this.effects.flatMap((effect) => {
      if (effect.kind === "movement") return [effect.draft.kind];
      if (effect.name === "StockAlertRaised") return [String(effect.value.code)];
      return effect.name === "StockAlertCleared" ? [`${String(effect.value.code)} cleared`] : [];
    });
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into records of all kinds
  events(name: string, orderId?: string): any[] {
    const values = this.effects.flatMap((effect) =>
      effect.kind === "event" && effect.name === name ? [effect.value] : [],
    );
    return orderId === undefined ? values : values.filter((value) => value.orderId === orderId);
  }

  /** Names of everything published about an order, in order. */
  story(orderId: string): string[] {
    return this.effects.flatMap((effect) =>
      effect.kind === "event" && effect.value.orderId === orderId ? [effect.name] : [],
    );
  }
}

type Promoted = Partial<Pick<Schedule, "startsAt" | "endsAt" | "whole"> & Pick<LockWish, "releasePolicy">>;

const byStart = (a: PromotionOfSku, b: PromotionOfSku): number =>
  a.startsAt - b.startsAt || Number(a.promotionId > b.promotionId) - Number(a.promotionId < b.promotionId);

const promotionIdOf = (command: Command): string | undefined => {
  if (command.type === "EndPromotion") return command.promotionId;
  return command.type === "SchedulePromotion" ? command.schedule.promotionId : undefined;
};

const cart = (cartId: string, sku: string): CartWish => ({
  cartId,
  sku,
  customerId: null,
  customerClass: null,
  channel: "web",
  region: null,
  change: { by: 0 },
});

export type Lines = Record<string, [sku: string, quantity: number]>;

export function placement(orderId: string, lines: Lines, more: Partial<Placement> = {}): Placement {
  return {
    orderId,
    customerId: null,
    customerClass: null,
    groupLeaderId: null,
    channel: "web",
    region: null,
    payment: "PENDING",
    allowPartial: false,
    deliverBy: null,
    cartId: null,
    promotionId: null,
    currency: null,
    language: null,
    deviceId: null,
    ipAddress: null,
    lines: Object.entries(lines).map(([lineId, [sku, quantity]]) => ({ lineId, sku, quantity })),
    ...more,
  };
}

/** What the shell would count: what customers bought as far as the policies ask, but for the slice's own orders. */
function countsOf(shop: Shop, own: ReadonlySet<string>, commands: readonly Command[]): Counts {
  const purchases = new Map<string, number>();
  const unpaidOrders = new Map<string, string>();
  for (const { orderId, customerId, state, paid, expiresAt } of shop.orders.values()) {
    const waits = !paid && (state === "RESERVED" || state === "AWAITING_PAYMENT") && (expiresAt ?? 0) > shop.now;
    if (waits && customerId !== null && !own.has(orderId)) unpaidOrders.set(customerId, orderId);
  }
  for (const buyer of commands.flatMap((command) => buyerIn(shop, command) ?? [])) {
    for (const asked of purchasesAsked(shop.policies, buyer)) {
      purchases.set(purchasesKey(asked), piecesBought(shop, own, asked));
    }
  }
  return { ...NO_COUNTS, own, purchases, unpaidOrders };
}

function buyerIn(shop: Shop, command: Command): Buyer | undefined {
  if (command.type === "PlaceOrder") {
    return { ...command.placement, skus: command.placement.lines.map(({ sku }) => sku) };
  }
  if (command.type !== "PaymentSucceeded" && command.type !== "ChooseRemedies") return undefined;
  const order = shop.orders.get(command.orderId);
  if (order === undefined) return undefined;
  const chosen = command.type === "ChooseRemedies" ? command.choices.flatMap(({ sku }) => sku ?? []) : undefined;
  return { ...order, skus: chosen ?? order.lines.map(({ sku }) => sku) };
}

function piecesBought(shop: Shop, own: ReadonlySet<string>, asked: Purchases): number {
  const since = asked.promotionId === null ? shop.now - asked.windowSeconds * 1000 : 0;
  let pieces = 0;
  for (const { orderId, customerId, promotionId, placedAt, state, lines } of shop.orders.values()) {
    const live = ["RESERVED", "AWAITING_PAYMENT", "CONFIRMED", "FULFILLED"].includes(state);
    if (own.has(orderId) || customerId !== asked.customerId || !live || (placedAt ?? 0) <= since) continue;
    if (asked.promotionId !== null && asked.promotionId !== promotionId) continue;
    for (const { sku, quantity, cancelled, shorted } of lines) {
      if (sku === asked.sku) pieces += quantity - cancelled - shorted;
    }
  }
  return pieces;
}

/** What the shell would know of where orders come from; a hash is the thing itself here. */
function whereFrom(
  shop: Shop,
  own: ReadonlySet<string>,
  commands: readonly Command[],
): Pick<Counts, "sourcesOf" | "sightings"> {
  const velocity = shop.policies.get("default")?.velocity;
  const sourcesOf = new Map<string, Source[]>();
  const sightings = new Map<string, { others: number; own: string[] }>();
  if (velocity == null) return { sourcesOf, sightings };
  const source = (kind: Source["kind"], id: string | null): Source[] =>
    id === null ? [] : [{ kind, ids: [id], allowed: shop.allowed.has(id) }];
  for (const command of commands) {
    if (command.type !== "PlaceOrder") continue;
    const { orderId, deviceId, ipAddress } = command.placement;
    sourcesOf.set(orderId, [...source("DEVICE", deviceId), ...source("IP", ipAddress)]);
  }
  for (const { source: id, orderId, at } of shop.sightings) {
    if (at <= shop.now - velocity.windowSeconds * 1000) continue;
    const seen = sightings.get(id) ?? { others: 0, own: [] };
    sightings.set(
      id,
      own.has(orderId) ? { ...seen, own: [...seen.own, orderId] } : { ...seen, others: seen.others + 1 },
    );
  }
  return { sourcesOf, sightings };
}

function orderIdOf(command: Command): string | undefined {
  if (command.type === "PlaceOrder") return command.placement.orderId;
  if (command.type === "ApplyMovement") {
    return command.movement.reference.type === "order" ? command.movement.reference.id : undefined;
  }
  return "orderId" in command ? command.orderId : undefined;
}

/** @param reservesAtPayment what some policy reserves at the payment is promised to nobody before it */
function checkLines(order: Order, reservesAtPayment: boolean): void {
  for (const line of order.lines) {
    const accounted = openOfLine(order, line) + shippedOfLine(order, line) + line.cancelled + line.shorted;
    if (accounted > line.quantity) throw new Error(`${order.orderId}/${line.lineId} accounts for too many pieces`);
    const waits = reservesAtPayment && (order.state === "RESERVED" || order.state === "AWAITING_PAYMENT");
    const unservedIsFine = order.state === "REJECTED" || order.state === "EXPIRED" || waits;
    if (!unservedIsFine && accounted !== line.quantity) {
      throw new Error(`${order.orderId}/${line.lineId} (${order.state}) lost ${line.quantity - accounted} pieces`);
    }
  }
}

/** decide must not change its input: anything it tries to write to throws. */
function frozen(order: Order): Order {
  for (const line of order.lines) Object.freeze(line);
  for (const allocation of order.allocations) Object.freeze(allocation);
  Object.freeze(order.lines);
  Object.freeze(order.allocations);
  return Object.freeze(order);
}
