import { movementDraft } from "@septet/stock-contracts";
import type { Command } from "../../../src/domain/index.js";
import { placement } from "../shop.js";
import { Books } from "./books.js";
import { Chance } from "./chance.js";
import { rule } from "./rule.js";

/** What a day is like. */
export interface DayOptions {
  /** One SKU and few orders: everything meets. */
  small?: boolean;
  /** Everything comes from one place, so that a line has several fulfilments there. */
  onePlace?: boolean;
  steps?: number;
  /** Several commands in a slice. */
  slices?: boolean;
  /** Locations are switched off and on. */
  switching?: boolean;
  /** SKUs may replace each other, and shoppers choose what shall happen to what is short. */
  choosing?: boolean;
  /** Every slice holds the streams of all SKUs. */
  allHeld?: boolean;
}

type PlacedLines = Parameters<typeof placement>[1];
const isSupplier = (location: string): boolean => location.startsWith("supplier:");

/** A day of trading made up by chance: shoppers, stocktakes, warehouses and suppliers, in no particular order. */
export class Day {
  readonly books: Books;
  readonly skus: readonly string[];
  readonly #chance: Chance;
  readonly #options: DayOptions;
  readonly #places: readonly string[];
  readonly #orderIds: readonly string[];
  readonly #placed = new Map<string, PlacedLines>();
  #slice: Command[] = [];

  constructor(seed: number, options: DayOptions = {}) {
    this.#chance = new Chance(seed);
    this.#options = options;
    this.skus = options.small === true ? ["a"] : ["a", "b", "c"];
    const places = options.small === true ? ["w1", "w2", "supplier:s", "supplier:t"] : ["w1", "w2", "w3", "supplier:s"];
    this.#places = options.onePlace === true ? ["w1"] : places;
    this.#orderIds = Array.from({ length: options.small === true ? 6 : 9 }, (_, i) => `o${i}`);
    this.books = new Books(options.allHeld === true ? this.skus : undefined);
    this.skus.forEach((sku, i) => {
      const price = { unitPriceMinor: i < 2 ? 100 : 200, currency: "CNY" };
      if (options.choosing === true)
        this.books.listings.set(sku, { sku, active: true, substitutionGroup: "g", ...price });
    });
  }

