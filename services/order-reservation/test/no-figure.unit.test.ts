import { describe, expect, test } from "@jest/globals";
import type { Answer } from "@septet/service-kit";
import { OUTCOME_REASONS } from "@septet/stock-contracts";
import type { Command, Limit, Outcome } from "../src/domain/index.js";
import { answerHold } from "../src/http/cart-routes.js";
import { answerCancellation, answerExtension, answerPlacement } from "../src/http/reservation-answers.js";
import { reservationOf } from "../src/http/reservation-view.js";
import { MINUTE, type placement, Shop } from "./domain/shop.js";

/** What a storefront and its upstream get to read of a course of events: answers over HTTP, and events. */
interface Told {
  answers: unknown[];
  events: unknown[];
}

type More = Parameters<typeof placement>[2];

/** A shop of which only the shelf of socks is unknown to the one who asks. */
class Counter {
  readonly shop: Shop;
  readonly #answers: unknown[] = [];

  constructor(pieces: number) {
    // The rest of the socks lies elsewhere, so that no answer may tell of single shelves either.
    this.shop = new Shop()
      .stock("socks", "wuhan", pieces)
      .stock("socks", "beijing", 2 * pieces)
      .stock("hat", "wuhan", 0);
    this.shop.stock("scarf", "wuhan", 1_000);
  }

  rule(scope: string, rules: Parameters<Shop["policies"]["set"]>[1]): this {
    this.shop.policies.set(scope, rules);
    return this;
  }

  /** An order, the same again, and what the order's page says then. */
  order(orderId: string, sku: string, quantity: number, more: More = {}): this {
    const lines = { a: [sku, quantity], b: ["scarf", 1] } as Parameters<Shop["place"]>[1];
    for (const language of ["en", "zh"] as const) {
      this.#answers.push(answerPlacement(this.shop.place(orderId, lines, more), language));
    }
    return this.#look(orderId);
  }

  inCart(cartId: string, sku: string, quantity: number): this {
    const outcome = this.shop.holdForCart(cartId, sku, quantity);
    this.#answers.push(answerHold({ cartId, sku }, outcome, null));
    this.shop.putInCart(`${cartId}, by event`, sku, quantity);
    return this;
  }

  extend(orderId: string, seconds: number): this {
    return this.#ask({ type: "ExtendHold", orderId, seconds }, (outcome) => answerExtension(outcome, "zh"));
  }

  cancel(orderId: string): this {
    return this.#ask({ type: "CancelOrder", orderId, lines: null }, (outcome) => answerCancellation(outcome, null));
  }

  do(act: (shop: Shop) => unknown): this {
    act(this.shop);
    return this;
  }

  #ask(command: Command, answer: (outcome: Outcome) => Answer): this {
    this.#answers.push(answer(this.shop.do(command)));
    return this;
  }

  #look(orderId: string): this {
    this.#answers.push(reservationOf(this.shop.order(orderId), null));
    return this;
  }

  told(): Told {
    const toldOf = new Set(["StockAlertRaised", "StockAlertCleared", "FulfilmentRequested"]);
    const events = this.shop.effects.filter((effect) => effect.kind === "event" && !toldOf.has(effect.name));
    return { answers: this.#answers, events };
  }
}

const LIMIT: Limit = { perOrderPieces: 50_000, perCustomerPieces: 50_000, windowSeconds: 3600, over: "WINDOW" };
const VELOCITY = { windowSeconds: 3600, perDevice: 1, perIp: 1 };
const ANN = { customerId: "ann" };
/** More than any of the shelves has. */
const TOO_MANY = 40_000;

