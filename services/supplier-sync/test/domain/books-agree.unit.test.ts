import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { OrderStep } from "../../src/domain/commands.js";
import { Book, KEY, LOCATION, SKU, SUPPLIER_ID } from "./book.js";

type Move =
  | { readonly do: "report"; readonly quantity: number; readonly minutesAgo: number }
  | { readonly do: "order"; readonly quantity: number; readonly heardFirst: "hold" | "request" }
  | { readonly do: "step"; readonly order: number; readonly name: OrderStep["type"]; readonly quantity: number | null }
  | { readonly do: "cancel"; readonly order: number; readonly quantity: number }
  | { readonly do: "inbound"; readonly quantity: number }
  | { readonly do: "stop"; readonly reason: string | null }
  | { readonly do: "pass"; readonly hours: number };

const pieces = fc.integer({ min: 1, max: 20 });
const order = fc.nat({ max: 7 });
const STEPS = ["SEND_ORDER", "CONFIRM_ORDER", "SHORT_ORDER", "SHIP_ORDER", "ANSWER_CANCEL", "SETTLE_ORDER"] as const;
const MOVE: fc.Arbitrary<Move> = fc.oneof(
  fc.record({
    do: fc.constant("report" as const),
    quantity: fc.integer({ min: 0, max: 60 }),
    minutesAgo: fc.integer({ min: 0, max: 120 }),
  }),
  fc.record({ do: fc.constant("order" as const), quantity: pieces, heardFirst: fc.constantFrom("hold", "request") }),
  fc.record({
    do: fc.constant("step" as const),
    order,
    name: fc.constantFrom(...STEPS),
    quantity: fc.option(pieces, { nil: null }),
  }),
  fc.record({ do: fc.constant("cancel" as const), order, quantity: pieces }),
  fc.record({ do: fc.constant("inbound" as const), quantity: pieces }),
  fc.record({ do: fc.constant("stop" as const), reason: fc.option(fc.constant("flood"), { nil: null }) }),
  fc.record({ do: fc.constant("pass" as const), hours: fc.integer({ min: 1, max: 100 }) }),
);

let names = 0;

function play(book: Book, move: Move, ordinal: number): void {
  const ids = book.orders.map(({ fulfilmentId }) => fulfilmentId);
  switch (move.do) {
    case "report": {
      const asOf = book.now - move.minutesAgo * 60_000;
      const about = {
        kind: "SNAPSHOT",
        source: "API",
        statesAsOf: true,
        receivedAt: book.now,
        scheduled: false,
      } as const;
      const head = { ...about, reportId: `r-${ordinal}`, ordinal, asOf };
      const lines = [{ row: 1, sku: SKU, quantity: move.quantity, kept: null }];
      book.do({ type: "APPLY_REPORT", supplierId: SUPPLIER_ID, head, lines });
      return;
    }
    case "order": {
      const { quantity } = move;
      const orderId = `o-${++names}`;
      const about = { fulfilmentId: `${orderId}/1`, orderId, supplierId: SUPPLIER_ID, deliverBy: null };
      const request = { type: "REQUEST_ORDER", ...about, lines: [{ lineId: "1", sku: SKU, quantity }] } as const;
      if (move.heardFirst === "hold") book.hold(quantity);
      book.do(request);
      if (move.heardFirst === "request") book.hold(quantity);
      return;
    }
    case "step": {
      const fulfilmentId = ids[move.order];
      if (fulfilmentId === undefined) return;
      const lines = move.quantity === null ? null : [{ lineId: "1", sku: null, quantity: move.quantity }];
      const about = { supplierId: SUPPLIER_ID, fulfilmentId, actor: null, lines, tracking: null, reason: null };
      book.do({ type: move.name, ...about });
      return;
    }
    case "cancel": {
      const fulfilmentId = ids[move.order];
      if (fulfilmentId === undefined) return;
      const about = { requestId: `c-${++names}`, fulfilmentId, orderId: fulfilmentId.slice(0, -2), location: LOCATION };
      const asked = { ...about, lines: [{ lineId: "1", sku: SKU, quantity: move.quantity }] };
      book.do({ type: "CANCEL_ORDER", supplierId: SUPPLIER_ID, asked });
      return;
    }
    case "inbound": {
      const inbound = { inboundId: `i-${++names}`, warehouse: "WUHAN", lines: [{ sku: SKU, quantity: move.quantity }] };
      book.do({ type: "BRING_IN", supplierId: SUPPLIER_ID, ...inbound, actor: null });
      return;
    }
    case "stop":
      book.do({ type: "STOP_SKU", ...KEY, reason: move.reason, actor: null });
      return;
    case "pass":
      book.now += move.hours * 3_600_000;
      book.do({ type: "LOOK_AGAIN", offers: [KEY], why: "FRESHNESS" });
  }
}

