import { movementDraft, type Part, type RecordName, type RecordOf, type ReleaseReason } from "@septet/stock-contracts";
import { CartBook } from "./cart-hold.js";
import { ChannelHolds } from "./channel-holds.js";
import type { TransferRequest } from "./commands.js";
import { type Allocation, copyOfOrder, type Order, unplacedOrder } from "./order.js";
import type { Decided, Effect, Needs, OrderChange, StockChange } from "./outcomes.js";
import { comparePlaces, narrowed, policyFor, type Rules, skuScope } from "./policies.js";
import { PromotionBook } from "./promotion-book.js";
import { type Terms, termsOfSale } from "./sale-terms.js";
import { forget, SightingBook } from "./velocity.js";
import {
  type Location,
  leafParts,
  locationOf,
  placeKey,
  type SkuListing,
  type StockRow,
  type SubstitutesAsked,
  type World,
} from "./world.js";

type EventValue<N extends RecordName> = Omit<RecordOf<N>, "eventId" | "occurredAt">;

/** What of an order or a cart says which policies apply. */
export type Sale = Pick<Order, "channel" | "region">;

/** What a sale may use and prefer: computed once per channel and region. */
export interface SalesRules {
  key: string;
  policy: Rules;
  channel: string | null;
  /** What the sale may not take at a location; null: whatever is sellable there. */
  termsAt(location: string): Terms | null;
  /** Position of a location in the order in which locations are asked; smaller is asked first. */
  compare(a: string, b: string): number;
}

/**
 * The working copy of a world while a slice is decided: rows and orders are copied when first touched, and every
 * change of a balance goes through `reserve`, `release` or `applyLeg`, so that movements and balances cannot differ.
 */
export class Draft {
  readonly world: World;
  /** Index of the command that is being decided. */
  command = 0;
  readonly effects: Effect[] = [];
  readonly expiredHoldsNeeded = new Set<string>();
  readonly reservationsNeeded = new Map<string, { sku: string; location: string; missing: number }>();
  /** Replacements for shorted SKUs that are not looked up yet, by `substitutesKey`. */
  readonly substitutesNeeded = new Map<string, SubstitutesAsked>();
  /** SKUs whose expired holds this slice has already given back. */
  readonly sweptSkus = new Set<string>();
  readonly carts: CartBook;
  readonly channelHolds: ChannelHolds;
  readonly promotions: PromotionBook;
  readonly sightings: SightingBook;
  readonly #orders = new Map<string, Order>();
  #buyers: Map<string, Set<string>> | undefined;
  readonly #rows = new Map<string, StockRow[]>();
  readonly #listings = new Map<string, SkuListing>();
  readonly #locations = new Map<string, Location>();
  readonly #rules = new Map<string, SalesRules>();
  readonly #ranked = new Map<string, StockRow[]>();

  constructor(world: World) {
    this.world = world;
    this.carts = new CartBook(world.carts);
    this.channelHolds = new ChannelHolds(world.channelHolds);
    this.promotions = new PromotionBook(world.promotions);
    this.sightings = new SightingBook(this);
  }

  get now(): number {
    return this.world.now;
  }

  /** The order to change, if there is one. */
  order(orderId: string): Order | undefined {
    const touched = this.#orders.get(orderId);
    if (touched !== undefined) return touched;
    const loaded = this.world.orders.get(orderId);
    if (loaded === undefined) return undefined;
    const copy = copyOfOrder(loaded);
    this.#orders.set(orderId, copy);
    return copy;
  }

  /** The order to change; whichever fact comes first creates it. */
  orderOrNew(orderId: string): Order {
    const known = this.order(orderId);
    if (known !== undefined) return known;
    const created = unplacedOrder(orderId);
    this.#orders.set(orderId, created);
    return created;
  }

  /** Counts an order of the slice with its customer's others. */
  noteBuyer({ customerId, orderId }: Order): void {
    if (customerId === null) return;
    const buyers = this.#ordersByCustomer();
    const orders = buyers.get(customerId);
    if (orders === undefined) buyers.set(customerId, new Set([orderId]));
    else orders.add(orderId);
  }

  /** Orders of a customer that are this slice's own, as they are now, to look at. Victims are counted with all others. */
  *ownOrdersOf(customerId: string): Generator<Order> {
    for (const orderId of this.#ordersByCustomer().get(customerId) ?? []) {
      const order = this.look(orderId);
      if (order !== undefined) yield order;
    }
  }

  /** An order as it is now, to look at. */
  look(orderId: string): Order | undefined {
    return this.#orders.get(orderId) ?? this.world.orders.get(orderId);
  }

  #ordersByCustomer(): Map<string, Set<string>> {
    if (this.#buyers !== undefined) return this.#buyers;
    this.#buyers = new Map();
    for (const orderId of this.world.counts.own) {
      const order = this.world.orders.get(orderId);
      if (order !== undefined) this.noteBuyer(order);
    }
    return this.#buyers;
  }

