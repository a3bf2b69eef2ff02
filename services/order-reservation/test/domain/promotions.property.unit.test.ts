import { describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import fc from "fast-check";
import { type Command, type Effect, isRunning, type PromotionOfSku } from "../../src/domain/index.js";
import { MINUTE, placement, Shop } from "./shop.js";

const SKUS = ["hat", "sock"];
const PLACES = ["east", "west"];
const SALES = ["spring", "summer"];
const ORDERS = ["o1", "o2", "o3", "o4", "o5", "o6", "o7", "o8"];

const sku = fc.constantFrom(...SKUS);
const place = fc.constantFrom(...PLACES);
const sale = fc.constantFrom(...SALES);
const order = fc.constantFrom(...ORDERS);
const policy = fc.constantFrom("AT_ZERO" as const, "ON_PROMOTION_ENDED" as const);

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("promote" as const),
      sale,
      items: fc.uniqueArray(
        fc.record({ sku, location: place, lockedQuantity: fc.integer({ min: 1, max: 6 }), releasePolicy: policy }),
        {
          minLength: 1,
          maxLength: 3,
          selector: (item) => `${item.sku} ${item.location}`,
        },
      ),
      afterMinutes: fc.integer({ min: -5, max: 20 }),
      forMinutes: fc.integer({ min: 1, max: 90 }),
      whole: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("place" as const),
      order,
      sale: fc.option(sale),
      lines: fc.array(fc.tuple(sku, fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 2 }),
      paid: fc.boolean(),
      partial: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom("pay" as const, "cancel" as const, "expire" as const), order }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const), sale }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("release" as const),
      sale,
      sku,
      place,
      quantity: fc.option(fc.integer({ min: 1, max: 4 })),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 30 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("count" as const),
      sku,
      place,
      by: fc.integer({ min: -5, max: 7 }).filter((n) => n !== 0),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function commandOf(shop: Shop, next: Step): Command | undefined {
  switch (next.do) {
    case "promote": {
      const startsAt = shop.now + next.afterMinutes * MINUTE;
      const { sale: promotionId, items, whole } = next;
      return {
        type: "SchedulePromotion",
        schedule: { promotionId, startsAt, endsAt: startsAt + next.forMinutes * MINUTE, items, whole },
      };
    }
    case "place": {
      const lines = Object.fromEntries(next.lines.map((line, i) => [`l${i}`, line]));
      const more = {
        payment: next.paid ? "PAID" : "PENDING",
        allowPartial: next.partial,
        promotionId: next.sale,
      } as const;
      return { type: "PlaceOrder", placement: placement(next.order, lines, more) };
    }
    case "pay":
      return { type: "PaymentSucceeded", orderId: next.order };
    case "cancel":
      return { type: "CancelOrder", orderId: next.order, lines: null };
    case "expire":
      return { type: "ExpireHold", orderId: next.order };
    case "end":
      return { type: "EndPromotion", promotionId: next.sale };
    case "release":
      return {
        type: "ReleaseLock",
        lock: { promotionId: next.sale, sku: next.sku, location: next.place },
        quantity: next.quantity,
      };
    case "wait":
      shop.later(next.minutes * MINUTE);
      return undefined;
    case "count": {
      const reference = { type: "adjustment", id: "count" } as const;
      const about = { sku: next.sku, at: next.place, quantity: next.by, reference };
      return { type: "ApplyMovement", movement: movementDraft("COUNT_ADJUST", "sellable", about) };
    }
  }
}

const promoted = (shop: Shop): PromotionOfSku[] => [...shop.promotedSkus.values()].flat();
const sellableOf = (shop: Shop, wanted: string): number[] =>
  [...shop.rows.values()].flatMap((row) => (row.sku === wanted ? [row.sellable] : []));

/** What holds of promotions after every command, whatever it was. */
function check(shop: Shop, command: Command, caused: readonly Effect[], soldOut: ReadonlySet<string>): void {
  for (const promotion of promoted(shop)) {
    const { promotionId, sku: about, locks, soldOutAt } = promotion;
    for (const { locked, wanted } of locks) {
      expect(locked).toBeGreaterThanOrEqual(0);
      expect(locked).toBeLessThanOrEqual(wanted);
    }
    // For good, and of no promotion that did not sell.
    if (soldOut.has(`${promotionId} ${about}`)) expect(soldOutAt).not.toBeNull();
    if (soldOutAt !== null) {
      expect(promotion.opened || promoted(shop).some((other) => other.sku === about && other.opened)).toBe(true);
      for (const { releasePolicy, locked } of locks) if (releasePolicy === "AT_ZERO") expect(locked).toBe(0);
    }
    if (promotion.closed) for (const { locked } of locks) expect(locked).toBe(0);
  }
  for (const about of skusOf(command)) {
    const running = promoted(shop).filter(
      (one) => one.sku === about && isRunning(one, shop.now) && one.soldOutAt === null,
    );
    // What is missing is missing because there is none.
    for (const one of running) {
      for (const { location, locked, wanted } of one.locks) {
        if (locked < wanted) expect(shop.balance(about, location)[0]).toBeLessThanOrEqual(0);
      }
    }
    if (running.some(({ opened }) => opened)) expect(Math.max(...sellableOf(shop, about))).toBeGreaterThan(0);
  }
  checkRefusals(shop, command, caused, soldOut);
}