/** Courses of events in which nothing that is told may depend on what the shelf of socks holds. */
const COURSES: Readonly<Record<string, (counter: Counter) => Counter>> = {
  "REJECTED OUT_OF_STOCK": (c) => c.order("o1", "socks", TOO_MANY).cancel("o1"),
  "REJECTED UNKNOWN_SKU": (c) => c.order("o1", "ghost", 1),
  "REJECTED SKU_INACTIVE": (c) =>
    c.do((shop) => shop.do({ type: "ListSku", sku: "socks", active: false })).order("o1", "socks", 1),
  "REJECTED INVALID_ORDER": (c) =>
    c
      .do((shop) => shop.do({ type: "RefuseInvalidOrder", orderId: "o1", paid: false, language: null }))
      .order("o1", "socks", 1),
  "REJECTED ORDER_CONFLICT": (c) => c.order("o1", "socks", 1).order("o1", "socks", TOO_MANY),
  "REJECTED ORDER_CANCELLED": (c) => c.cancel("o1").order("o1", "socks", 1),
  "REJECTED LIMIT_PER_ORDER": (c) => c.rule("sku:socks", { limit: LIMIT }).order("o1", "socks", 50_001),
  "REJECTED LIMIT_PER_CUSTOMER": (c) =>
    c
      .rule("sku:socks", { limit: { ...LIMIT, perCustomerPieces: 2 } })
      .order("o1", "socks", 2, ANN)
      .order("o2", "socks", TOO_MANY, ANN),
  "REJECTED UNPAID_ORDER_EXISTS": (c) =>
    c.rule("default", { unpaidOrder: "REJECT" }).order("o1", "socks", 1, ANN).order("o2", "socks", TOO_MANY, ANN),
  "REJECTED DEVICE_VELOCITY": (c) =>
    c
      .rule("default", { velocity: VELOCITY })
      .order("o1", "socks", 1, { deviceId: "phone" })
      .order("o2", "socks", TOO_MANY, { deviceId: "phone" }),
  "REJECTED IP_VELOCITY": (c) =>
    c
      .rule("default", { velocity: VELOCITY })
      .order("o1", "socks", 1, { ipAddress: "203.0.113.7" })
      .order("o2", "socks", TOO_MANY, { ipAddress: "203.0.113.7" }),
  "REJECTED PROMOTION_SOLD_OUT": (c) =>
    c
      .do((shop) => shop.promote("double 11", { socks: { wuhan: 1 } }))
      .do((shop) => {
        for (const place of ["wuhan", "beijing"]) shop.count("socks", place, -shop.balance("socks", place)[0]);
        shop.receive("socks", "wuhan", 9);
      })
      .order("o1", "socks", 1, { promotionId: "double 11" }),
  "REJECTED NOT_HELD_IN_CARTS": (c) => c.inCart("c1", "socks", TOO_MANY),
  "WARNED UNPAID_ORDER_EXISTS": (c) => c.order("o1", "socks", 1, ANN).order("o2", "socks", 1, ANN),
  "RELEASED CANCELLED": (c) => c.order("o1", "socks", 1).cancel("o1"),
  "RELEASED EXPIRED": (c) => c.order("o1", "socks", 1).do((shop) => shop.later(31 * MINUTE).expire("o1")),
  "RELEASED REMOVED": (c) =>
    c.rule("default", { reserveAt: "ON_CART" }).inCart("c1", "socks", 2).inCart("c1", "socks", 1),
  "RELEASED ORDERED": (c) =>
    c.rule("default", { reserveAt: "ON_CART" }).inCart("c1", "socks", 2).order("o1", "socks", 2, { cartId: "c1" }),
  "NOT_EXTENDED NOT_HELD": (c) => c.order("o1", "socks", TOO_MANY).extend("o1", 60),
  "NOT_EXTENDED HELD_TOO_LONG": (c) => c.order("o1", "socks", 1).extend("o1", 100_000),
  "a cart that asks for too many": (c) => c.rule("default", { reserveAt: "ON_CART" }).inCart("c1", "socks", TOO_MANY),
  "an order that waits for its payment": (c) =>
    c.rule("default", { reserveAt: "ON_PAYMENT" }).order("o1", "socks", TOO_MANY),
  "a paid order that nothing is left for": (c) =>
    c
      .do((shop) => shop.place("o0", { a: ["socks", TOO_MANY] }, { payment: "PAID" }))
      .do(forgetTold)
      .order("o1", "socks", 9, { payment: "PAID" }),
};

/** What one order got of it is its own business: only what comes after is looked at. */
const forgetTold = (shop: Shop) => shop.effects.splice(0);

const [FEW, MANY] = [4_219, 7_919];

describe("no answer to storefront or upstream carries our quantity or lets it be computed", () => {
  test.each(Object.entries(COURSES))(
    "%s: answers and events are the same, whatever the shelf holds",
    (name, course) => {
      const few = course(new Counter(FEW)).told();
      const many = course(new Counter(MANY)).told();
      expect(many).toEqual(few);
      const text = JSON.stringify(few);
      for (const pieces of [FEW, MANY, 2 * FEW, 3 * FEW, 2 * MANY, 3 * MANY])
        expect(text).not.toContain(String(pieces));
      const [kind = "", code = ""] = name.split(" ");
      if (kind in OUTCOME_REASONS) expect(text).toContain(`"${code}"`);
    },
  );

  test("every reason that a storefront can be told is among them", () => {
    // Shortages tell what is missing of the order itself; the others are told to operators, warehouses and transfers.
    const told = ["REJECTED", "WARNED", "RELEASED", "NOT_EXTENDED"] as const;
    const elsewhere = ["CHANNEL_EXCLUDED", "UNKNOWN_LOCATION", "SAME_LOCATION", "SHORTED", "RELOCATED"];
    const notToShoppers = [...elsewhere, "FULFILMENT_CANCELLED", "SETTLED"];
    const codes = told.flatMap((kind) => Object.keys(OUTCOME_REASONS[kind]).map((code) => ({ kind, code })));
    const missing = codes.filter(({ kind, code }) => !(`${kind} ${code}` in COURSES) && !notToShoppers.includes(code));
    expect(missing).toEqual([]);
  });

  test("a line too many of one SKU names all lines of it, the same whichever of them the shelf could have served", () => {
    const told = [FEW, MANY].map((pieces) => {
      const shop = new Shop().stock("socks", "wuhan", pieces);
      const outcome = shop.place("o1", { a: ["socks", 4_000], b: ["socks", 6_000], c: ["socks", 1] });
      return answerPlacement(outcome, null).body;
    });
    expect(told[1]).toEqual(told[0]);
    expect(JSON.stringify(told[0])).toMatch(/"lineId":"a".*"lineId":"b".*"lineId":"c"/);
  });
});
