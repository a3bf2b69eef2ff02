import { type MovementDraft, movementDraft } from "@septet/stock-contracts";
import type { ApplyMovement } from "../../src/domain/commands.js";
import type { CountedLine } from "../../src/domain/counting.js";
import { Floor, foreign } from "./floor.js";

const SKU = "SOCKS";
const PLACE = "WUHAN";
const about = { sku: SKU, at: PLACE, reference: { type: "order", id: "o", line: "1" } } as const;

/** What happens to the pieces of one SKU at one location, or is told of them. `q` is pieces, `nth` counts round. */
export type ShelfMove =
  | { readonly do: "arrive" | "leave" | "damage"; readonly q: number }
  | { readonly do: "dispatch" | "unload" | "break"; readonly q: number }
  | { readonly do: "vanish" | "spoil"; readonly q: number }
  | { readonly do: "short"; readonly by: "us" | "them"; readonly q: number }
  | { readonly do: "mistake"; readonly q: number }
  | { readonly do: "reverse"; readonly nth: number }
  | { readonly do: "deliver"; readonly nth: number }
  | { readonly do: "count"; readonly of: Name; readonly ago: number; readonly wrong: number }
  | { readonly do: "recount" | "approve"; readonly of: Name };
type Name = "first" | "second";

interface Pieces {
  readonly at: number;
  readonly total: number;
  readonly unsellable: number;
}

/**
 * A shelf as it truly is beside the book that learns of it: facts of ours are booked at once, those of others whenever they
 * are delivered, and what vanishes or spoils is booked by nobody until a count or a picker finds out.
 */
export class Shelf {
  readonly floor = new Floor();
  /** How it truly was after each move, the last one as it is. */
  readonly #truth: Pieces[] = [{ at: this.floor.world.now, total: 0, unsellable: 0 }];
  /** What vanished or spoilt and is in no book, with its moment. */
  #untold: { at: number; total: number; unsellable: number }[] = [];
  #onTheWay: ApplyMovement[] = [];
  readonly #mistakes: { draft: MovementDraft; sequence: number }[] = [];
  readonly #wrong = new Set<Name>();
  readonly #unsellableCounted: boolean;
  #sequence = 0;

  constructor(unsellableCounted: boolean) {
    this.#unsellableCounted = unsellableCounted;
    for (const name of ["first", "second"]) this.floor.open(name, [SKU]);
  }