  trade(): this {
    const chance = this.#chance;
    for (const sku of this.skus) {
      for (const place of this.#places)
        if (chance.is(0.7))
          this.#do(stockChange(sku, place, 1 + chance.upTo(this.#options.onePlace === true ? 20 : 8), false));
    }
    this.#flush();
    this.books.paymentsLagMs = chance.is(0.3) ? 60_000 : 0;
    for (let step = 0; step < (this.#options.steps ?? 60); step++) this.#step(step);
    this.#flush();
    return this;
  }

  /** Everything under way arrives; then all that is promised is sent and all holds end: nothing may be left over. */
  close(): void {
    const { books } = this;
    this.#settleDown();
    this.#checkQuiet();
    books.floor.sendEverything();
    this.#settleDown();
    books.now += 1_000_000_000;
    for (const { orderId, expiresAt } of [...books.orders.values()]) {
      if (expiresAt !== null) books.settle([{ type: "ExpireHold", orderId }]);
    }
    this.#settleDown();
    for (const order of books.orders.values()) {
      rule(
        "nothing stays promised for ever",
        order.allocations.every((a) => a.open === 0),
        () => order,
      );
    }
  }

  #step(step: number): void {
    const chance = this.#chance;
    const { books } = this;
    const kind = chance.upTo(100);
    const orderId = chance.of(this.#orderIds);
    if (this.#options.choosing === true && chance.is(0.15)) this.#do(this.#choosing(orderId));
    else if (kind < 18) this.#do(this.#placing(orderId));
    else if (kind < 28) this.#do({ type: "PaymentSucceeded", orderId });
    else if (kind < 33) this.#do({ type: "CancelOrder", orderId, lines: null });
    else if (kind < 42) {
      const lines = [{ lineId: `l${chance.upTo(3)}`, quantity: 1 + chance.upTo(4) }];
      this.#do({ type: "CancelOrder", orderId, lines });
    } else if (kind < 45) this.#do({ type: "ExpireHold", orderId });
    else if (kind < 47) {
      const [from, to] = [chance.of(this.#places), chance.of(this.#places)];
      const moves = [{ lineId: `l${chance.upTo(3)}`, from, to, quantity: chance.is(0.5) ? null : 1 }];
      this.#do({ type: "MoveReservation", orderId, moves });
    } else if (kind < 52) {
      this.#flush();
      books.now += chance.of([1_000, 600_000, 1_200_000, 1_900_000]);
    } else if (kind < 60) {
      const by = chance.of([-6, -4, -3, -2, -1, 1, 2, 3]);
      this.#do(stockChange(chance.of(this.skus), chance.of(this.#places), by, chance.is(0.5)));
    } else if (kind < 61) this.#switch(step);
    else if (kind < 70) books.floor.read(chance);
    else if (kind < 72) books.floor.takeBack(chance);
    else if (kind < 79) books.floor.act(chance, chance.of(["SHIP", "SHIP", "PICK_SHORT", "PICK_DAMAGE"] as const));
    else if (kind < 89) this.#do(books.floor.nextMovement(chance));
    else this.#do(books.floor.nextAnswer(chance));
  }

  #placing(orderId: string): Command {
    const chance = this.#chance;
    let lines = this.#placed.get(orderId);
    if (lines === undefined || chance.is(0.1)) {
      const made = Array.from({ length: 1 + chance.upTo(3) }, (_, i): [string, [string, number]] => [
        `l${i}`,
        [chance.of(this.skus), 1 + chance.upTo(5)],
      ]);
      lines = Object.fromEntries(made);
      if (!this.#placed.has(orderId)) this.#placed.set(orderId, lines);
    }
    const payment = chance.is(0.35) ? "PAID" : "PENDING";
    return { type: "PlaceOrder", placement: placement(orderId, lines, { payment, allowPartial: chance.is(0.3) }) };
  }

  /** Any choice for any shortage that the order has had; or its time is over, or comes to be. */
  #choosing(orderId: string): Command {
    const chance = this.#chance;
    if (chance.is(0.2)) return { type: "SettleOverdue", orderId };
    const number = 1 + chance.upTo(this.books.orders.get(orderId)?.shortages ?? 1);
    const kind = chance.is(0.8) ? "EXCHANGE" : "REFUND";
    const sku = kind === "EXCHANGE" ? chance.of(this.skus) : null;
    const choices = [{ lineId: `l${chance.upTo(3)}`, kind, sku } as const];
    const shortageId = `${orderId}/${number}`;
    return { type: "ChooseRemedies", orderId, shortageId, choices, by: "CUSTOMER", answerByEvent: true };
  }

  #switch(version: number): void {
    if (this.#options.switching !== true) return;
    const location = this.#chance.of(this.#places);
    const kind = isSupplier(location) ? "SUPPLIER" : "WAREHOUSE";
    this.#do({ type: "DefineLocation", location, kind, active: this.#chance.is(0.7), version: version + 1 });
  }

  #do(command: Command | undefined): void {
    if (command === undefined) return;
    this.#slice.push(command);
    if (this.#options.slices !== true || this.#chance.is(0.25)) this.#flush();
    // Messages come at least once: those that recognise themselves come twice at times.
    const knowsItself = ["PlaceOrder", "PaymentSucceeded", "ExpireHold"].includes(command.type);
    if (knowsItself && this.#chance.is(0.05)) {
      this.#slice.push(command);
      if (this.#options.slices !== true) this.#flush();
    }
  }

  #flush(): void {
    const commands = this.#slice;
    this.#slice = [];
    if (commands.length > 0) this.books.settle(commands);
  }

  #settleDown(): void {
    const { floor } = this.books;
    for (let i = 0; i < 5_000 && !floor.isQuiet; i++) {
      const turn = this.#chance.upTo(3);
      if (turn === 0) floor.read(this.#chance);
      else {
        const next = turn === 1 ? floor.nextMovement(this.#chance) : floor.nextAnswer(this.#chance);
        if (next !== undefined) this.books.settle([next]);
      }
    }
    rule("engine and warehouse come to rest", floor.isQuiet, () => floor.requests);
  }

  /** When everything has been answered, both sides agree on what is open, and no cancellation or deficit is forgotten. */
  #checkQuiet(): void {
    const { books } = this;
    const [engine, floor] = [books.openPieces(), books.floor.openPieces()];
    for (const key of new Set([...engine.keys(), ...floor.keys()])) {
      const detail = () => `${key}: engine ${engine.get(key)}, warehouse ${floor.get(key)}`;
      rule("engine and warehouse agree on what is open", engine.get(key) === floor.get(key), detail);
    }
    for (const order of books.orders.values()) {
      rule(
        "every request is answered",
        order.allocations.every((a) => a.asks.length === 0),
        () => order,
      );
      const forgotten =
        order.lines.some((line) => line.unwanted > 0) || (order.cancelAsked && order.state === "CONFIRMED");
      rule("what a shopper cancelled and nobody has sent is given back", !forgotten, () => order);
    }
    for (const { sku, location, sellable } of books.rows.values()) {
      if (sellable >= 0 || isSupplier(location)) continue;
      const mendable = [...books.orders.values()].filter((order) =>
        order.allocations.some((a) => a.sku === sku && a.location === location && a.open > 0),
      );
      rule("no deficit stays that an open promise could mend", mendable.length === 0, () => ({ location, mendable }));
    }
  }
}

/** Goods come, are counted, break, or are reported by a supplier. */
function stockChange(sku: string, place: string, quantity: number, counted: boolean): Command {
  const at = { sku, at: place };
  if (isSupplier(place)) {
    const about = { sku, supplier: place, quantity, reference: { type: "report", id: "r" } as const };
    return { type: "ApplyMovement", movement: movementDraft("VIRTUAL_ADJUST", undefined, about) };
  }
  if (quantity > 0) {
    const about = { ...at, quantity, reference: { type: "receipt", id: "r", line: "1" } as const };
    return { type: "ApplyMovement", movement: movementDraft("RECEIPT", "sellable", about) };
  }
  const reference = { type: "adjustment", id: "c" } as const;
  if (counted) {
    const movement = movementDraft("COUNT_ADJUST", "sellable", { ...at, quantity, reference });
    return { type: "ApplyMovement", movement };
  }
  const movement = movementDraft("DAMAGE", undefined, { ...at, quantity: -quantity, reference });
  return { type: "ApplyMovement", movement };
}