  /** Every order of the slice and every loaded victim, to look at; take `order()` to change one. */
  *everyOrder(): Generator<Order> {
    yield* this.#orders.values();
    for (const order of this.world.orders.values()) if (!this.#orders.has(order.orderId)) yield order;
  }

  /** Rows of a SKU at all locations. */
  rowsOf(sku: string): readonly StockRow[] {
    return this.#rowsToChange(sku);
  }

  row(sku: string, location: string): StockRow {
    const rows = this.#rowsToChange(sku);
    for (const row of rows) if (row.location === location) return row;
    const created: StockRow = { sku, location, sellable: 0, orderReserved: 0, locked: 0 };
    rows.push(created);
    for (const key of this.#ranked.keys()) if (key.startsWith(`${sku}\u0000`)) this.#ranked.delete(key);
    return created;
  }

  #rowsToChange(sku: string): StockRow[] {
    let rows = this.#rows.get(sku);
    if (rows === undefined) {
      rows = (this.world.stock.get(sku) ?? []).map((row) => ({ ...row }));
      this.#rows.set(sku, rows);
    }
    return rows;
  }

  location(location: string): Location {
    return this.#locations.get(location) ?? locationOf(this.world.locations, location);
  }

  /** Has anybody said what this location is? */
  isDefined(location: string): boolean {
    return this.#locations.has(location) || this.world.locations.has(location);
  }

  define(location: Location): void {
    this.#locations.set(location.location, location);
    this.#rules.clear();
    this.#ranked.clear();
  }

  listing(sku: string): SkuListing | undefined {
    return this.#listings.get(sku) ?? this.world.listings.get(sku);
  }

  /** What a piece of a bundle takes from stock, bundles among its parts taken apart once; null: it is no bundle. */
  partsOf(sku: string): readonly Part[] | null {
    const parts = this.listing(sku)?.parts;
    return parts == null ? null : leafParts(parts, (part) => this.listing(part)?.parts);
  }

  list(listing: SkuListing): void {
    this.#listings.set(listing.sku, listing);
  }

  isHeld(sku: string): boolean {
    return this.world.heldSkus.has(sku);
  }

  rulesFor(sale: Sale): SalesRules {
    const key = `${sale.region ?? ""}\u0000${sale.channel ?? ""}`;
    let rules = this.#rules.get(key);
    if (rules === undefined) {
      const policy = policyFor(this.world.policies, sale.channel, sale.region);
      const comparePlace = comparePlaces(policy);
      rules = {
        key,
        policy,
        channel: sale.channel,
        termsAt: termsOfSale(this.world.policies, policy, sale.channel),
        compare: (a, b) => {
          const own = Number(this.location(a).kind === "SUPPLIER") - Number(this.location(b).kind === "SUPPLIER");
          return own !== 0 ? own : comparePlace(a, b);
        },
      };
      this.#rules.set(key, rules);
    }
    return rules;
  }

  /** The rules for a SKU in a sale: its own before those of region, channel and default. */
  policyOf(sale: Sale, sku: string): Rules {
    const { policy } = this.rulesFor(sale);
    const own = this.world.policies.size === 0 ? undefined : this.world.policies.get(skuScope(sku));
    return own === undefined ? policy : narrowed(policy, own);
  }

  /** Rows of a SKU at active locations, in the order in which a sale asks them. */
  rankedRows(sku: string, rules: SalesRules): readonly StockRow[] {
    const key = `${sku}\u0000${rules.key}`;
    let ranked = this.#ranked.get(key);
    if (ranked === undefined) {
      ranked = this.#rowsToChange(sku).filter((row) => this.location(row.location).active);
      if (ranked.length > 1) ranked.sort((a, b) => rules.compare(a.location, b.location));
      this.#ranked.set(key, ranked);
    }
    return ranked;
  }

  /** Promises pieces of a line from a location. */
  reserve(order: Order, lineId: string, sku: string, location: string, quantity: number): Allocation {
    const row = this.row(sku, location);
    row.sellable -= quantity;
    row.orderReserved += quantity;
    const reference = { type: "order", id: order.orderId, line: lineId } as const;
    this.#move(movementDraft("RESERVE", undefined, { sku, quantity, at: location, reference }));
    return this.holdAgain(order, lineId, sku, location, quantity);
  }

  /** Pieces that count as promised already are held by the order: they are not sent to fulfilment yet. */
  holdAgain(order: Order, lineId: string, sku: string, location: string, quantity: number): Allocation {
    this.channelHolds.add(order.channel, sku, location, quantity);
    // One SKU of a line stands once in one fulfilment: what is added before it is sent joins what is there.
    const unsent = order.allocations.find(
      (a) => a.fulfilmentId === null && a.lineId === lineId && a.sku === sku && a.location === location,
    );
    if (unsent !== undefined) {
      unsent.open += quantity;
      return unsent;
    }
    const allocation: Allocation = {
      lineId,
      sku,
      location,
      open: quantity,
      shipped: 0,
      fulfilmentId: null,
      asks: [],
      tooLate: false,
    };
    order.allocations.push(allocation);
    return allocation;
  }

  /** Takes a promise back: its pieces can be sold again. */
  release(order: Order, allocation: Allocation, quantity: number, reason: ReleaseReason): void {
    const { sku, location, lineId } = allocation;
    allocation.open -= quantity;
    this.channelHolds.add(order.channel, sku, location, -quantity);
    this.releaseUnpromised(order.orderId, lineId, sku, location, quantity, reason);
  }

  /** Gives back pieces that count as promised although no allocation holds them any more. */
  releaseUnpromised(
    id: string,
    line: string,
    sku: string,
    location: string,
    quantity: number,
    reason: ReleaseReason,
  ): void {
    const row = this.row(sku, location);
    row.sellable += quantity;
    row.orderReserved -= quantity;
    const reference = { type: "order", id, line } as const;
    this.#move(movementDraft("RELEASE", undefined, { sku, quantity, at: location, reference, reason }));
  }

  /** Holds pieces for a cart. */
  reserveForCart(cartId: string, sku: string, location: string, quantity: number): void {
    const row = this.row(sku, location);
    row.sellable -= quantity;
    row.orderReserved += quantity;
    const reference = { type: "cart", id: cartId } as const;
    this.#move(movementDraft("RESERVE", undefined, { sku, quantity, at: location, reference }));
  }

  /** Pieces held for a cart can be sold again. */
  releaseFromCart(cartId: string, sku: string, location: string, quantity: number, reason: ReleaseReason): void {
    const row = this.row(sku, location);
    row.sellable += quantity;
    row.orderReserved -= quantity;
    const reference = { type: "cart", id: cartId } as const;
    this.#move(movementDraft("RELEASE", undefined, { sku, quantity, at: location, reference, reason }));
  }

  /** Promises pieces to another warehouse; from here on the transfer's owner keeps that promise. */
  reserveTransfer({ transferId, lineId, sku, source }: TransferRequest, quantity: number): void {
    this.row(sku, source).sellable -= quantity;
    const reference = { type: "transfer", id: transferId, line: lineId } as const;
    this.#move(movementDraft("TRANSFER_RESERVE", undefined, { sku, quantity, source, reference }));
  }

  /** Sets pieces aside from a promotion. */
  lock(promotionId: string, sku: string, location: string, quantity: number): void {
    const row = this.row(sku, location);
    row.sellable -= quantity;
    row.locked += quantity;
    const reference = { type: "lock", id: promotionId } as const;
    this.#move(movementDraft("LOCK", undefined, { sku, quantity, at: location, reference }));
  }

  /** Pieces set aside from a promotion can be sold again. */
  unlock(promotionId: string, sku: string, location: string, quantity: number): void {
    const row = this.row(sku, location);
    row.sellable += quantity;
    row.locked -= quantity;
    const reference = { type: "lock", id: promotionId } as const;
    this.#move(movementDraft("UNLOCK", undefined, { sku, quantity, at: location, reference }));
  }

  #move(draft: Extract<Effect, { kind: "movement" }>["draft"]): void {
    this.effects.push({ kind: "movement", by: this.command, draft });
  }