  /** The book as it should be once everything is told: the truth, and what nobody can know of yet. */
  get expected() {
    const { total, unsellable } = this.#now;
    const missing = sum(this.#untold);
    return { total: total - missing.total, unsellable: unsellable - missing.unsellable };
  }

  get book() {
    return this.floor.at(SKU, PLACE);
  }

  get states(): string[] {
    return [this.#line("first").state, this.#line("second").state];
  }

  do(move: ShelfMove): void {
    this.floor.wait(10);
    switch (move.do) {
      case "arrive":
        this.#own("RECEIPT", move.q);
        this.#become(move.q, 0);
        break;
      case "leave":
        if (!this.#has(move.q)) return;
        this.#own("SHIP", move.q);
        this.#become(-move.q, 0);
        break;
      case "damage":
        if (!this.#has(move.q)) return;
        this.#own("DAMAGE", move.q);
        this.#become(0, move.q);
        break;
      case "dispatch":
        if (!this.#has(move.q)) return;
        this.#theirs("TRANSFER_DISPATCH", { total: -move.q });
        this.#become(-move.q, 0);
        break;
      case "unload":
        this.#theirs("TRANSFER_RECEIVE", { total: move.q });
        this.#become(move.q, 0);
        break;
      case "break":
        if (!this.#has(move.q)) return;
        this.#theirs("TRANSFER_DAMAGE", { unsellable: move.q });
        this.#become(0, move.q);
        break;
      case "vanish":
        if (!this.#has(move.q)) return;
        this.#become(-move.q, 0);
        this.#untold.push({ at: this.#now.at, total: -move.q, unsellable: 0 });
        break;
      case "spoil":
        if (!this.#unsellableCounted || !this.#has(move.q)) return;
        this.#become(0, move.q);
        this.#untold.push({ at: this.#now.at, total: 0, unsellable: move.q });
        break;
      case "short":
        this.#short(move.by, move.q);
        break;
      case "mistake":
        this.#own("SHIP", move.q);
        this.#mistakes.push({ draft: this.floor.last.movements[0]!, sequence: this.floor.world.sequences.get(SKU)! });
        break;
      case "reverse":
        this.#reverse(move.nth);
        break;
      case "deliver":
        this.#deliver(move.nth);
        break;
      case "count":
        this.#count(move.of, move.ago, move.wrong);
        break;
      case "recount":
        this.floor.do({ type: "RECOUNT_LINES", stocktakeId: move.of, actor: null, lines: [{ sku: SKU }] });
        break;
      case "approve":
        this.#approve(move.of);
    }
  }

  /** Everything arrives, mistakes are undone, and what must be counted again is, until nothing must. */
  settle(): void {
    while (this.#onTheWay.length > 0) this.do({ do: "deliver", nth: 0 });
    while (this.#mistakes.length > 0) this.do({ do: "reverse", nth: 0 });
    for (let round = 0; round < 4; round++) {
      for (const name of ["first", "second"] as const) {
        if (this.#line(name).state === "OPEN") continue;
        this.do({ do: "count", of: name, ago: 0, wrong: 0 });
        this.do({ do: "approve", of: name });
      }
    }
  }

  get #now(): Pieces {
    return this.#truth.at(-1)!;
  }

  #line(of: Name) {
    return this.floor.line(of, SKU);
  }

  /** Sellable pieces that are truly there. */
  #has(q: number): boolean {
    return this.#now.total - this.#now.unsellable >= q;
  }

  #become(total: number, unsellable: number): void {
    const before = this.#now;
    const at = this.floor.world.now;
    this.#truth.push({ at, total: before.total + total, unsellable: before.unsellable + unsellable });
  }

  #own(kind: "RECEIPT" | "SHIP" | "DAMAGE" | "PICK_SHORT", quantity: number): void {
    const about_ = { ...about, quantity };
    this.floor.record(
      kind === "RECEIPT" ? movementDraft(kind, "sellable", about_) : movementDraft(kind, undefined, about_),
    );
  }

  #theirs(kind: string, deltas: { total?: number; unsellable?: number }): void {
    const legs = Object.entries(deltas).map(([bucket, delta]) => ({ location: PLACE, bucket, delta }));
    const identity = { sequence: ++this.#sequence, occurredAt: this.floor.world.now };
    this.#onTheWay.push(foreign(kind, SKU, legs, identity));
  }

  /**
   * Somebody does not find what he looks for: it vanished before, and no approved count has told so. That a count has seen it
   * whose approval is still to come, he cannot know.
   */
  #short(by: "us" | "them", q: number): void {
    const lost = this.#untold.findIndex((one) => one.total === -q);
    if (lost < 0) return;
    this.#untold.splice(lost, 1);
    if (by === "us") this.#own("PICK_SHORT", q);
    else this.#theirs("TRANSFER_SHORT", { total: -q });
  }

  #reverse(nth: number): void {
    if (this.#mistakes.length === 0) return;
    const { draft, sequence } = this.#mistakes.splice(nth % this.#mistakes.length, 1)[0]!;
    const quantity = -draft.legs.find((leg) => leg.bucket === "total")!.delta;
    const reversal = movementDraft("SHIP", undefined, { ...about, quantity, reverses: `${SKU}-${sequence}` });
    this.floor.record(reversal, { reversed: { sequence, occurredAt: 0, toldLater: false } });
  }

  #deliver(nth: number): void {
    if (this.#onTheWay.length === 0) return;
    this.floor.do(...this.#onTheWay.splice(nth % this.#onTheWay.length, 1));
  }

  /** A clerk tells what was there `ago` moves before, or wrongly. */
  #count(of: Name, ago: number, wrong: number): void {
    const seen = this.#truth.at(-1 - (ago % this.#truth.length))!;
    if (this.#unsellableCounted && seen.unsellable > seen.total) throw new Error("the script lost its way");
    const line: CountedLine = {
      sku: SKU,
      shelf: seen.total + wrong,
      picked: 0,
      unsellable: this.#unsellableCounted ? seen.unsellable : null,
      countedAt: ago === 0 ? null : seen.at,
    };
    this.floor.do({ type: "COUNT_LINES", stocktakeId: of, actor: null, lines: [line] });
    if (this.floor.outcome.outcome !== "LINES_CHANGED") return;
    if (wrong === 0) this.#wrong.delete(of);
    else this.#wrong.add(of);
  }

  /** Whoever approves notices a wrong count and has it counted again. */
  #approve(of: Name): void {
    if (this.#wrong.has(of)) {
      this.do({ do: "recount", of });
      return;
    }
    this.floor.do({
      type: "APPROVE_LINES",
      stocktakeId: of,
      actor: null,
      lines: [{ sku: SKU, cause: "UNKNOWN", note: null }],
    });
    if (this.floor.outcome.outcome !== "LINES_CHANGED" || this.#line(of).state !== "APPROVED") return;
    const { countedAt } = this.#line(of).count!;
    this.#untold = this.#untold.filter(({ at }) => at > countedAt);
  }
}

const sum = (all: readonly { total: number; unsellable: number }[]) => ({
  total: all.reduce((pieces, one) => pieces + one.total, 0),
  unsellable: all.reduce((pieces, one) => pieces + one.unsellable, 0),
});
