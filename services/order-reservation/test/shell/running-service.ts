import { randomUUID } from "node:crypto";
import { attachOrStartStack, type System, startSystem, type TestStack } from "@septet/local-stack";
import {
  type Codec,
  createCodec,
  createKafkaEventLog,
  type DeadLetter,
  deadLetterOf,
  type EventLog,
  type InboundMessage,
  type OutboundRecord,
} from "@septet/messaging";
import {
  deadLetterTopic,
  keyOf,
  type MovementDraft,
  movementDraft,
  RECORDS,
  type RecordName,
  type RecordOf,
} from "@septet/stock-contracts";

const QUIET = { debug() {}, info() {}, warn() {}, error() {} };
const UPSTREAM = [
  "OrderPlaced",
  "OrderCancelled",
  "ShortageChoiceMade",
  "PaymentSucceeded",
  "PaymentFailed",
  "CartItemAdded",
  "CartItemRemoved",
  "SkuListed",
  "StockMovement",
  "FulfilmentCancelled",
  "LocationDefined",
  "TransferReservationRequested",
  "PromotionScheduled",
  "PromotionEnded",
] as const satisfies readonly RecordName[];

export type Lines = Record<string, [sku: string, quantity: number]>;

/** order-reservation as a process on a real stack, and this test as everybody it talks to. */
export class RunningService {
  readonly system: System;
  readonly eventLog: EventLog;
  readonly #stack: TestStack;
  readonly #codec: Codec;
  readonly #sequences = new Map<string, number>();

  private constructor(stack: TestStack, system: System, eventLog: EventLog, codec: Codec) {
    this.#stack = stack;
    this.system = system;
    this.eventLog = eventLog;
    this.#codec = codec;
  }

  static async start(o: { instances?: number; env?: Record<string, string> } = {}): Promise<RunningService> {
    const stack = await attachOrStartStack();
    const env = { SWEEP_INTERVAL_MS: "100", ...o.env };
    const system = await startSystem({ stack, services: { "order-reservation": o.instances ?? 1 }, env });
    const eventLog = createKafkaEventLog({
      brokers: stack.kafkaBrokers.split(","),
      clientId: "test",
      topicPrefix: system.topicPrefix,
      logger: QUIET,
    });
    const codec = createCodec({ registryUrl: stack.registryUrl, logger: QUIET });
    await codec.register(UPSTREAM);
    return new RunningService(stack, system, eventLog, codec);
  }

  async stop(): Promise<void> {
    await this.eventLog.close();
    await this.system.stop();
    await this.#stack.stop();
  }

  http(i = 0, roles?: Parameters<System["http"]>[2]) {
    return this.system.http("order-reservation", i, roles);
  }

  // --- what others publish ------------------------------------------------------------------------------------

  record<N extends RecordName>(name: N, value: Omit<RecordOf<N>, "eventId" | "occurredAt">): OutboundRecord {
    const full = { eventId: randomUUID(), occurredAt: Date.now(), ...value } as RecordOf<N>;
    return { topic: RECORDS[name].topic, key: keyOf(name, full), value: this.#codec.encode(name, full) };
  }

  publish(...records: OutboundRecord[]): Promise<void> {
    return this.eventLog.publish(records);
  }

  placed(orderId: string, lines: Lines, more: Partial<RecordOf<"OrderPlaced">> = {}): OutboundRecord {
    return this.record("OrderPlaced", { ...body(orderId, lines), ...more } as RecordOf<"OrderPlaced">);
  }

  paid(orderId: string): OutboundRecord {
    return this.record("PaymentSucceeded", { orderId, paymentId: null });
  }

  cancelled(orderId: string, lines: RecordOf<"OrderCancelled">["lines"] = null): OutboundRecord {
    return this.record("OrderCancelled", { orderId, lines, reason: null });
  }

