import type { InboundMessage } from "@septet/messaging";
import { keyOf, RECORDS, type RecordName, type RecordOf } from "@septet/stock-contracts";
import type { Exchange } from "../world/history.js";
import type { HttpRequest } from "../world/http-call.js";
import type { World } from "../world/world.js";
import { bundlingDone } from "./bundling.js";
import { Carriers } from "./carriers.js";
import { choosingDone } from "./choosing.js";
import { claimingDone } from "./claiming.js";
import { Counters } from "./counters.js";
import { Deliveries } from "./deliveries.js";
import { disturbingDone } from "./disturbing.js";
import { expectingDone } from "./expecting.js";
import { limitingDone } from "./limiting.js";
import { lookingDone } from "./looking.js";
import { Movers } from "./movers.js";
import { promotingDone } from "./promoting.js";
import { Regrets } from "./regrets.js";
import { rightingDone } from "./righting.js";
import { rulingDone } from "./ruling.js";
import type { Move } from "./script.js";
import { sellingDone } from "./selling.js";
import { sourcingDone } from "./sourcing.js";
import { stocktakingDone } from "./stocktaking.js";
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
  ...bundlingDone,
  ...warehousingDone,
  ...transferringDone,
  ...uploadingDone,
  ...claimingDone,
  ...expectingDone,
  ...rulingDone,
  ...limitingDone,
  ...choosingDone,
  ...sourcingDone,
  ...promotingDone,
  ...lookingDone,
  ...rightingDone,
  ...stocktakingDone,
  ...disturbingDone,
};

/** A request on its way. */
export interface Asking {
  readonly exchange: Exchange;
  request: HttpRequest;
  askedAtStep: number;
  /** How often. */
  asked: number;
  /** When it was sent first, epoch ms; null before. */
  sentAt: number | null;
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
  readonly counters = new Counters(this);
  readonly movers = new Movers(this);
  readonly #askings: Asking[] = [];
  #events = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** Requests that were not answered yet, and clerks who are not done. */
  get unanswered(): number {
    return (
      this.#askings.filter((asking) => asking.open).length +
      [this.deliveries, this.carriers, this.counters].filter((clerks) => clerks.busy).length
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
    this.movers.work();
    await this.counters.work();
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
    const asking: Asking = {
      exchange,
      request: { ...request, key },
      askedAtStep: 0,
      asked: 0,
      sentAt: null,
      open: true,
    };
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
    if (asking.sentAt === null && this.counters.closes(asking)) return;
    asking.sentAt ??= scheduler.now;
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

  /** Whatever was sent until then, epoch ms, that moves something on a shelf is answered. */
  isQuiet(sku: string, location: string, until: number): boolean {
    return !this.#askings.some((asking) => {
      return asking.open && asking.sentAt !== null && asking.sentAt <= until && this.isAt(asking, sku, location);
    });
  }

  /** Does the request move pieces of the SKU at the location, or may it? */
  isAt({ exchange }: Asking, sku: string, location: string): boolean {
    const { move, path, service, method } = exchange;
    if (method !== "POST" || service === "order-reservation" || service === "ledger") return false;
    if (path.startsWith("/v1/stocktakes")) return false;
    if (move.do === "book" || move.do === "adjust") return move.sku.startsWith(sku) && move.location === location;
    if (move.do === "upload") return move.location === location;
    const fulfilmentId = path.startsWith("/v1/fulfilments/") ? decodeURIComponent(path.split("/")[3]!) : undefined;
    if (fulfilmentId === undefined) return true;
    const requested = this.world.history.records("FulfilmentRequested");
    const fulfilment = requested.find(({ value }) => value.fulfilmentId === fulfilmentId)?.value;
    return fulfilment?.location === location && fulfilment.lines.some((line) => line.sku === sku);
  }
}