const skusOf = (command: Command): string[] => {
  if (command.type === "PlaceOrder") return command.placement.lines.map((line) => line.sku);
  return command.type === "ApplyMovement" ? [command.movement.sku] : [];
};

/** An order that names a promotion whose quota was gone before gets nothing; every other is refused for another reason. */
function checkRefusals(shop: Shop, command: Command, caused: readonly Effect[], soldOut: ReadonlySet<string>): void {
  if (command.type !== "PlaceOrder") return;
  const { orderId, promotionId, lines } = command.placement;
  const reserved = caused.some(
    (e) => e.kind === "movement" && e.draft.kind === "RESERVE" && e.draft.reference.id === orderId,
  );
  const gone = lines.some((line) => soldOut.has(`${promotionId} ${line.sku}`));
  if (gone) expect(reserved).toBe(false);
  const rejected = caused.some((e) => e.kind === "event" && e.name === "OrderReservationRejected");
  const named = shop.order(orderId).reasons.some(({ code }) => code === "PROMOTION_SOLD_OUT");
  if (rejected && named) expect(promotionId).not.toBeNull();
}

/** Pieces go back to sale by themselves only after an alert, in the same breath. */
function checkAlerts(command: Command, caused: readonly Effect[]): void {
  if (command.type === "ReleaseLock" || command.type === "SchedulePromotion" || command.type === "ApplyMovement")
    return;
  let told = new Set<string>();
  for (const effect of caused) {
    if (effect.kind === "event" && effect.value.code === "PROMOTION_STOCK_RELEASED") {
      told = new Set([...told, String(effect.value.alertId)]);
    }
    if (effect.kind === "movement" && effect.draft.kind === "UNLOCK") {
      expect([...told]).toContain(`PROMOTION_STOCK_RELEASED:${effect.draft.reference.id}:${effect.draft.sku}`);
    }
  }
}

const stock = fc.array(fc.nat(9), { minLength: 4, maxLength: 4 });

function shopWith(pieces: readonly number[]): Shop {
  const shop = new Shop();
  let i = 0;
  for (const one of SKUS) for (const at of PLACES) shop.stock(one, at, pieces[i++] ?? 0);
  return shop;
}

describe("whatever happens to promotions, in whatever order", () => {
  test("locks hold what is there, a quota that is gone stays gone, and what is released is sold at the normal price", () => {
    let released = 0;
    fc.assert(
      fc.property(stock, fc.array(step, { maxLength: 60 }), (start, steps) => {
        const shop = shopWith(start);
        for (const next of steps) {
          const command = commandOf(shop, next);
          if (command === undefined) continue;
          // Time passes before the command is looked at, so that what it finds sold out was so before it.
          for (const about of SKUS) shop.tend(about);
          const soldOut = new Set(
            promoted(shop).flatMap((one) => (one.soldOutAt === null ? [] : [`${one.promotionId} ${one.sku}`])),
          );
          const before = shop.effects.length;
          shop.do(command);
          const caused = shop.effects.slice(before);
          check(shop, command, caused, soldOut);
          checkAlerts(command, caused);
          released += caused.filter((effect) => effect.kind === "movement" && effect.draft.kind === "UNLOCK").length;
        }
      }),
      { numRuns: 400 },
    );
    expect(released).toBeGreaterThan(0);
  });

  test("a slice ends like its commands one by one", () => {
    fc.assert(
      fc.property(stock, fc.array(step, { maxLength: 25 }), (start, steps) => {
        const [together, oneByOne] = [shopWith(start), shopWith(start)];
        const unhurried = steps.filter((next) => next.do !== "wait");
        const commands = unhurried.map((next) => commandOf(together, next)).filter((c) => c !== undefined);
        together.slice(commands, SKUS);
        for (const command of commands) oneByOne.do(command, SKUS);
        expect(together.promotedSkus).toEqual(oneByOne.promotedSkus);
        const withoutCause = (shop: Shop) => shop.effects.map(({ by: _by, ...effect }) => effect);
        expect(withoutCause(together)).toEqual(withoutCause(oneByOne));
      }),
      { numRuns: 200 },
    );
  });
});
