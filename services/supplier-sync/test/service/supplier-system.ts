import { randomUUID } from "node:crypto";
import {
  type Answer,
  attachOrStartStack,
  type ServiceClient,
  type System,
  serviceClient,
  startSystem,
  type TestStack,
  until,
} from "@septet/local-stack";
import { type Codec, createCodec, createKafkaEventLog, type EventLog, silentLogger } from "@septet/messaging";
import {
  keyOf,
  movementDraft,
  RECORDS,
  type RecordName,
  type RecordOf,
  supplierLocation,
} from "@septet/stock-contracts";

export const WITHIN_MS = 60_000;

/** The service run for real, with the event log on one side and operators and suppliers on the other. */
export class SupplierSystem {
  readonly system: System;
  readonly #stack: TestStack;
  readonly #log: EventLog;
  readonly #codec: Codec;
  readonly #sequences = new Map<string, number>();

  private constructor(stack: TestStack, system: System) {
    this.#stack = stack;
    this.system = system;
    this.#log = createKafkaEventLog({
      brokers: [system.kafkaBrokers],
      clientId: "test",
      topicPrefix: system.topicPrefix,
      logger: silentLogger,
    });
    this.#codec = createCodec({ registryUrl: system.registryUrl, logger: silentLogger });
  }

  /** Starts `instances` of the service on empty tables. */
  static async start(instances = 1, env: Readonly<Record<string, string>> = {}): Promise<SupplierSystem> {
    const stack = await attachOrStartStack();
    const system = new SupplierSystem(
      stack,
      await startSystem({ stack, services: { "supplier-sync": instances }, env }),
    );
    await system.#codec.register(["StockMovement", "FulfilmentRequested", "FulfilmentCancelRequested"]);
    return system;
  }

  async stop(): Promise<void> {
    await this.#log.close();
    await this.system.stop();
    await this.#stack.stop();
  }

  operator(i = 0): ServiceClient {
    return this.system.http("supplier-sync", i, ["operator"]);
  }

  /** Somebody of the supplier's, who sees its own data only. */
  of(supplier: string, i = 0): ServiceClient {
    return serviceClient(this.system.urls["supplier-sync"]![i]!, () => this.system.token(["supplier"], { supplier }));
  }

  /** A new supplier that sells; its id. */
  async supplier(more: object = {}, supplierId = `s-${randomUUID()}`): Promise<string> {
    const body = { name: "Li Brothers", timeZone: zoneFarFromCutOff(), state: "ACTIVE", ...more };
    const answer = await this.operator().put(`/v1/suppliers/${supplierId}`, body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return supplierId;
  }

  async offer(supplierId: string, sku: string): Promise<Answer["body"]> {
    const answer = await this.operator().get(`/v1/suppliers/${supplierId}/offers/${sku}`);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  }

  /** order-reservation promises pieces of a supplier's to an order. */
  async reserve(supplierId: string, sku: string, quantity: number, orderId = `o-${randomUUID()}`): Promise<string> {
    const reference = { type: "order", id: orderId, line: "1" } as const;
    const draft = movementDraft("RESERVE", undefined, { sku, quantity, at: supplierLocation(supplierId), reference });
    const sequence = (this.#sequences.get(sku) ?? 0) + 1;
    this.#sequences.set(sku, sequence);
    const movementId = randomUUID();
    const recordedBy = "order-reservation";
    const value = { ...draft, eventId: movementId, movementId, occurredAt: Date.now(), sequence, recordedBy };
    await this.tell("StockMovement", { ...value, legs: [...draft.legs] });
    return orderId;
  }

  /** An order that holds pieces there and is paid: the supplier is asked for them, and both are known. Its fulfilmentId. */
  async ordered(supplierId: string, sku: string, quantity: number): Promise<string> {
    const orderId = await this.reserve(supplierId, sku, quantity);
    const fulfilmentId = `${orderId}/1`;
    await this.tell("FulfilmentRequested", {
      ...{ eventId: randomUUID(), occurredAt: Date.now() },
      ...{ fulfilmentId, orderId, location: supplierLocation(supplierId), deliverBy: null },
      lines: [{ lineId: "1", sku, quantity }],
    });
    const path = `/v1/suppliers/${supplierId}/orders/${encodeURIComponent(fulfilmentId)}`;
    await until("both are seen", WITHIN_MS, async () => {
      const { computed, reserved } = await this.offer(supplierId, sku);
      const isKnown = (await this.operator().get(path)).status === 200;
      return isKnown && computed.open === reserved && reserved >= quantity;
    });
    return fulfilmentId;
  }

  /** Sets the clock of the service; it goes on from there. */
  async setClock(ms: number): Promise<void> {
    const sql = "UPDATE clock_shift SET shift_ms = $1 - (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    await this.system.query("supplier-sync", sql, [ms]);
  }

  /** Publishes records as they are: with the same eventId it is the same event once more. */
  async tell<N extends RecordName>(name: N, ...values: RecordOf<N>[]): Promise<void> {
    const records = values.map((value) => {
      return { topic: RECORDS[name].topic, key: keyOf(name, value), value: this.#codec.encode(name, value) };
    });
    await this.#log.publish(records);
  }

  /** Lets the reports of one supplier be older by days, as if nobody had said anything since. */
  async age(supplierId: string, days: number): Promise<void> {
    const sql = `UPDATE offer SET as_of = as_of - $2 * interval '1 day', due_at = due_at - $2 * interval '1 day'
      WHERE supplier_id = $1`;
    await this.system.query("supplier-sync", sql, [supplierId, days]);
  }

  /** Whether a supplier's deadlines were looked at, and how many it has missed. */
  async missedReports(supplierId: string): Promise<{ looked: boolean; missed: number }> {
    const sql = `SELECT EXISTS (SELECT FROM report_clock WHERE supplier_id = $1) AS looked,
      (SELECT count(*)::int FROM judged_report WHERE supplier_id = $1 AND received_at IS NULL) AS missed`;
    const [row] = await this.system.query<{ looked: boolean; missed: number }>("supplier-sync", sql, [supplierId]);
    return row!;
  }

  /** Lets a supplier's deadlines have been looked at so many days ago, as after an outage. */
  async lookBack(supplierId: string, days: number): Promise<void> {
    const sql = "UPDATE report_clock SET checked_until = septet_now() - $2 * interval '1 day' WHERE supplier_id = $1";
    await this.system.query("supplier-sync", sql, [supplierId, days]);
  }

  /** Brings a time of a supplier's orders to now. */
  async bring(supplierId: string, column: "send_at" | "confirmation_due_at"): Promise<void> {
    const sql = `UPDATE supplier_order SET ${column} = septet_now() WHERE supplier_id = $1`;
    await this.system.query("supplier-sync", sql, [supplierId]);
  }

  /** Everything of one kind that was published so far, in order per key; what a relay sends twice is one event and comes once. */
  async told<N extends RecordName>(name: N): Promise<RecordOf<N>[]> {
    const all = new Map<string, RecordOf<N>>();
    await this.#log.read({
      topic: RECORDS[name].topic,
      from: "earliest",
      visit: async (message) => {
        const decoded = await this.#codec.decode(message);
        if (!decoded.ok || decoded.name !== name) return;
        const { eventId } = decoded.value;
        if (!all.has(eventId)) all.set(eventId, decoded.value as RecordOf<N>);
      },
    });
    return [...all.values()];
  }

  /** Waits until everything decided is published. */
  async sent(): Promise<void> {
    await until("everything is published", WITHIN_MS, async () => {
      const sql = "SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL";
      return (await this.system.query("supplier-sync", sql))[0].n === 0;
    });
  }
}

/** A zone in which it is hours to 22:00 and to midnight, so that no clock strikes while a test looks. */
function zoneFarFromCutOff(): string {
  const hourInShanghai = (new Date().getUTCHours() + 8) % 24;
  return hourInShanghai >= 3 && hourInShanghai < 19 ? "Asia/Shanghai" : "America/New_York";
}

/** The last part of a problem's type, which is its stable name. */
export const problemOf = (answer: Answer): string => String(answer.body.type).split("/").at(-1)!;

/** The name of a SKU of its own. */
export const aSku = (): string => `S-${randomUUID()}`;
