import { randomUUID } from "node:crypto";
import {
  type Answer,
  attachOrStartStack,
  type ServiceClient,
  type System,
  startSystem,
  type TestStack,
  until,
} from "@septet/local-stack";
import { type Codec, createCodec, createKafkaEventLog, type EventLog, silentLogger } from "@septet/messaging";
import { keyOf, RECORDS, type RecordName, type RecordOf } from "@septet/stock-contracts";

export const WITHIN_MS = 60_000;

/** A warehouse that runs for real, and the world around it: the event log on one side, clerks on the other. */
export class FloorSystem {
  readonly system: System;
  readonly #stack: TestStack;
  readonly #log: EventLog;
  readonly #codec: Codec;

  private constructor(stack: TestStack, system: System) {
    this.#stack = stack;
    this.system = system;
    const brokers = [system.kafkaBrokers];
    this.#log = createKafkaEventLog({
      brokers,
      clientId: "test",
      topicPrefix: system.topicPrefix,
      logger: silentLogger,
    });
    this.#codec = createCodec({ registryUrl: system.registryUrl, logger: silentLogger });
  }

  /** Starts `instances` of the warehouse on empty tables, with the warehouses WUHAN and BEIJING defined. */
  static async start(instances = 1): Promise<FloorSystem> {
    const stack = await attachOrStartStack();
    const floor = new FloorSystem(stack, await startSystem({ stack, services: { warehouse: instances } }));
    await floor.#codec.register([
      "FulfilmentRequested",
      "FulfilmentCancelRequested",
      "StockMovement",
      "SkuListed",
      "TransferSurplusArrived",
    ]);
    for (const code of ["WUHAN", "BEIJING"]) await floor.clerk().put(`/v1/warehouses/${code}`, { name: code });
    return floor;
  }

  async stop(): Promise<void> {
    await this.#log.close();
    await this.system.stop();
    await this.#stack.stop();
  }

  clerk(i = 0): ServiceClient {
    return this.system.http("warehouse", i, ["warehouse"]);
  }

  sre(): ServiceClient {
    return this.system.http("warehouse", 0, ["sre"]);
  }

  /** Publishes records as their services would. */
  async tell<N extends RecordName>(name: N, ...values: Omit<RecordOf<N>, "eventId" | "occurredAt">[]): Promise<void> {
    await this.tellAgain(
      name,
      ...(values.map((value) => ({ eventId: randomUUID(), occurredAt: Date.now(), ...value })) as RecordOf<N>[]),
    );
  }

  /** Publishes records as they are: with the same eventId it is the same event once more. */
  async tellAgain<N extends RecordName>(name: N, ...values: RecordOf<N>[]): Promise<void> {
    const records = values.map((value) => {
      return { topic: RECORDS[name].topic, key: keyOf(name, value), value: this.#codec.encode(name, value) };
    });
    await this.#log.publish(records);
  }

  tellBytes(topic: string, key: string, value: Buffer): Promise<void> {
    return this.#log.publish([{ topic, key, value }]);
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

  /** The error codes of the warehouse's dead letters so far. */
  async deadLetters(): Promise<(string | undefined)[]> {
    const codes: (string | undefined)[] = [];
    const topic = "warehouse.dead-letters.v1";
    await this.#log.read({ topic, from: "earliest", visit: (m) => void codes.push(m.headers["dead-letter-code"]) });
    return codes;
  }

  async balance(sku: string, location = "WUHAN"): Promise<{ total: number; unsellable: number }> {
    const [row] = await this.system.query<{ total: number; unsellable: number }>(
      "warehouse",
      "SELECT total::int AS total, unsellable::int AS unsellable FROM on_hand WHERE sku = $1 AND location = $2",
      [sku, location],
    );
    return row ?? { total: 0, unsellable: 0 };
  }

  /** An order's fulfilment of lines 1, 2, … that the warehouse has taken in; its id. */
  async requested(
    lines: [sku: string, quantity: number, lineId?: string][],
    orderId = `o-${randomUUID()}`,
  ): Promise<string> {
    const fulfilmentId = `${orderId}/1`;
    await this.tell("FulfilmentRequested", {
      fulfilmentId,
      orderId,
      location: "WUHAN",
      deliverBy: null,
      lines: lines.map(([sku, quantity, lineId], index) => ({ lineId: lineId ?? `${index + 1}`, sku, quantity })),
    });
    await this.seen(fulfilmentId);
    return fulfilmentId;
  }

  /** Waits until the warehouse knows a fulfilment. */
  seen(fulfilmentId: string) {
    return until(`${fulfilmentId} is known`, WITHIN_MS, async () => {
      const answer = await this.clerk().get(pathOf(fulfilmentId));
      return answer.status === 200 && answer.body;
    });
  }

  /**
   * Waits until every message up to now is settled and everything decided is published. The outbox is looked at before the
   * ends of the topics, because what it held is read back, and after them, because what was read has led to more.
   */
  async quiet(): Promise<void> {
    const hasSentAll = async () => {
      const sql = "SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL";
      return (await this.system.query("warehouse", sql))[0].n === 0;
    };
    await until("the warehouse has read and sent everything", WITHIN_MS, async () => {
      if (!(await hasSentAll())) return false;
      for (const topic of [
        "stock.fulfilments.v1",
        "stock.movements.v1",
        "stock.transfers.v1",
        "upstream.catalogue.v1",
      ]) {
        const ends = await this.#log.endOffsets(topic);
        const rows = await this.system.query<{ partition: number; next: number }>(
          "warehouse",
          "SELECT partition, next_offset::int AS next FROM consumed_offset WHERE topic = $1",
          [topic],
        );
        const next = new Map(rows.map((offset) => [offset.partition, offset.next]));
        for (const [partition, end] of ends) if ((next.get(partition) ?? 0) < end) return false;
      }
      return hasSentAll();
    });
  }
}

export const pathOf = (fulfilmentId: string, step = "") =>
  `/v1/fulfilments/${encodeURIComponent(fulfilmentId)}${step === "" ? "" : `/${step}`}`;

/** The last part of a problem's type, which is its stable name. */
export const problemOf = (answer: Answer): string => String(answer.body.type).split("/").at(-1)!;
