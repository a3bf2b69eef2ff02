import { randomUUID } from "node:crypto";
import {
  attachOrStartStack,
  type LocalService,
  type System,
  type SystemOptions,
  startSystem,
  type TestStack,
} from "@septet/local-stack";
import { type InboundMessage, silentLogger } from "@septet/messaging";
import type { RecordName, RecordOf, RecordTopic } from "@septet/stock-contracts";
import { clientOf, type PlatformAccess } from "../../src/platform/access.js";
import { auditWhenStill } from "../../src/platform/audit.js";
import { accessTo } from "../../src/platform/own-platform.js";
import type { ServiceClient } from "../../src/platform/service-client.js";
import { waitFor } from "../../src/platform/wait.js";
import { type Named, Wire } from "../../src/platform/wire.js";
import { orderPlaced } from "./records.js";

const HEARD: readonly RecordTopic[] = ["stock.reservations.v1", "stock.fulfilments.v1", "stock.alerts.v1"];
const PATIENCE_MS = 120_000;

export const WAREHOUSE = "LEEDS";

/** An order as tests write it down; what is left out is usual. */
export interface OrderWish {
  readonly orderId: string;
  readonly payment?: "PENDING" | "PAID";
  readonly allowPartial?: boolean;
  readonly lines: readonly { readonly lineId?: string; readonly sku: string; readonly quantity: number }[];
}

/** A whole platform for one test file, with ears on its topics. */
export class Scenario {
  readonly stack: TestStack;
  readonly system: System;
  readonly access: PlatformAccess;
  readonly wire: Wire;
  readonly reservation: ServiceClient;
  readonly warehouse: ServiceClient;
  readonly transfer: ServiceClient;
  readonly suppliers: ServiceClient;
  readonly ledger: ServiceClient;
  private readonly heard: Named[] = [];
  private readonly heardIds = new Set<string>();
  private readonly byOrder = new Map<string, Named[]>();
  /** The offset after the last record heard, by topic and partition. */
  private readonly heardUpTo = new Map<string, number>();
  private following: { stop(): Promise<void> } | undefined;

  private constructor(stack: TestStack, system: System) {
    this.stack = stack;
    this.system = system;
    this.access = accessTo(system, stack, silentLogger);
    this.wire = new Wire(this.access, "septet-scenario");
    this.reservation = clientOf(this.access, "order-reservation");
    this.warehouse = clientOf(this.access, "warehouse");
    this.transfer = clientOf(this.access, "transfer");
    this.suppliers = clientOf(this.access, "supplier-sync");
    this.ledger = clientOf(this.access, "ledger");
  }

