import type { InboundMessage } from "@septet/messaging";
import { keyOf, RECORDS, type RecordName, type RecordOf } from "@septet/stock-contracts";
import type { Exchange } from "../world/history.js";
import type { HttpRequest } from "../world/http-call.js";
import type { World } from "../world/world.js";
import { Carriers } from "./carriers.js";
import { claimingDone } from "./claiming.js";
import { Deliveries } from "./deliveries.js";
import { disturbingDone } from "./disturbing.js";
import { expectingDone } from "./expecting.js";
import { limitingDone } from "./limiting.js";
import { lookingDone } from "./looking.js";
import { Regrets } from "./regrets.js";
import { rightingDone } from "./righting.js";
import { rulingDone } from "./ruling.js";
import type { Move } from "./script.js";
import { sellingDone } from "./selling.js";
import { transferringDone } from "./transferring.js";
import { uploadingDone } from "./uploading.js";
import { warehousingDone } from "./warehousing.js";

/** A caller that has waited this many steps asks again, with the same key, perhaps elsewhere; the next time it waits longer. */
const PATIENCE_STEPS = 90;
const MAX_PATIENCE = 8;

/** The workload asks for nothing that it may not, in no form that is wrong. */
const TURNED_AWAY: ReadonlySet<number> = new Set([400, 401, 403, 405]);

/** How each move is done, by feature. */
const DONE: { readonly [D in Move["do"]]: (outside: OutsideWorld, move: Extract<Move, { do: D }>) => void } = {
  ...sellingDone,
  ...warehousingDone,
  ...transferringDone,
  ...uploadingDone,
  ...claimingDone,
  ...expectingDone,
  ...rulingDone,
  ...limitingDone,
  ...lookingDone,
  ...rightingDone,
  ...disturbingDone,
};

/** A request on its way. */
export interface Asking {
  readonly exchange: Exchange;
  request: HttpRequest;
  askedAtStep: number;
  /** How often. */
  asked: number;
  /** Still without a final answer. */
  open: boolean;
}

/** Shops, payment providers and clerks: carries the moves out, and never gives a request up before it is answered. */
export class OutsideWorld {
  readonly world: World;
  /** Messages sent, in their order. */
  readonly upstream: InboundMessage[] = [];
  readonly deliveries = new Deliveries(this);
  readonly carriers = new Carriers(this);
  readonly regrets = new Regrets(this);
  readonly #askings: Asking[] = [];
  #events = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** Requests that were not answered yet, and clerks who are not done. */
  get unanswered(): number {
    return (
      this.#askings.filter((asking) => asking.open).length +
      [this.deliveries, this.carriers].filter((clerks) => clerks.busy).length
    );
  }

  perform(move: Move): void {
    const { history, scheduler, trace } = this.world;
    history.moves.push({ move, at: scheduler.now });
    trace.line(`${scheduler.steps} +${scheduler.awakeMs} outside ${JSON.stringify(move)}`);
    (DONE[move.do] as (outside: OutsideWorld, move: Move) => void)(this, move);
  }

  /** Asks again where a caller has lost patience, or nobody was there. */
  async insist(): Promise<void> {
    this.deliveries.work();
    this.carriers.work();
    this.regrets.work();
    for (const asking of this.#askings) {
      const patience = PATIENCE_STEPS * Math.min(asking.asked, MAX_PATIENCE);
      if (asking.open && this.world.scheduler.steps - asking.askedAtStep >= patience) this.ask(asking);
    }
  }

  send<N extends RecordName>(name: N, value: Omit<RecordOf<N>, "eventId" | "occurredAt">): void {
    const eventId = `event-${++this.#events}`;
    const record = { eventId, occurredAt: this.world.scheduler.now, ...value } as unknown as RecordOf<N>;
    this.append(RECORDS[name].topic, keyOf(name, record), this.world.codec.encode(name, record));
  }

  append(topic: string, key: string, value: Buffer): void {
    this.upstream.push(this.world.broker.append({ topic, key, value }, this.world.scheduler.now));
  }

  /** Asks a service, with a key of its own, until it is answered; one that is not part of the day is asked nothing. */
  request(move: Move, service: string, request: HttpRequest): Asking {
    const { scheduler, history, instances } = this.world;
    const { path, method } = request;
    const exchange: Exchange = { move, service, path, method, askedAt: scheduler.now, answers: [] };
    const key = `key-${this.#askings.length + 1}`;
    const asking: Asking = { exchange, request: { ...request, key }, askedAtStep: 0, asked: 0, open: true };
    if (!instances.some((instance) => instance.service === service)) return { ...asking, open: false };
    history.exchanges.push(exchange);
    this.#askings.push(asking);
    this.ask(asking);
    return asking;
  }

  /** Sends a request (again). */
  ask(asking: Asking): void {
    const { scheduler, instances, trace } = this.world;
    asking.open = true;
    asking.askedAtStep = scheduler.steps;
    asking.asked += 1;
    const there = instances.filter((instance) => instance.service === asking.exchange.service && instance.up);
    if (there.length === 0) return;
    const { request } = asking;
    const { key, method, path, breaksAfter, ...whole } = request;
    // A connection breaks once; whoever was cut off hears nothing and asks again.
    if (breaksAfter !== undefined) asking.request = { key, method, path, ...whole };
    trace.line(`${scheduler.steps} +${scheduler.awakeMs} outside ${key} asks ${method} ${path}`);
    const answer = there[scheduler.choose(there.length)]!.request(request);
    void answer?.then((said) => {
      if (breaksAfter !== undefined) return;
      trace.line(
        `${scheduler.steps} +${scheduler.awakeMs} outside ${asking.request.key} is answered ${said.status} ${said.status < 400 ? "" : JSON.stringify(said.body)}`,
      );
      // Asked for too early, or too much to do: the caller comes again.
      if (said.status >= 500) return;
      if (TURNED_AWAY.has(said.status)) {
        this.world.findings.push(`whoever may ask is answered: ${asking.request.path} ${JSON.stringify(said)}`);
      }
      asking.open = false;
      asking.exchange.answers.push(said);
    });
  }
}
