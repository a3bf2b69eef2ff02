import { randomUUID } from "node:crypto";
import { DEAD_LETTER_TOPICS, type RecordOf } from "@septet/stock-contracts";
import { clientOf, type PlatformAccess } from "../platform/access.js";
import { type AuditSummary, auditWhenStill } from "../platform/audit.js";
import { waitFor } from "../platform/wait.js";
import { messagesIn, type Named, Wire } from "../platform/wire.js";
import { derivedId } from "./identity.js";
import type { UnreadableRow } from "./log-line.js";
import { defineWarehouses, readOnHand, receiveOpeningStock, waitUntilSellable } from "./opening.js";
import type { OpeningLine } from "./opening-stock.js";
import { isDecided, isSettled, OrderBook } from "./order-book.js";
import type { Listing, PlannedAction, PlannedOrder, ReplayPlan } from "./plan.js";
import { makeReport, type ReplayReport } from "./report.js";
import { Shelf } from "./shelf.js";
import { WarehouseFloor } from "./warehouse-floor.js";
import { Witness } from "./witness.js";

export interface ReplayRun {
  readonly access: PlatformAccess;
  readonly plan: ReplayPlan;
  readonly opening: { readonly lines: readonly OpeningLine[]; readonly unreadable: readonly UnreadableRow[] };
  readonly warehouses: readonly [string, string];
  /** Times the log's clock; undefined = at full speed. */
  readonly speed: number | undefined;
  readonly concurrency: number;
  onProgress(progress: ReplayProgress): void;
  /** Begun once, when half of the timeline has been published; for tests that disturb the platform. */
  onHalfway?(): Promise<void>;
  /** How long nothing may change before what is missing is called missing. */
  readonly patienceMs?: number;
}

export interface ReplayProgress {
  readonly stage: string;
  readonly orders: number;
  readonly published: number;
  readonly decided: number;
  readonly settled: number;
}

export interface ReplayResult {
  readonly report: ReplayReport;
  readonly book: OrderBook;
  readonly witness: Witness;
}

const PATIENCE_MS = 60_000;
const PROGRESS_MS = 1_000;
const CATALOGUE_BATCH = 500;
const BATCH_ORDERS = 50;
const RECORDS = ["SkuListed", "OrderPlaced"] as const;
const FOLLOWED = ["stock.reservations.v1", "stock.fulfilments.v1"] as const;

/** Replays the plan on a running platform and reports. @throws when the platform is away for longer than patience. */
export async function runReplay(run: ReplayRun): Promise<ReplayResult> {
  const wire = new Wire(run.access, "septet-replay");
  try {
    return await new Replay(run, wire).run();
  } finally {
    await wire.close();
  }
}

class Replay {
  private readonly plan: ReplayPlan;
  private readonly book: OrderBook;
  private readonly before = new Witness();
  private readonly shelf = new Shelf();
  private readonly errors: string[] = [];
  private readonly floor: WarehouseFloor;
  private readonly warehouse;
  private readonly reservation;
  private readonly begin = performance.now();
  private readonly settings: ReplayRun;
  private readonly wire: Wire;
  private stage = "reading what is there";
  private published = 0;
  private halfway: Promise<void> | undefined;

  constructor(settings: ReplayRun, wire: Wire) {
    this.settings = settings;
    this.wire = wire;
    this.plan = settings.plan;
    this.book = new OrderBook(settings.plan.timeline.filter((action) => action.kind === "order"));
    this.warehouse = clientOf(settings.access, "warehouse");
    this.reservation = clientOf(settings.access, "order-reservation");
    this.floor = new WarehouseFloor({
      client: this.warehouse,
      shelf: this.shelf,
      warehouses: settings.warehouses,
      concurrency: settings.concurrency,
      bookedBefore: (type, reference) => this.before.knows(type, reference),
      onError: (error) => this.fail(error),
    });
  }