  /** Starts everything and defines a warehouse. */
  static async open(options: Omit<SystemOptions, "stack">): Promise<Scenario> {
    const stack = await attachOrStartStack();
    try {
      const system = await startSystem({ stack, ...options });
      const scenario = new Scenario(stack, system);
      await scenario.begin();
      return scenario;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  private async begin(): Promise<void> {
    await this.wire.codec.register(["SkuListed", "OrderPlaced", "OrderCancelled", "PaymentSucceeded", "PaymentFailed"]);
    await this.warehouse.put(`/v1/warehouses/${WAREHOUSE}`, { name: WAREHOUSE });
    this.following = await this.wire.follow(
      `scenario-${randomUUID()}`,
      HEARD,
      (record, message) => {
        this.hear(record);
        this.heardUpTo.set(`${message.topic}/${message.partition}`, message.offset + 1);
      },
      (error) => {
        throw error;
      },
    );
  }

  async close(): Promise<void> {
    try {
      await this.following?.stop();
      await this.wire.close();
      await this.system.stop();
    } finally {
      await this.stack.stop();
    }
  }

  /**
   * Waits until the services have published all that they had decided by now, and the test has heard it: before that, what a
   * service shows over HTTP may be ahead of what was heard.
   */
  async untilAllHeard(): Promise<void> {
    const services = (Object.keys(this.system.urls) as LocalService[]).filter((service) => service !== "ledger");
    for (const service of services)
      await waitFor(
        `${service} to publish everything`,
        async () => {
          const sql = "SELECT EXISTS (SELECT FROM outbox WHERE published_at IS NULL) AS waits";
          return (await this.system.query<{ waits: boolean }>(service, sql))[0]?.waits === false;
        },
        { timeoutMs: PATIENCE_MS },
      );
    for (const topic of HEARD) {
      const ends = await this.wire.eventLog.endOffsets(topic);
      const missing = () =>
        [...ends].filter(([partition, end]) => (this.heardUpTo.get(`${topic}/${partition}`) ?? 0) < end);
      await waitFor(`${topic} to be heard`, () => missing().length === 0, { timeoutMs: PATIENCE_MS, seen: missing });
    }
  }

  /** What a relay sends twice is one event and heard once. */
  private hear(record: Named): void {
    const { eventId } = record.value;
    if (this.heardIds.has(eventId)) return;
    this.heardIds.add(eventId);
    this.heard.push(record);
    const { orderId } = record.value as { orderId?: string | null };
    if (!orderId) return;
    const known = this.byOrder.get(orderId);
    if (known) known.push(record);
    else this.byOrder.set(orderId, [record]);
  }

  /** Receives sellable goods and waits until order-reservation may sell them. */
  async receive(sku: string, quantity: number, location = WAREHOUSE): Promise<void> {
    const before = await this.bucket("order-reservation", sku, "sellable", location);
    const lines = [{ sku, quantity }];
    await this.warehouse.post("/v1/receipts", randomUUID(), { location, reference: randomUUID(), lines });
    await this.untilBucket(sku, "sellable", before + quantity, location);
  }

  /** Pieces that a service holds in one of its buckets now. */
  async bucket(service: LocalService, sku: string, bucket: string, location = WAREHOUSE): Promise<number> {
    const client = service === "warehouse" ? this.warehouse : this.reservation;
    const { body } = await client.get(`/v1/balances?sku=${encodeURIComponent(sku)}`);
    const items: { location: string; bucket: string; quantity: number }[] = body.items;
    return items.find((item) => item.location === location && item.bucket === bucket)?.quantity ?? 0;
  }

  /** Waits until order-reservation's bucket holds exactly so many pieces. */
  async untilBucket(sku: string, bucket: string, quantity: number, location = WAREHOUSE): Promise<void> {
    let seen = Number.NaN;
    await waitFor(
      `${quantity} pieces of ${sku} in ${bucket}`,
      async () => {
        seen = await this.bucket("order-reservation", sku, bucket, location);
        return seen === quantity;
      },
      { timeoutMs: PATIENCE_MS, seen: () => seen },
    );
  }

  publish(...records: Named[]): Promise<void> {
    return this.wire.publish(records);
  }

  /** Everything published about an order so far, in order of arrival. */
  about(orderId: string): readonly Named[] {
    return this.byOrder.get(orderId) ?? [];
  }

  /** The names of the outcomes of an order on stock.reservations.v1, in order of arrival. */
  outcomes(orderId: string): RecordName[] {
    return this.about(orderId)
      .map(({ name }) => name)
      .filter((name) => name.startsWith("Order"));
  }

  /** Waits for a record of this name about an order. */
  async outcome<N extends RecordName>(orderId: string, name: N): Promise<RecordOf<N>> {
    return waitFor(
      `${name} of ${orderId}`,
      () => this.about(orderId).find((record) => record.name === name)?.value as RecordOf<N> | undefined,
      { timeoutMs: PATIENCE_MS, seen: () => this.outcomes(orderId) },
    );
  }

  /** Waits until every one of the orders has an outcome. */
  async untilAnswered(orderIds: readonly string[]): Promise<void> {
    let open: string[] = [];
    await waitFor(
      `outcomes of ${orderIds.length} orders`,
      () => {
        open = orderIds.filter((orderId) => this.outcomes(orderId).length === 0);
        return open.length === 0;
      },
      { timeoutMs: PATIENCE_MS, seen: () => `${open.length} open, such as ${open[0]}` },
    );
  }

  /** Waits for an alert with this code that the test accepts. */
  async alert(code: string, accept: (alert: RecordOf<"StockAlertRaised">) => boolean = () => true) {
    return waitFor(
      `the alert ${code}`,
      () =>
        this.heard
          .filter(({ name }) => name === "StockAlertRaised")
          .map(({ value }) => value as RecordOf<"StockAlertRaised">)
          .find((alert) => alert.code === code && accept(alert)),
      { timeoutMs: PATIENCE_MS },
    );
  }

  /** Waits until an alert is cleared. */
  async cleared(alertId: string): Promise<RecordOf<"StockAlertCleared">> {
    return waitFor(
      `the end of the alert ${alertId}`,
      () =>
        this.heard
          .filter(({ name }) => name === "StockAlertCleared")
          .map(({ value }) => value as RecordOf<"StockAlertCleared">)
          .find((alert) => alert.alertId === alertId),
      { timeoutMs: PATIENCE_MS },
    );
  }

  /** Every alert raised so far, by code. */
  alerts(code: string): RecordOf<"StockAlertRaised">[] {
    return this.heard
      .filter(({ name }) => name === "StockAlertRaised")
      .map(({ value }) => value as RecordOf<"StockAlertRaised">)
      .filter((alert) => alert.code === code);
  }

  /** The order as order-reservation shows it. */
  async order(orderId: string) {
    const { body } = await this.reservation.get(`/v1/reservations/${encodeURIComponent(orderId)}`);
    return body;
  }

  /** Waits until the order is in this state. */
  async untilState(orderId: string, state: string): Promise<void> {
    let seen: unknown;
    await waitFor(
      `${orderId} to be ${state}`,
      async () => {
        seen = (await this.order(orderId)).state;
        return seen === state;
      },
      { timeoutMs: PATIENCE_MS, seen: () => seen },
    );
  }

  /** What is no success at the end: the audit's failures once nothing is under way any more. */
  async auditFailures(patienceMs = PATIENCE_MS): Promise<readonly string[]> {
    return (await auditWhenStill(this.ledger, patienceMs)).failures;
  }

  /** A paid order that is picked and shipped whole, from one location, once its pieces may be sold there. */
  async sold(orderId: string, sku: string, quantity: number): Promise<void> {
    await this.publish(orderPlaced({ orderId, payment: "PAID", lines: [{ sku, quantity }] }));
    await this.shipped(orderId);
  }

  /** Picks and ships the fulfilment of a paid order. */
  async shipped(orderId: string): Promise<void> {
    const path = await this.picked(orderId);
    await this.warehouse.post(`${path}/ship`, `ship ${orderId}`, {});
    await this.outcome(orderId, "OrderFulfilled");
  }

  /** Picks the fulfilment of a paid order as soon as the warehouse knows it, which may be later than the test; its path. */
  async picked(orderId: string): Promise<string> {
    const { fulfilmentId } = await this.outcome(orderId, "FulfilmentRequested");
    const path = `/v1/fulfilments/${encodeURIComponent(fulfilmentId)}`;
    await waitFor(
      `${fulfilmentId} at the warehouse`,
      async () => (await this.warehouse.post(`${path}/pick`, randomUUID(), {}, [404])).status === 200,
      { timeoutMs: PATIENCE_MS },
    );
    return path;
  }

  /** The dead letters of a service. */
  async deadLetters(service: "order-reservation" | "warehouse" | "transfer" | "ledger"): Promise<InboundMessage[]> {
    const letters: InboundMessage[] = [];
    await this.wire.eventLog.read({
      topic: `${service}.dead-letters.v1`,
      from: "earliest",
      visit: (message) => {
        letters.push(message);
      },
    });
    return letters;
  }
}