  publish<N extends RecordName>(name: N, value: EventValue<N>): void {
    this.effects.push({ kind: "event", by: this.command, name, value: value as Record<string, unknown> });
  }

  needs(): Needs | undefined {
    const needed = [this.expiredHoldsNeeded, this.reservationsNeeded, this.substitutesNeeded];
    if (needed.every(({ size }) => size === 0)) return undefined;
    return {
      type: "NEEDS",
      expiredHoldsOf: [...this.expiredHoldsNeeded],
      reservationsAt: [...this.reservationsNeeded.values()],
      substitutesOf: [...this.substitutesNeeded.values()],
    };
  }

  changes(): Omit<Decided, "type" | "outcomes" | "effects"> {
    const forgotten: string[] = [];
    for (const order of this.#orders.values()) if (forget(order)) forgotten.push(order.orderId);
    return {
      stock: this.#stockChanges(),
      orders: this.#orderChanges(),
      listings: [...this.#listings.values()],
      locations: [...this.#locations.values()],
      carts: this.carts.changes(),
      ...this.promotions.changes(),
      ...this.sightings.changes(),
      forgotten,
    };
  }

  #stockChanges(): StockChange[] {
    const before = new Map<string, StockRow>();
    for (const rows of this.world.stock.values())
      for (const row of rows) before.set(placeKey(row.sku, row.location), row);
    const changes: StockChange[] = [];
    for (const rows of this.#rows.values()) {
      for (const row of rows) {
        const old = before.get(placeKey(row.sku, row.location));
        const sellable = row.sellable - (old?.sellable ?? 0);
        const orderReserved = row.orderReserved - (old?.orderReserved ?? 0);
        const locked = row.locked - (old?.locked ?? 0);
        if (old !== undefined && sellable === 0 && orderReserved === 0 && locked === 0) continue;
        const { sku, location } = row;
        changes.push({ sku, location, isNew: old === undefined, sellable, orderReserved, locked });
      }
    }
    return changes;
  }

  #orderChanges(): OrderChange[] {
    const changes: OrderChange[] = [];
    for (const [orderId, after] of this.#orders) changes.push({ before: this.world.orders.get(orderId), after });
    return changes;
  }
}
