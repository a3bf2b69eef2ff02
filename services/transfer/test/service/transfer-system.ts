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
import { keyOf, movementDraft, RECORDS, type RecordName, type RecordOf } from "@septet/stock-contracts";

export const WITHIN_MS = 60_000;

/** Transfers that run for real, with a source that answers as the test wants: the event log on one side, clerks on the other. */
export class TransferSystem {
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
  static async start(instances = 1): Promise<TransferSystem> {
    const stack = await attachOrStartStack();
    const system = new TransferSystem(stack, await startSystem({ stack, services: { transfer: instances } }));
    await system.#codec.register(["StockMovement", "TransferReservationRejected"]);
    return system;
  }

  async stop(): Promise<void> {
    await this.#log.close();
    await this.system.stop();
    await this.#stack.stop();
  }

  clerk(i = 0): ServiceClient {
    return this.system.http("transfer", i, ["warehouse"]);
  }

  step(transferId: string, name: string, body?: unknown, o: { i?: number; key?: string } = {}): Promise<Answer> {
    const options = o.key === undefined ? {} : { idempotencyKey: o.key };
    return this.clerk(o.i).post(`/v1/transfers/${transferId}/${name}`, body, options);
  }

  async transfer(transferId: string): Promise<Answer["body"]> {
    return (await this.clerk().get(`/v1/transfers/${transferId}`)).body;
  }

  /** A transfer from WUHAN to BEIJING of lines 1, 2, …; its id. */
  async created(lines: readonly [sku: string, quantity: number][], more: object = {}): Promise<string> {
    const told = lines.map(([sku, quantity]) => ({ sku, quantity }));
    const body = { source: "WUHAN", destination: "BEIJING", lines: told, ...more };
    const answer = await this.clerk().post("/v1/transfers", body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body.transferId;
  }

  /** The same, promised whole by its source. */
  async reserved(lines: readonly [sku: string, quantity: number][], more: object = {}): Promise<string> {
    const transferId = await this.created(lines, more);
    for (const [index, [sku, quantity]] of lines.entries()) {
      await this.promise(transferId, String(index + 1), sku, quantity);
    }
    await this.reaches(transferId, "RESERVED");
    return transferId;
  }

  /** The source promises pieces. */
  async promise(transferId: string, line: string, sku: string, quantity: number): Promise<void> {
    const reference = { type: "transfer", id: transferId, line } as const;
    const draft = movementDraft("TRANSFER_RESERVE", undefined, { sku, source: "WUHAN", quantity, reference });
    const sequence = (this.#sequences.get(sku) ?? 0) + 1;
    this.#sequences.set(sku, sequence);
    const movementId = randomUUID();
    const recordedBy = "order-reservation";
    const value = { ...draft, eventId: movementId, movementId, occurredAt: Date.now(), sequence, recordedBy };
    await this.tell("StockMovement", { ...value, legs: [...draft.legs] });
  }

  /** The source cannot spare pieces. */
  refuse(transferId: string, lineId: string, sku: string, quantity: number): Promise<void> {
    const eventId = randomUUID();
    const about = { eventId, occurredAt: Date.now(), transferId, lineId, sku, source: "WUHAN" };
    return this.tell("TransferReservationRejected", { ...about, quantity, code: "OUT_OF_STOCK" });
  }

  /** Publishes records as they are: with the same eventId it is the same event once more. */
  async tell<N extends RecordName>(name: N, ...values: RecordOf<N>[]): Promise<void> {
    const records = values.map((value) => {
      return { topic: RECORDS[name].topic, key: keyOf(name, value), value: this.#codec.encode(name, value) };
    });
    await this.#log.publish(records);
  }

  tellBytes(topic: string, key: string, value: Buffer): Promise<void> {
    return this.#log.publish([{ topic, key, value }]);
  }

  /** The error codes of the service's dead letters so far. */
  async deadLetters(): Promise<(string | undefined)[]> {
    const codes: (string | undefined)[] = [];
    const topic = "transfer.dead-letters.v1";
    await this.#log.read({ topic, from: "earliest", visit: (m) => void codes.push(m.headers["dead-letter-code"]) });
    return codes;
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

  /** Waits until a transfer is in a state, and answers with it. */
  reaches(transferId: string, state: string): Promise<Answer["body"]> {
    return until(`transfer ${transferId} is ${state}`, WITHIN_MS, async () => {
      const found = await this.transfer(transferId);
      if (found.state !== state) throw new Error(`it is ${JSON.stringify(found.state)}`);
      return found;
    });
  }

  async balance(sku: string, location = "WUHAN"): Promise<{ transferReserved: number; inTransit: number }> {
    const [row] = await this.system.query<{ transferReserved: number; inTransit: number }>(
      "transfer",
      `SELECT transfer_reserved::int AS "transferReserved", in_transit::int AS "inTransit"
       FROM transfer_balance WHERE sku = $1 AND location = $2`,
      [sku, location],
    );
    return row ?? { transferReserved: 0, inTransit: 0 };
  }

  /**
   * Waits until every message up to now is settled and everything decided is published. The outbox is looked at before the
   * ends of the topics, because what it held is read back, and after them, because what was read has led to more.
   */
  async quiet(): Promise<void> {
    const hasSentAll = async () => {
      const sql = "SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL";
      return (await this.system.query("transfer", sql))[0].n === 0;
    };
    await until("transfers have read and sent everything", WITHIN_MS, async () => {
      if (!(await hasSentAll())) return false;
      for (const topic of ["stock.transfers.v1", "stock.movements.v1"]) {
        const ends = await this.#log.endOffsets(topic);
        const rows = await this.system.query<{ partition: number; next: number }>(
          "transfer",
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

/** The last part of a problem's type, which is its stable name. */
export const problemOf = (answer: Answer): string => String(answer.body.type).split("/").at(-1)!;

/** The name of a SKU of its own. */
export const aSku = (): string => `S-${randomUUID()}`;