  async run(): Promise<ReplayResult> {
    const progress = setInterval(() => this.tell(), PROGRESS_MS);
    try {
      await this.wire.codec.register(RECORDS);
      const lettersBefore = await this.deadLetterOffsets();
      await this.witnessed(this.before);
      const refused = await this.fillShelves();
      const following = await this.followOutcomes();
      await this.playTimeline();
      await this.halfway;
      await this.untilSettled();
      await this.floor.end();
      await following.stop();
      return await this.reported(lettersBefore, refused);
    } finally {
      clearInterval(progress);
      this.tell();
    }
  }

  /** Lists the SKUs, receives the opening stock and waits until it can be sold. Returns refused rows. */
  private async fillShelves(): Promise<string[]> {
    this.stage = "listing SKUs";
    const listed = this.plan.listings.map((listing) => listingRecord(listing, this.plan));
    for (let at = 0; at < listed.length; at += CATALOGUE_BATCH)
      await this.wire.publish(listed.slice(at, at + CATALOGUE_BATCH));
    this.stage = "receiving opening stock";
    await defineWarehouses(this.warehouse, this.settings.warehouses);
    const reference = `opening-${derivedId("opening", ...this.plan.files)}`;
    const refused = await receiveOpeningStock(this.warehouse, this.settings.opening.lines, reference);
    const { pieces, heads } = await readOnHand(this.warehouse);
    for (const { location, sku, quantity } of pieces) this.shelf.put(location, [{ sku, quantity }]);
    await waitUntilSellable(this.reservation, heads, this.patienceMs);
    return refused;
  }

  /** Reads the outcomes from the beginning on; what an earlier run did is known before anything is done again. */
  private async followOutcomes(): Promise<{ stop(): Promise<void> }> {
    this.stage = "reading earlier outcomes";
    const take = ({ name, value }: Named) => {
      this.book.take(name, value, performance.now());
      this.shelf.wake();
    };
    for (const topic of FOLLOWED) await this.wire.readAll(topic, take);
    for (const fulfilment of this.book.fulfilments.values()) this.floor.fulfil(fulfilment);
    const live = ({ name, value }: Named) => {
      const request = this.book.take(name, value, performance.now());
      if (request) this.floor.fulfil(request);
      else this.shelf.wake();
    };
    return this.wire.follow(`septet-replay-${randomUUID()}`, FOLLOWED, live, (error) => this.fail(error));
  }

  private async playTimeline(): Promise<void> {
    this.stage = "replaying";
    const { timeline } = this.plan;
    const { speed } = this.settings;
    const logBegin = timeline[0]?.at ?? 0;
    const begin = performance.now();
    for (let at = 0; at < timeline.length; ) {
      if (at * 2 >= timeline.length) this.halfway ??= this.settings.onHalfway?.().catch((error) => this.fail(error));
      const due = speed === undefined ? 0 : begin + (timeline[at]!.at - logBegin) / speed;
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      at += await this.play(timeline, at);
    }
  }

  /** Does the next action, orders in a row at one go. Returns how many it did. */
  private async play(timeline: readonly PlannedAction[], from: number): Promise<number> {
    const action = timeline[from]!;
    if (action.kind === "return") this.floor.takeBack(action);
    if (action.kind === "write-off") this.floor.writeOff(action);
    if (action.kind !== "order") return 1;
    const orders: PlannedOrder[] = [];
    for (const next of timeline.slice(from, from + BATCH_ORDERS)) {
      if (next.kind !== "order" || (this.settings.speed !== undefined && next.at !== action.at)) break;
      orders.push(next);
    }
    const now = performance.now();
    for (const order of orders) this.book.orders.get(order.orderId)!.publishedAt = now;
    await this.wire.publish(orders.map(orderRecord));
    this.published += orders.length;
    return orders.length;
  }

