import type { InboundMessage } from "@septet/messaging";
import { keyOf, RECORDS, type RecordName, type RecordOf } from "@septet/stock-contracts";
import type { Exchange } from "../world/history.js";
import type { HttpRequest } from "../world/http-call.js";
import type { World } from "../world/world.js";
import type { Move } from "./script.js";

/** A caller that has waited this many steps asks again, with the same key, perhaps elsewhere. */
const PATIENCE_STEPS = 90;

/** Who sends something again does so soon. */
const RECENT_MESSAGES = 8;
/** The workload asks for nothing that it may not, in no form that is wrong. */
const TURNED_AWAY: ReadonlySet<number> = new Set([400, 401, 403, 405]);

interface Asking {
  readonly exchange: Exchange;
  readonly request: HttpRequest;
  askedAtStep: number;
  /** Still without a final answer. */
  open: boolean;
}

/** Shops, payment providers and clerks: carries the moves out, and never gives a request up before it is answered. */
export class OutsideWorld {
  readonly #world: World;
  readonly #upstream: InboundMessage[] = [];
  readonly #askings: Asking[] = [];
  #events = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Requests that were not answered yet. */
  get unanswered(): number {
    return this.#askings.filter((asking) => asking.open).length;
  }

  perform(move: Move): void {
    const { history, scheduler, trace } = this.#world;
    history.moves.push({ move, at: scheduler.now });
    trace.line(`${scheduler.steps} +${scheduler.awakeMs} outside ${JSON.stringify(move)}`);
    switch (move.do) {
      case "define": {
        const body = { name: move.location };
        this.#request(move, "warehouse", { method: "PUT", path: `/v1/warehouses/${move.location}`, body });
        break;
      }
      case "list":
        this.#send("SkuListed", {
          sku: move.sku,
          name: move.sku,
          active: move.active,
          unitPriceMinor: null,
          currency: null,
          substitutionGroup: null,
          parts: null,
        });
        break;
      case "place":
        this.#place(move);
        break;
      case "pay":
        this.#pay(move.orderId, move.succeeded);
        break;
      case "cancel":
        this.#cancel(move);
        break;
      case "book":
        this.#book(move);
        break;
      case "pick":
      case "ship":
      case "short":
        this.#handOver(move);
        break;
      case "repeat":
        this.#repeat(move.nth);
        break;
      case "garbage":
        this.#append(move.topic, move.key, Buffer.from("not a record"));
        break;
      case "misplace":
        this.#send("OrderPlaced", { ...orderOf(move.orderId, "PENDING", false), lines: [] });
        break;
      case "jump":
        scheduler.jump(move.ms);
    }
  }

  /** Asks again where a caller has lost patience, or nobody was there. */
  async insist(patienceSteps = PATIENCE_STEPS): Promise<void> {
    for (const asking of this.#askings) {
      if (asking.open && this.#world.scheduler.steps - asking.askedAtStep >= patienceSteps) this.#ask(asking);
    }
  }

  #place(move: Extract<Move, { do: "place" }>): void {
    const { orderId, payment, allowPartial } = move;
    const lines = move.lines.map((line) => ({ ...line, unitPriceMinor: null }));
    if (move.via === "topic") {
      this.#send("OrderPlaced", { ...orderOf(orderId, payment, allowPartial), lines });
      return;
    }
    const body = { orderId, channel: "web", payment, allowPartial, lines };
    this.#request(move, "order-reservation", { method: "POST", path: "/v1/reservations", body });
  }

  #pay(orderId: string, succeeded: boolean): void {
    if (succeeded) this.#send("PaymentSucceeded", { orderId, paymentId: null });
    else this.#send("PaymentFailed", { orderId, paymentId: null, reason: null });
  }

  #cancel(move: Extract<Move, { do: "cancel" }>): void {
    const { orderId, lines } = move;
    if (move.via === "topic") {
      this.#send("OrderCancelled", { orderId, lines, reason: null });
      return;
    }
    const body = lines === null ? {} : { lines };
    this.#request(move, "order-reservation", { method: "POST", path: `/v1/reservations/${orderId}/cancel`, body });
  }

  #book(move: Extract<Move, { do: "book" }>): void {
    const { what, location, reference, sku, quantity, unsellable } = move;
    const line = {
      receipts: { sku, quantity, unsellableQuantity: unsellable },
      returns: { sku, sellable: quantity - unsellable, unsellable, missing: 0 },
      damages: { sku, quantity },
      restorations: { sku, quantity },
      disposals: { sku, quantity },
    }[what];
    this.#request(move, "warehouse", {
      method: "POST",
      path: `/v1/${what}`,
      body: { location, reference, lines: [line] },
    });
  }

  #handOver(move: Extract<Move, { do: "pick" | "ship" | "short" }>): void {
    const requested = new Map(
      this.#world.history.records("FulfilmentRequested").map(({ value }) => [value.fulfilmentId, value]),
    );
    const fulfilment = [...requested.values()].at(move.nth % Math.max(1, requested.size));
    if (fulfilment === undefined) return;
    const [line] = fulfilment.lines;
    const named = { lineId: line!.lineId, quantity: 1 };
    const body =
      move.do === "pick"
        ? {}
        : move.do === "short"
          ? { lines: [{ ...named, cause: move.cause }] }
          : move.pieces === null
            ? {}
            : { lines: [named], final: false };
    const path = `/v1/fulfilments/${encodeURIComponent(fulfilment.fulfilmentId)}/${move.do}`;
    this.#request(move, "warehouse", { method: "POST", path, body });
  }

  #repeat(nth: number): void {
    if (this.#upstream.length === 0) return;
    const { topic, key, value } = this.#upstream.at(-1 - (nth % Math.min(RECENT_MESSAGES, this.#upstream.length)))!;
    this.#world.broker.append({ topic, key: key!, value }, this.#world.scheduler.now);
  }

  #send<N extends RecordName>(name: N, value: Omit<RecordOf<N>, "eventId" | "occurredAt">): void {
    const eventId = `event-${++this.#events}`;
    const record = { eventId, occurredAt: this.#world.scheduler.now, ...value } as unknown as RecordOf<N>;
    this.#append(RECORDS[name].topic, keyOf(name, record), this.#world.codec.encode(name, record));
  }

  #append(topic: string, key: string, value: Buffer): void {
    this.#upstream.push(this.#world.broker.append({ topic, key, value }, this.#world.scheduler.now));
  }

  #request(move: Move, service: string, request: HttpRequest): void {
    if (!this.#world.instances.some((instance) => instance.service === service)) return;
    const exchange: Exchange = { move, service, path: request.path, askedAt: this.#world.scheduler.now, answers: [] };
    this.#world.history.exchanges.push(exchange);
    const asking: Asking = {
      exchange,
      request: { ...request, key: `key-${this.#askings.length + 1}` },
      askedAtStep: 0,
      open: true,
    };
    this.#askings.push(asking);
    this.#ask(asking);
  }

  #ask(asking: Asking): void {
    const { scheduler, instances, trace } = this.#world;
    asking.askedAtStep = scheduler.steps;
    const there = instances.filter((instance) => instance.service === asking.exchange.service && instance.up);
    if (there.length === 0) return;
    const answer = there[scheduler.choose(there.length)]!.request(asking.request);
    void answer?.then((said) => {
      trace.line(`${scheduler.steps} +${scheduler.awakeMs} outside ${asking.request.key} is answered ${said.status}`);
      // Asked for too early, or too much to do: the caller comes again.
      if (said.status >= 500) return;
      if (TURNED_AWAY.has(said.status)) {
        this.#world.findings.push(`whoever may ask is answered: ${asking.request.path} ${JSON.stringify(said)}`);
      }
      asking.open = false;
      asking.exchange.answers.push(said);
    });
  }
}

function orderOf(orderId: string, payment: "PENDING" | "PAID", allowPartial: boolean) {
  return {
    orderId,
    customerId: null,
    customerClass: null,
    groupLeaderId: null,
    channel: "web",
    region: null,
    deviceId: null,
    ipAddress: null,
    cartId: null,
    promotionId: null,
    payment,
    allowPartial,
    deliverBy: null,
    currency: null,
  };
}