/** What order-reservation tells of itself may come late: here it is kept back. */
class LateBook extends Book {
  readonly late: number[] = [];
  override hold(quantity: number): void {
    this.late.push(quantity);
  }
  deliver(index: number): void {
    const [quantity] = this.late.splice(index, 1);
    if (quantity !== undefined) super.hold(quantity);
  }
}

/** The formula, written out once more; the reports of these tests are fresh. */
function virtualByFormula({ offer, facts }: Book): number {
  const { reported, asOf, stopped } = offer;
  const { requested, counted, departed } = facts;
  const open = Math.max(0, offer.reserved, requested);
  if (reported === null || asOf === null) return open;
  const listed = stopped === null ? reported - Math.ceil(reported / 5) : 0;
  const sum = (parts: readonly { pieces: number }[]) => parts.reduce((total, { pieces }) => total + pieces, 0);
  const gone = departed.filter(({ at, countedAt }) => at > asOf && (countedAt ?? asOf + 1) > asOf);
  return Math.max(open, listed + sum(counted.filter(({ at }) => at <= asOf)) - sum(gone));
}

test("movements of orders may come as late and in any order as they like: what is asked for is covered, and in the end virtual follows the formula", () => {
  const PROMPT = MOVE.filter((move) => move.do !== "pass");
  fc.assert(
    fc.property(fc.array(PROMPT, { minLength: 1, maxLength: 40 }), fc.array(fc.nat({ max: 100 })), (moves, turns) => {
      const book = new LateBook();
      let answered = 0;
      moves.forEach((move, index) => {
        play(book, move, index + 1);
        answered = releaseCancelled(book, answered);
        const turn = turns[index];
        if (turn !== undefined && book.late.length > 0) book.deliver(turn % book.late.length);
        // What a supplier was asked for is covered, whether or not its reservation has been heard of.
        if (book.offer !== undefined) expect(book.offer.virtual).toBeGreaterThanOrEqual(book.facts.requested);
      });
      while (book.late.length > 0) book.deliver(book.late.length - 1);
      if (book.offer === undefined) return;
      expect(book.offer.reserved).toBe(book.facts.requested);
      expect(book.offer.virtual).toBe(virtualByFormula(book));
    }),
  );
});

test("reports in whatever order they arrive leave the figure that is as of latest", () => {
  const reports = fc.uniqueArray(fc.record({ asOf: fc.nat({ max: 50 }), quantity: fc.nat({ max: 100 }) }), {
    minLength: 1,
    maxLength: 12,
    selector: ({ asOf }) => asOf,
  });
  fc.assert(
    fc.property(reports, (told) => {
      const book = new Book();
      const start = book.now - 100;
      told.forEach(({ asOf, quantity }, index) => {
        const about = {
          kind: "SNAPSHOT",
          source: "API",
          statesAsOf: true,
          receivedAt: book.now,
          scheduled: false,
        } as const;
        const head = { ...about, reportId: `r-${index}`, ordinal: index + 1, asOf: start + asOf };
        const lines = [{ row: 1, sku: SKU, quantity, kept: null }];
        book.do({ type: "APPLY_REPORT", supplierId: SUPPLIER_ID, head, lines });
      });
      const latest = told.reduce((a, b) => (b.asOf > a.asOf ? b : a));
      expect(book.offer.reported).toBe(latest.quantity);
      expect(book.offer.virtual).toBe(latest.quantity - Math.ceil(latest.quantity / 5));
    }),
  );
});

