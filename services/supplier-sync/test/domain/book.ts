import type { StockMovement } from "@septet/stock-contracts";
import type { Command } from "../../src/domain/commands.js";
import { decide } from "../../src/domain/decide.js";
import type { Decision } from "../../src/domain/decision.js";
import type { CountedPieces, DepartedPieces } from "../../src/domain/offer.js";
import { type OfferRow, offerKey } from "../../src/domain/offer-row.js";
import { type CancelAsked, openOf, type SupplierOrder } from "../../src/domain/order.js";
import type { Supplier } from "../../src/domain/supplier.js";
import type { OfferFacts, World } from "../../src/domain/world.js";

export const SUPPLIER_ID = "li";
export const LOCATION = "supplier:li";
export const SKU = "SOCKS";
export const KEY = { supplierId: SUPPLIER_ID, sku: SKU };

const SUPPLIER: Supplier = {
  supplierId: SUPPLIER_ID,
  name: "Li Brothers",
  timeZone: "Asia/Shanghai",
  state: "ACTIVE",
  attachedTo: null,
  contacts: [],
  stopped: null,
  settling: false,
  version: 1,
  revision: 1,
};

/** The service's tables in memory: what was decided is what the next command finds. */
export class Book {
  now = 1_700_000_000_000;
  supplier = SUPPLIER;
  readonly movements: Pick<StockMovement, "kind" | "legs">[] = [];
  readonly events: Decision["events"][number][] = [];
  readonly #offers = new Map<string, OfferRow>();
  readonly #orders = new Map<string, SupplierOrder>();
  readonly #waiting = new Map<string, CancelAsked>();
  #departures: DepartedPieces[] = [];
  #sold = 0;

  do(...commands: Command[]): Decision["outcomes"] {
    this.now += 1;
    const decision = decide(this.#world(), commands);
    for (const { after } of decision.offers) this.#offers.set(offerKey(after), after);
    for (const { after } of decision.orders) this.#orders.set(after.fulfilmentId, after);
    for (const asked of decision.keptAsks) this.#waiting.set(asked.requestId, asked);
    for (const requestId of decision.answeredAsks) this.#waiting.delete(requestId);
    this.#departures.push(...decision.departures);
    for (const { asOf } of decision.caughtUp) this.#departures = this.#departures.filter(({ at }) => at > asOf);
    for (const movement of decision.movements) {
      this.movements.push({ kind: movement.kind, legs: [...movement.legs] });
      if (movement.kind === "DROPSHIP_SHIP") this.#sold -= movement.legs[0]!.delta;
    }
    this.events.push(...decision.events);
    return decision.outcomes;
  }

  /** order-reservation promises pieces (or with a minus gives the promise back). */
  hold(quantity: number): void {
    const legs = [
      { location: LOCATION, bucket: "sellable", delta: -quantity },
      { location: LOCATION, bucket: "orderReserved", delta: quantity },
    ];
    this.do({ type: "APPLY_MOVEMENT", sku: SKU, legs });
  }

  get offer(): OfferRow {
    return this.#offers.get(offerKey(KEY))!;
  }

  order(fulfilmentId: string): SupplierOrder | undefined {
    return this.#orders.get(fulfilmentId);
  }

  get orders(): SupplierOrder[] {
    return [...this.#orders.values()];
  }

  get facts(): OfferFacts {
    const lines = this.orders.flatMap((order) => order.lines);
    const counted: CountedPieces[] = lines.flatMap((line) => line.confirmed);
    const requested = lines.reduce((sum, line) => sum + openOf(line), 0);
    return { requested, counted, departed: this.#departures, soldPieces: this.#sold };
  }

  #world(): World {
    const waiting = new Map<string, CancelAsked[]>();
    for (const asked of this.#waiting.values()) {
      if (this.#orders.has(asked.fulfilmentId)) continue;
      waiting.set(asked.fulfilmentId, [...(waiting.get(asked.fulfilmentId) ?? []), asked]);
    }
    const clock = { zone: this.supplier.timeZone, versions: [] };
    return {
      now: this.now,
      suppliers: new Map([[SUPPLIER_ID, { supplier: this.supplier, clock }]]),
      offers: this.#offers,
      facts: new Map([[offerKey(KEY), this.facts]]),
      orders: this.#orders,
      waiting,
    };
  }
}
