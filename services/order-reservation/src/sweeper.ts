import type { Session } from "@septet/messaging";
import { type KitMetrics, observeHoldAge } from "@septet/service-kit";
import type { ReservationDesk } from "./reservation-desk.js";
import { dueCarts } from "./store/cart-holds.js";
import { databaseNow, paymentsReadUpTo } from "./store/payments-read.js";
import { duePromotions } from "./store/promotions.js";
import { ordersWithOverdueShortages } from "./store/shortages.js";
import { dueHolds, ordersWithSpares, type Place, placesBelowZero } from "./store/sweep.js";

const HOLDS_PER_SLICE = 500;
const SHORTAGES_PER_SLICE = 500;
const PLACES_PER_LOOK = 200;
const PROMOTIONS_PER_SLICE = 500;
const FIRST: Place = { sku: "", location: "" };

/** Does what time alone brings about; what it finds goes through the desk like everything else. */
export class Sweeper {
  readonly #session: Session;
  readonly #desk: ReservationDesk;
  readonly #metrics: KitMetrics;
  readonly #paymentsGraceMs: number;
  /** Where the last look at places below 0 ended: some stay so, and the others must not wait for them. */
  #lookedUpTo = FIRST;

  constructor(o: { session: Session; desk: ReservationDesk; metrics: KitMetrics; paymentsGraceMs: number }) {
    this.#session = o.session;
    this.#desk = o.desk;
    this.#metrics = o.metrics;
    this.#paymentsGraceMs = o.paymentsGraceMs;
  }

  /** Gives back every hold whose time has passed and whose payments have been read. */
  async expireHolds(): Promise<void> {
    const now = await databaseNow(this.#session);
    const upTo = Math.min(now, Math.max(await paymentsReadUpTo(this.#session), now - this.#paymentsGraceMs));
    for (;;) {
      const due = await dueHolds(this.#session, upTo, HOLDS_PER_SLICE);
      if (due.length === 0) break;
      const results = await this.#desk.submit(due.map(({ orderId }) => ({ command: { type: "ExpireHold", orderId } })));
      // The slice judges by its own clock and locks; what it left alone is looked at again next time.
      const released = results.some(({ outcome }) => outcome?.type === "RECORDED");
      if (due.length < HOLDS_PER_SLICE || !released) break;
    }
    const [oldest] = await dueHolds(this.#session, now, 1);
    observeHoldAge(this.#metrics, oldest === undefined ? 0 : (now - oldest.expiresAt) / 1000);
  }

  /** Carries out the default of shortages whose time is over, and tells of those that nobody handles. */
  async settleShortages(): Promise<void> {
    for (;;) {
      const due = await ordersWithOverdueShortages(this.#session, SHORTAGES_PER_SLICE);
      if (due.length === 0) return;
      const results = await this.#desk.submit(due.map((orderId) => ({ command: { type: "SettleOverdue", orderId } })));
      const changed = results.some(({ outcome }) => outcome !== undefined && outcome.type !== "NOTHING");
      if (due.length < SHORTAGES_PER_SLICE || !changed) return;
    }
  }

  /** Gives parts of bundles back that no whole piece needs any more, where whoever took the others did not hold their streams. */
  async dropSpares(): Promise<void> {
    for (;;) {
      const orderIds = await ordersWithSpares(this.#session, HOLDS_PER_SLICE);
      if (orderIds.length === 0) return;
      await this.#desk.submit(orderIds.map((orderId) => ({ command: { type: "DropSpares", orderId } })));
      if (orderIds.length < HOLDS_PER_SLICE) return;
    }
  }

  /** Gives back what was held for carts whose time has passed. */
  async expireCarts(): Promise<void> {
    const now = await databaseNow(this.#session);
    for (;;) {
      const due = await dueCarts(this.#session, now, HOLDS_PER_SLICE);
      if (due.length === 0) return;
      await this.#desk.submit(due.map(({ cartId, sku }) => ({ command: { type: "ExpireCart", cartId, sku } })));
      if (due.length < HOLDS_PER_SLICE) return;
    }
  }

  /** Begins and ends what is kept out of promotions, by the database's clock. */
  async tendLocks(): Promise<void> {
    const looked = new Set<string>();
    for (;;) {
      const due = await duePromotions(this.#session, PROMOTIONS_PER_SLICE);
      // What stays due, because another grace time was configured when it was written, waits for the next look.
      if (due.every((sku) => looked.has(sku))) return;
      await this.#desk.submit(due.map((sku) => ({ command: { type: "TendLocks", sku } })));
      if (due.length < PROMOTIONS_PER_SLICE) return;
      for (const sku of due) looked.add(sku);
    }
  }

  /**
   * Looks again where promises exceed what is there: answers may have come, or there was too much for one slice. Of many
   * places it takes the next ones, and begins anew when it has been through.
   */
  async examineDeficits(): Promise<void> {
    const places = await placesBelowZero(this.#session, this.#lookedUpTo, PLACES_PER_LOOK);
    this.#lookedUpTo = places.length < PLACES_PER_LOOK ? FIRST : places.at(-1)!;
    await this.#desk.submit(places.map((place) => ({ command: { type: "ExamineDeficit", ...place } })));
  }
}