/** order-reservation gives back what was cancelled, once per answer. */
function releaseCancelled(book: Book, answered: number): number {
  const told = book.events.filter(({ name }) => name === "FulfilmentCancelled");
  for (const { value } of told.slice(answered)) {
    const quantity = (value as { lines: readonly { quantity: number }[] }).lines[0]!.quantity;
    if (quantity > 0) book.hold(-quantity);
  }
  return told.length;
}

function sumOf(book: Book, bucket: string, kinds: readonly string[]): number {
  const legs = book.movements.filter(({ kind }) => kinds.includes(kind)).flatMap((movement) => movement.legs);
  return legs.filter((leg) => leg.bucket === bucket).reduce((sum, { delta }) => sum + delta, 0);
}

test("whatever happens in whatever order, virtual is the sum of its movements, never below 0, and covers what is open", () => {
  fc.assert(
    fc.property(fc.array(MOVE, { minLength: 1, maxLength: 40 }), (moves) => {
      const book = new Book();
      let answered = 0;
      moves.forEach((move, index) => {
        play(book, move, index + 1);
        answered = releaseCancelled(book, answered);
        if (book.offer === undefined) return;
        const { virtual, reserved } = book.offer;
        expect(virtual).toBe(
          sumOf(book, "virtual", ["VIRTUAL_ADJUST", "DROPSHIP_SHIP", "DROPSHIP_SHORT", "SUPPLIER_INBOUND"]),
        );
        const { requested } = book.facts;
        // Everything has been heard: the two that say what is open agree, and all of it is covered.
        expect(reserved).toBe(requested);
        expect(virtual).toBeGreaterThanOrEqual(requested);
      });
    }),
  );
});

test("every request for pieces back is answered exactly once, when its order has come to its end", () => {
  fc.assert(
    fc.property(fc.array(MOVE, { minLength: 1, maxLength: 40 }), (moves) => {
      const book = new Book();
      let asked = 0;
      moves.forEach((move, index) => {
        if (move.do === "cancel" && book.orders[move.order] !== undefined) asked++;
        play(book, move, index + 1);
      });
      for (const { fulfilmentId } of book.orders) {
        const about = { supplierId: SUPPLIER_ID, fulfilmentId, actor: null };
        book.do({ type: "SEND_ORDER", ...about });
        book.do({ type: "SHIP_ORDER", ...about, lines: null, tracking: null });
      }
      expect(book.orders.flatMap(({ asks }) => asks)).toEqual([]);
      expect(book.events.filter(({ name }) => name === "FulfilmentCancelled").length).toBe(asked);
    }),
  );
});

test("what may be sold never grows before the next report, but by what was cancelled and what the clock gives back", () => {
  const SELLING = MOVE.filter((move) => move.do === "order" || move.do === "step" || move.do === "cancel");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), fc.array(SELLING, { maxLength: 30 }), (quantity, moves) => {
      const book = new Book();
      play(book, { do: "report", quantity, minutesAgo: 0 }, 1);
      let answered = 0;
      let most = book.offer.virtual - book.offer.reserved;
      moves.forEach((move, index) => {
        const before = book.orders.reduce((sum, { lines }) => sum + lines[0]!.cancelled, 0);
        play(book, move, index + 2);
        answered = releaseCancelled(book, answered);
        const cancelled = book.orders.reduce((sum, { lines }) => sum + lines[0]!.cancelled, 0) - before;
        const sellable = book.offer.virtual - book.offer.reserved;
        expect(sellable).toBeLessThanOrEqual(most + cancelled);
        most = sellable;
      });
    }),
  );
});
