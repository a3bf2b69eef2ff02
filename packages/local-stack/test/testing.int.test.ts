import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { TOPICS } from "@septet/stock-contracts";
import { attachOrStartStack, quietKafka, type TestStack, withClient } from "../src/index.js";

describe("a stack shared by tests", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await attachOrStartStack();
  });
  afterAll(async () => {
    await stack?.stop();
  });

  test("a database can be opened by its own role and by no other", async () => {
    const [mine, other] = [await stack.createDatabase("mine"), await stack.createDatabase("other")];

    await withClient(mine.url, (client) => client.query("CREATE TABLE shelf (sku text)"));
    const foreign = new URL(mine.url);
    foreign.username = other.name;
    await expect(withClient(foreign.href, (client) => client.query("SELECT 1"))).rejects.toMatchObject({
      code: "42501",
    });

    await mine.drop();
    await expect(withClient(mine.url, (client) => client.query("SELECT 1"))).rejects.toThrow();
  });

  test("every topic exists under a prefix of its own, with the sizes of the contracts", async () => {
    const prefix = await stack.topicPrefix();
    const admin = quietKafka(stack.kafkaBrokers, 8).admin();
    await admin.connect();
    try {
      const { topics } = await admin.fetchTopicMetadata({
        topics: Object.keys(TOPICS).map((name) => prefix + name),
      });
      expect(topics.map((topic) => topic.partitions.length)).toEqual(Object.keys(TOPICS).map(() => 4));

      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: 2, name: `${prefix}upstream.orders.v1`, configNames: ["max.message.bytes"] }],
      });
      expect(resources[0]?.configEntries[0]?.configValue).toBe(String(10 * 1024 * 1024));

      await stack.dropTopics(prefix);
      expect((await admin.listTopics()).filter((name) => name.startsWith(prefix))).toEqual([]);
    } finally {
      await admin.disconnect();
    }
  });

  test("a message of 20 MiB, the largest dead letter, is taken and read back", async () => {
    const prefix = await stack.topicPrefix({ partitions: 1 });
    const topic = `${prefix}order-reservation.dead-letters.v1`;
    const value = Buffer.alloc(20 * 1024 * 1024 - 1024, 7);
    const kafka = quietKafka(stack.kafkaBrokers, 8);
    const [producer, consumer] = [
      kafka.producer(),
      kafka.consumer({ groupId: `${prefix}reader`, maxBytesPerPartition: 22 * 1024 * 1024 }),
    ];
    try {
      await producer.connect();
      await producer.send({ topic, acks: -1, messages: [{ value }] });
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      const read = new Promise<number>((resolve) => {
        void consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.length ?? 0) });
      });
      expect(await read).toBe(value.length);
    } finally {
      await Promise.all([producer.disconnect(), consumer.disconnect()]);
    }
  });

  test("the registry refuses a schema that older readers could not follow", async () => {
    const subject = `${stack.registryUrl}/subjects/prefix-test-${process.pid}/versions`;
    const register = (fields: object[]) =>
      fetch(subject, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ schema: JSON.stringify({ type: "record", name: "Shelf", fields }) }),
      });
    expect((await register([{ name: "a", type: "string" }])).status).toBe(200);
    expect((await register([{ name: "b", type: "string" }])).status).toBe(409);
  });
});
