import type { RecordOf } from "@septet/stock-contracts";
import type { Asking, OutsideWorld } from "./outside-world.js";
import { fulfilmentPath } from "./warehousing.js";

/** The warehouse may not have heard of a fulfilment yet: clerks look for it again after so many steps. */
const LOOK_AGAIN_STEPS = 25;

type Act = "pick" | "ship" | "short";

/** A fulfilment in hand: what was asked for last, and what is still to do. */
interface InHand {
  readonly fulfilment: RecordOf<"FulfilmentRequested">;
  asking: Asking | undefined;
  acts: readonly Act[];
}

/** Clerks who pick and ship whatever is requested for certain orders, as soon as it is requested. */
export class Deliveries {
  readonly #outside: OutsideWorld;
  /** Pieces that are not found of an order's first fulfilment. */
  readonly #notFound = new Map<string, number>();
  readonly #inHand = new Map<string, InHand>();

  constructor(outside: OutsideWorld) {
    this.#outside = outside;
  }

  /** Everything requested for the order will be shipped; of its first fulfilment so many pieces are not found. */
  promise(orderId: string, notFound: number): void {
    if (!this.#notFound.has(orderId)) this.#notFound.set(orderId, notFound);
  }

  /** Something that was taken in hand is not done. */
  get busy(): boolean {
    return [...this.#inHand.values()].some(({ asking, acts }) => asking !== undefined || acts.length > 0);
  }

  /** Takes in hand what has been requested meanwhile, and goes on with what was answered. */
  work(): void {
    if (this.#notFound.size === 0) return;
    const { history } = this.#outside.world;
    for (const { value } of history.records("FulfilmentRequested")) this.#takeInHand(value);
    for (const one of this.#inHand.values()) this.#goOn(one);
  }

  #takeInHand(fulfilment: RecordOf<"FulfilmentRequested">): void {
    const notFound = this.#notFound.get(fulfilment.orderId);
    if (notFound === undefined || this.#inHand.has(fulfilment.fulfilmentId)) return;
    const first = [...this.#inHand.values()].every((other) => other.fulfilment.orderId !== fulfilment.orderId);
    const acts: Act[] = first && notFound > 0 ? ["pick", "short", "ship"] : ["pick", "ship"];
    this.#inHand.set(fulfilment.fulfilmentId, { fulfilment, asking: undefined, acts });
  }

  #goOn(one: InHand): void {
    const { asking } = one;
    if (asking?.open === true) return;
    if (asking?.exchange.answers.at(-1)?.status === 404) {
      if (this.#outside.world.scheduler.steps - asking.askedAtStep >= LOOK_AGAIN_STEPS) this.#outside.ask(asking);
      return;
    }
    const [act, ...rest] = one.acts;
    one.acts = rest;
    one.asking = act === undefined ? undefined : this.#ask(one.fulfilment, act);
  }

  #ask({ orderId, fulfilmentId, lines }: RecordOf<"FulfilmentRequested">, act: Act): Asking {
    const { lineId, sku, quantity } = lines[0]!;
    const notFound = Math.min(this.#notFound.get(orderId)!, quantity);
    const body = act === "short" ? { lines: [{ lineId, sku, quantity: notFound, cause: "NOT_FOUND" }] } : {};
    const path = fulfilmentPath(fulfilmentId, act);
    return this.#outside.request({ do: "deliver", orderId, notFound }, "warehouse", { method: "POST", path, body });
  }
}