  /** Waits until every order has come to its end; gives up when nothing has changed for as long as patience lasts. */
  private async untilSettled(): Promise<void> {
    this.stage = "settling";
    let seen = "";
    let changedAt = performance.now();
    for (;;) {
      const orders = [...this.book.orders.values()];
      const settled = orders.filter(isSettled).length;
      if (settled === orders.length && this.floor.busy === 0) return;
      const now = `${orders.filter(isDecided).length} ${settled} ${this.floor.busy} ${this.floor.account.fulfilmentsShipped}`;
      if (now !== seen) changedAt = performance.now();
      seen = now;
      if (performance.now() - changedAt > this.patienceMs) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private async reported(lettersBefore: ReadonlyMap<string, number>, openingRefused: string[]): Promise<ReplayResult> {
    this.stage = "auditing";
    await this.untilOrdersConsumed();
    const audit: AuditSummary = await auditWhenStill(clientOf(this.settings.access, "ledger"), this.patienceMs);
    const witness = new Witness();
    await this.witnessed(witness);
    const letters = await this.deadLetterOffsets();
    const deadLetters = [...letters].map(([topic, messages]) => ({
      topic,
      messages: messages - (lettersBefore.get(topic) ?? 0),
    }));
    this.stage = "done";
    const { lines, unreadable } = this.settings.opening;
    const report = makeReport({
      plan: this.plan,
      orders: [...this.book.orders.values()],
      floor: this.floor.account,
      witness,
      audit,
      deadLetters,
      openingPieces: lines.reduce((sum, line) => sum + line.quantity, 0),
      openingUnreadable: unreadable,
      openingRefused,
      movementsRecorded: witness.movements - this.before.movements,
      errors: this.errors,
      elapsedMs: performance.now() - this.begin,
    });
    return { report, book: this.book, witness };
  }

  /** An order sent a second time has no new outcome; that it was dealt with shows in the group's offsets. */
  private async untilOrdersConsumed(): Promise<void> {
    const topic = "upstream.orders.v1";
    const ends = await this.wire.eventLog.endOffsets(topic);
    await waitFor(
      "order-reservation to have read all orders",
      async () => {
        const committed = await this.wire.eventLog.committedOffsets("order-reservation", topic);
        return [...ends].every(([partition, end]) => end === 0 || (committed.get(partition) ?? 0) >= end);
      },
      { timeoutMs: this.patienceMs, everyMs: 200 },
    );
  }

  private async witnessed(witness: Witness): Promise<void> {
    await this.wire.readAll("stock.movements.v1", ({ value }) => witness.take(value as RecordOf<"StockMovement">));
  }

  private async deadLetterOffsets(): Promise<Map<string, number>> {
    const offsets = new Map<string, number>();
    for (const topic of DEAD_LETTER_TOPICS) offsets.set(topic, messagesIn(await this.wire.eventLog.endOffsets(topic)));
    return offsets;
  }

  private get patienceMs(): number {
    return this.settings.patienceMs ?? PATIENCE_MS;
  }

  private fail(error: Error): void {
    if (this.errors.length < 20) this.errors.push(error.message);
  }

  private tell(): void {
    const orders = [...this.book.orders.values()];
    const decided = orders.filter(isDecided).length;
    const settled = orders.filter(isSettled).length;
    const { stage, published } = this;
    this.settings.onProgress({ stage, orders: orders.length, published, decided, settled });
  }
}

function listingRecord({ sku, name, unitPriceMinor }: Listing, plan: ReplayPlan): Named {
  return {
    name: "SkuListed",
    value: {
      eventId: derivedId("SkuListed", ...plan.files, sku),
      occurredAt: plan.timeline[0]?.at ?? 0,
      sku,
      name,
      unitPriceMinor,
      currency: "GBP",
      substitutionGroup: null,
      parts: null,
      active: true,
    },
  };
}

function orderRecord(order: PlannedOrder): Named {
  return {
    name: "OrderPlaced",
    value: {
      eventId: order.eventId,
      occurredAt: order.at,
      orderId: order.orderId,
      customerId: order.customerId,
      customerClass: null,
      groupLeaderId: null,
      channel: "online-retail",
      region: order.country === "" ? null : order.country,
      deviceId: null,
      ipAddress: null,
      cartId: null,
      promotionId: null,
      payment: "PAID",
      allowPartial: false,
      deliverBy: null,
      lines: order.lines,
      currency: "GBP",
      language: null,
    },
  };
}
