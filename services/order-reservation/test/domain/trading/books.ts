import { violationsOf } from "@septet/stock-contracts";
import {
  type Command,
  type Decided,
  decide,
  type Effect,
  type Location,
  NO_COUNTS,
  NO_PROMOTIONS,
  type Order,
  type Outcome,
  placeKey,
  type SkuListing,
  type StockRow,
  substitutesKey,
  type World,
} from "../../../src/domain/index.js";
import { Floor, type Request } from "./floor.js";
import { checkOrders, checkPlaces } from "./order-rules.js";
import { type Before, checkPlacement, reachable } from "./reckoning.js";
import { add, rule } from "./rule.js";

type Sums = Pick<StockRow, "sellable" | "orderReserved" | "locked">;
type EventEffect = Extract<Effect, { kind: "event" }>;
type Moved = { sku: string; legs: readonly { location: string; bucket: string; delta: number }[] };
type MovementEffect = Extract<Effect, { kind: "movement" }>;

const OWN_BUCKETS = ["sellable", "orderReserved", "locked"] as const;
const FIRST_OUTCOMES = ["OrderReserved", "OrderReservationRejected", "OrderShorted"];

/**
 * Keeps what the shell would keep around `decide`, folds all movements on its own, and holds the rules of the business
 * against everything that is decided.
 */
export class Books {
  now = 1_000_000_000_000;
  paymentsLagMs = 0;
  readonly floor = new Floor();
  readonly orders = new Map<string, Order>();
  readonly rows = new Map<string, StockRow>();
  readonly locations = new Map<string, Location>();
  readonly listings = new Map<string, SkuListing>();
  readonly events: EventEffect[] = [];
  readonly log: { now: number; paymentsLagMs: number; commands: readonly Command[] }[] = [];
  readonly #fold = new Map<string, Sums>();
  readonly #decided = new Set<string>();
  readonly #alwaysHeld: readonly string[] | undefined;

  /** @param alwaysHeld SKUs whose streams every slice holds; else only those its commands name */
  constructor(alwaysHeld?: readonly string[]) {
    this.#alwaysHeld = alwaysHeld;
  }

  settle(commands: readonly Command[]): Outcome[] {
    this.log.push({ now: this.now, paymentsLagMs: this.paymentsLagMs, commands });
    const before = this.#before(new Set(this.#alwaysHeld ?? commands.flatMap((command) => this.#skusOf(command))));
    const decided = this.#decide(commands, before);
    for (const [index, command] of commands.entries()) this.#replay(index, command, decided, before);
    if (commands.length === 1) checkPlacement(commands[0]!, decided.outcomes[0]!, before);
    this.#take(decided, before.held);
    checkOrders(this.orders.values());
    checkPlaces(this.rows, this.orders.values(), this.#fold);
    if (commands.length === 1) this.#checkShortages(decided, before);
    if (commands.length === 1) this.#checkDeficits(commands[0]!);
    return decided.outcomes;
  }

  #before(held: ReadonlySet<string>): Before {
    const { now, paymentsLagMs } = this;
    const rows = [...this.rows.values()].map((row) => Object.freeze({ ...row }));
    const locations = new Map(this.locations);
    return { now, releasableUpTo: now - paymentsLagMs, rows, orders: new Map(this.orders), locations, held };
  }

