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
import { RECORDS, type RecordName, type RecordOf } from "@septet/stock-contracts";

export const WITHIN_MS = 60_000;

/** The service run for real, with the event log on one side and operators and suppliers on the other. */
export class SupplierSystem {
  readonly system: System;
  readonly #stack: TestStack;
  readonly #log: EventLog;
  readonly #codec: Codec;

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
  static async start(instances = 1): Promise<SupplierSystem> {
    const stack = await attachOrStartStack();
    return new SupplierSystem(stack, await startSystem({ stack, services: { "supplier-sync": instances } }));
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
  of(supplier: string): ServiceClient {
    return serviceClient(this.system.urls["supplier-sync"]![0]!, () => this.system.token(["supplier"], { supplier }));
  }

  /** A new supplier that sells; its id. */
  async supplier(more: object = {}, supplierId = `s-${randomUUID()}`): Promise<string> {
    const body = { name: "Li Brothers", timeZone: "Asia/Shanghai", state: "ACTIVE", ...more };
    const answer = await this.operator().put(`/v1/suppliers/${supplierId}`, body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return supplierId;
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

/** The last part of a problem's type, which is its stable name. */
export const problemOf = (answer: Answer): string => String(answer.body.type).split("/").at(-1)!;

/** The name of a SKU of its own. */
export const aSku = (): string => `S-${randomUUID()}`;