  /** A movement of the warehouse, with the next sequence of its stream. */
  movement(draft: MovementDraft): OutboundRecord {
    const sequence = (this.#sequences.get(draft.sku) ?? 0) + 1;
    this.#sequences.set(draft.sku, sequence);
    return this.record("StockMovement", { ...draft, movementId: randomUUID(), sequence, recordedBy: "warehouse" });
  }

  async receive(sku: string, location: string, quantity: number): Promise<void> {
    const reference = { type: "receipt", id: randomUUID(), line: "1" } as const;
    const [before] = await this.balance(sku, location);
    await this.publish(this.movement(movementDraft("RECEIPT", "sellable", { sku, quantity, at: location, reference })));
    await eventually(async () => {
      const [sellable] = await this.balance(sku, location);
      if (sellable !== before + quantity) throw new Error(`${sku} is at ${sellable}`);
    });
  }

  // --- what one sees -------------------------------------------------------------------------------------------

  /** `[sellable, orderReserved]` */
  async balance(sku: string, location: string): Promise<[number, number]> {
    const sql = "SELECT sellable::int, order_reserved::int FROM stock WHERE sku = $1 AND location = $2";
    const [row] = await this.query<{ sellable: number; order_reserved: number }>(sql, [sku, location]);
    return row === undefined ? [0, 0] : [row.sellable, row.order_reserved];
  }

  query<T>(sql: string, params: readonly unknown[] = []): Promise<T[]> {
    return this.system.query<T>("order-reservation", sql, [...params]);
  }

  async state(orderId: string): Promise<string | undefined> {
    const [row] = await this.query<{ state: string }>("SELECT state FROM orders WHERE order_id = $1", [orderId]);
    return row?.state;
  }

  /** Waits until orders stand so, all of them. */
  async untilStates(expected: Record<string, string>): Promise<void> {
    await eventually(async () => {
      const sql = "SELECT order_id, state FROM orders WHERE order_id = ANY($1::text[])";
      const rows = await this.query<{ order_id: string; state: string }>(sql, [Object.keys(expected)]);
      const states = Object.fromEntries(rows.map((row) => [row.order_id, row.state]));
      for (const [orderId, state] of Object.entries(expected)) {
        if (states[orderId] !== state) throw new Error(`${orderId} is ${states[orderId]}, not ${state}`);
      }
    });
  }

  /** Every record of a topic so far, with its name; what a relay sends twice is one event and comes once. */
  async records(topic: string): Promise<{ name: RecordName; value: Record<string, unknown> }[]> {
    const records = new Map<unknown, { name: RecordName; value: Record<string, unknown> }>();
    const visit = async (message: InboundMessage) => {
      const decoded = await this.#codec.decode(message);
      if (!decoded.ok) throw new Error(decoded.error.message);
      const { eventId } = decoded.value;
      const value = decoded.value as unknown as Record<string, unknown>;
      if (!records.has(eventId)) records.set(eventId, { name: decoded.name, value });
    };
    await this.eventLog.read({ topic, from: "earliest", visit });
    return [...records.values()];
  }

  /** Names of what was published about an order on stock.reservations.v1. */
  async story(orderId: string): Promise<string[]> {
    const records = await this.records("stock.reservations.v1");
    return records.filter(({ value }) => value.orderId === orderId).map(({ name }) => name);
  }

  /** The dead letters so far, each place on a topic once. */
  async deadLetters(): Promise<DeadLetter[]> {
    const letters = new Map<string, DeadLetter>();
    const visit = (message: InboundMessage) => {
      const letter = deadLetterOf(message);
      if (letter !== undefined) letters.set(JSON.stringify(letter.origin), letter);
    };
    await this.eventLog.read({ topic: deadLetterTopic("order-reservation"), from: "earliest", visit });
    return [...letters.values()];
  }
}

/** What a storefront posts, and an event carries. */
export function body(orderId: string, lines: Lines, more: Record<string, unknown> = {}) {
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
    payment: "PENDING",
    allowPartial: false,
    deliverBy: null,
    currency: null,
    language: null,
    lines: Object.entries(lines).map(([lineId, [sku, quantity]]) => ({ lineId, sku, quantity, unitPriceMinor: null })),
    ...more,
  };
}

/** Tries again until it no longer throws; its last error after `ms`. */
export async function eventually<T>(check: () => Promise<T>, ms = 60_000): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