  #skusOf(command: Command): string[] {
    if (command.type === "ApplyMovement") return [command.movement.sku];
    const orderId = orderIdOf(command);
    const known = this.orders.get(orderId ?? "")?.lines.map((line) => line.sku) ?? [];
    if (command.type === "ChooseRemedies") return [...known, ...command.choices.flatMap(({ sku }) => sku ?? [])];
    return command.type === "PlaceOrder" ? [...known, ...command.placement.lines.map((line) => line.sku)] : known;
  }

  #decide(commands: readonly Command[], before: Before): Decided {
    const ids = new Set(commands.flatMap((command) => orderIdOf(command) ?? []));
    const victims = { expiredHoldsOf: new Set<string>(), reservationsAt: new Map<string, number>() };
    const substitutes = new Map<string, string[]>();
    for (let round = 0; round < 12; round++) {
      const world = this.#world(before, ids, victims, substitutes);
      const decision = decide(world, commands, () => true);
      if (decision.type === "DECIDED") {
        const again = this.log.length % 23 === 0 ? decide(world, commands, () => true) : decision;
        rule("the same is decided twice", JSON.stringify(again) === JSON.stringify(decision), () => commands);
        return decision;
      }
      for (const asked of decision.substitutesOf) substitutes.set(substitutesKey(asked), [...this.listings.keys()]);
      for (const sku of decision.expiredHoldsOf) victims.expiredHoldsOf.add(sku);
      for (const { sku, location, missing } of decision.reservationsAt) {
        victims.reservationsAt.set(placeKey(sku, location), missing);
      }
      const wanted = [...victims.expiredHoldsOf, ...decision.reservationsAt.map((place) => place.sku)];
      rule(
        "victims are asked for only under their lock",
        wanted.every((sku) => before.held.has(sku)),
        () => wanted,
      );
      for (const order of this.orders.values()) if (isVictim(order, victims, this.now)) ids.add(order.orderId);
    }
    throw new Error("decide keeps asking for victims");
  }

  #world(
    before: Before,
    ids: ReadonlySet<string>,
    victims: World["victims"],
    substitutes: World["substitutes"],
  ): World {
    const stock = new Map<string, StockRow[]>();
    for (const row of before.rows) stock.set(row.sku, [...(stock.get(row.sku) ?? []), row]);
    const orders = new Map([...this.orders].filter(([orderId]) => ids.has(orderId)));
    return {
      now: before.now,
      holdsReleasableUpTo: before.releasableUpTo,
      stock,
      listings: this.listings,
      locations: before.locations,
      policies: new Map(),
      orders,
      carts: new Map(),
      counts: NO_COUNTS,
      substitutes,
      promotions: NO_PROMOTIONS,
      heldSkus: before.held,
      victims,
    };
  }

  /** Goes through what one command caused, in its order. */
  #replay(index: number, command: Command, decided: Decided, before: Before): void {
    if (command.type === "DefineLocation") {
      const { location, kind, active, version } = command;
      this.locations.set(location, { location, kind: kind === "SUPPLIER" ? "SUPPLIER" : "WAREHOUSE", active, version });
    }
    if (command.type === "ApplyMovement") this.#foldLegs(command.movement);
    const caused = decided.effects.filter((effect) => effect.by === index);
    for (const effect of caused) {
      if (effect.kind === "movement") this.#replayMovement(effect, command, before);
      else this.#replayEvent(effect);
    }
    const outcome = decided.outcomes[index]!;
    if (outcome.type !== "DECIDED") return;
    const { orderId } = outcome.order;
    rule("an order is decided once", !this.#decided.has(orderId), () => orderId);
    this.#decided.add(orderId);
    const names = caused.flatMap((e) => (e.kind === "event" && e.value.orderId === orderId ? [e.name] : []));
    const firsts = names.filter((name) => FIRST_OUTCOMES.includes(name));
    const plain = !firsts.includes("OrderReservationRejected") || firsts.length === 1;
    rule("a decided order has one first outcome", firsts.length > 0 && plain, () => ({ orderId, names }));
  }

  #replayMovement({ draft }: MovementEffect, command: Command, before: Before): void {
    rule("only balances under their lock change", before.held.has(draft.sku), () => draft);
    for (const { location, bucket, delta } of draft.legs) {
      if (draft.kind !== "RESERVE" || bucket !== "sellable") continue;
      const sellable = Math.max(0, this.#sums(draft.sku, location).sellable);
      rule("nothing is promised that is not there", -delta <= sellable, () => ({ draft, sellable }));
      rule("inactive locations sell nothing", this.locations.get(location)?.active ?? true, () => draft);
    }
    this.#foldLegs(draft);
    const was = before.orders.get(draft.reference.id);
    if (draft.kind !== "RELEASE" || was?.state !== "CONFIRMED") return;
    const answered = command.type === "FulfilmentCancelled" || command.type === "ApplyMovement";
    rule("what is with the warehouse is released only by its answer", answered, () => draft);
  }

  #replayEvent(effect: EventEffect): void {
    const { name, value } = effect;
    const record = { ...value, eventId: "e", occurredAt: this.now };
    const violations = violationsOf(name, record as unknown as Parameters<typeof violationsOf>[1]);
    rule("events keep their contract", violations.length === 0, () => ({ name, value, violations }));
    if (name === "OrderReservationRejected") {
      rule("a refusal never carries a quantity", !JSON.stringify(value).includes("quantity"), () => value);
    }
    this.events.push(structuredClone(effect));
    if (name === "FulfilmentRequested" || name === "FulfilmentCancelRequested") {
      this.floor.requests.push(structuredClone({ ...value, name }) as unknown as Request);
    }
  }

  #sums(sku: string, location: string): Sums {
    const key = placeKey(sku, location);
    const sums = this.#fold.get(key) ?? { sellable: 0, orderReserved: 0, locked: 0 };
    this.#fold.set(key, sums);
    return sums;
  }

  #foldLegs(movement: Moved): void {
    for (const { location, bucket, delta } of movement.legs) {
      const own = OWN_BUCKETS.find((name) => name === bucket);
      if (own === undefined) continue;
      const sums = this.#sums(movement.sku, location);
      sums[own] += delta;
      rule("what is promised is never below 0", sums.orderReserved >= 0, () => movement);
    }
  }

  #take(decided: Decided, held: ReadonlySet<string>): void {
    for (const change of decided.stock) {
      const { sku, location } = change;
      const key = placeKey(sku, location);
      const row = this.rows.get(key) ?? { sku, location, sellable: 0, orderReserved: 0, locked: 0 };
      rule("a row is new exactly once", change.isNew !== this.rows.has(key), () => change);
      rule("only rows under their lock change", held.has(sku), () => change);
      for (const bucket of OWN_BUCKETS) row[bucket] += change[bucket];
      this.rows.set(key, row);
    }
    for (const { after } of decided.orders) this.orders.set(after.orderId, deepFrozen(structuredClone(after)));
  }

  #checkShortages(decided: Decided, before: Before): void {
    const now = this.#before(before.held);
    for (const effect of decided.effects) {
      if (effect.kind !== "event" || effect.name !== "OrderShorted") continue;
      const { orderId, lines } = effect.value as { orderId: string; lines: { sku: string }[] };
      for (const { sku } of lines) {
        rule("nobody is shorted while there is stock", reachable(now, sku, orderId) === 0, () => effect.value);
      }
    }
  }

  /** After a physical fact no promise that could be moved or shorted stays where there is less than was promised. */
  #checkDeficits(command: Command): void {
    if (command.type !== "ApplyMovement") return;
    const { sku } = command.movement;
    const below = new Set<string>();
    for (const row of this.rows.values()) if (row.sku === sku && row.sellable < 0) below.add(row.location);
    for (const { orderId, allocations } of this.orders.values()) {
      for (const a of allocations) {
        const left = a.sku === sku && a.open > 0 && a.fulfilmentId === null && below.has(a.location);
        const supplier = a.location.startsWith("supplier:");
        rule("promises that can be moved do not stay at a deficit", !left || supplier, () => ({ orderId, a }));
      }
    }
  }

  /** Pieces sent to fulfilment and open, by order, line and location. */
  openPieces(): Map<string, number> {
    const pieces = new Map<string, number>();
    for (const { orderId, allocations } of this.orders.values()) {
      for (const { lineId, location, open, fulfilmentId } of allocations) {
        if (fulfilmentId !== null && open > 0) add(pieces, `${orderId}/${lineId}@${location}`, open);
      }
    }
    return pieces;
  }
}

function isVictim(order: Order, victims: World["victims"], now: number): boolean {
  const due = order.expiresAt !== null && order.expiresAt <= now;
  return order.allocations.some(
    ({ sku, location, open }) =>
      open > 0 && ((due && victims.expiredHoldsOf.has(sku)) || victims.reservationsAt.has(placeKey(sku, location))),
  );
}

function orderIdOf(command: Command): string | undefined {
  if (command.type === "PlaceOrder") return command.placement.orderId;
  if (command.type !== "ApplyMovement") return "orderId" in command ? command.orderId : undefined;
  return command.movement.reference.type === "order" ? command.movement.reference.id : undefined;
}

/** `decide` must not change its input: anything it tries to write to throws. */
function deepFrozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFrozen(part);
  return Object.freeze(value);
}
