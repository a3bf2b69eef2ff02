import { createRequire } from "node:module";
import { describe, expect, test } from "@jest/globals";
import kafkajs, { type Producer } from "kafkajs";
import { murmur2Partitioner, partitionOf } from "../../src/kafka/murmur2-partitioner.js";
import { PRODUCER_RETRY, sendAll } from "../../src/kafka/send-batches.js";

const TOPIC = "stock.reservations.v1";
const keys = ["a", "b", "c", "d", "e", "f"];
const require = createRequire(import.meta.url);

/** kafkajs's own producer over two brokers, each leading one partition, until the second one's goes to the first. */
function clusterThatMovesALeader() {
  const written = new Map<number, string[]>([
    [0, []],
    [1, []],
  ]);
  let leaders = [1, 2];
  let moving = true;
  const brokerOf = (nodeId: number) => ({
    nodeId,
    produce: async ({ topicData }: { topicData: TopicData[] }) => {
      if (nodeId === 2 && moving) {
        moving = false;
        leaders = [1, 1];
        const moved = { type: "NOT_LEADER_FOR_PARTITION", retriable: true, code: 6, message: "moved" };
        throw new kafkajs.KafkaJSProtocolError(moved as never);
      }
      const responses = topicData.map(({ topic, partitions }) => ({
        topicName: topic,
        partitions: partitions.map(({ partition, messages }) => {
          written.get(partition)!.push(...messages.map(({ key }) => String(key)));
          return { partition, errorCode: 0, baseOffset: "0" };
        }),
      }));
      return { topics: responses };
    },
  });
  const brokers = new Map([1, 2].map((nodeId) => [nodeId, brokerOf(nodeId)]));
  const cluster = {
    retry: { initialRetryTime: 1, maxRetryTime: 5 },
    targetTopics: new Set([TOPIC]),
    isConnected: () => true,
    connect: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    refreshMetadata: async () => undefined,
    refreshMetadataIfNecessary: async () => undefined,
    removeBroker: () => undefined,
    findBroker: async ({ nodeId }: { nodeId: string | number }) => brokers.get(Number(nodeId)),
    findTopicPartitionMetadata: () => leaders.map((leader, partitionId) => ({ partitionId, leader })),
    findLeaderForPartitions: (_topic: string, partitions: (string | number)[]) => {
      const byLeader: Record<number, number[]> = {};
      for (const partition of partitions.map(Number)) {
        const leader = leaders[partition]!;
        byLeader[leader] = [...(byLeader[leader] ?? []), partition];
      }
      return byLeader;
    },
  };
  return { cluster, written };
}

interface TopicData {
  topic: string;
  partitions: { partition: number; messages: { key: unknown }[] }[];
}

async function producerOver(cluster: object): Promise<Producer> {
  const createProducer = require("kafkajs/src/producer") as (options: object) => Producer;
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const logger = { ...silent, namespace: () => silent };
  const producer = createProducer({ cluster, logger, createPartitioner: murmur2Partitioner, retry: PRODUCER_RETRY });
  await producer.connect();
  return producer;
}

describe("sending to several brokers", () => {
  test("what a partition holds is sent when its leadership goes to a broker that has acknowledged its own already", async () => {
    const { cluster, written } = clusterThatMovesALeader();
    const producer = await producerOver(cluster);
    const records = keys.map((key) => ({ topic: TOPIC, key, value: Buffer.alloc(1) }));
    await sendAll(producer, records, (topic) => topic);
    for (const partition of [0, 1]) {
      const expected = keys.filter((key) => partitionOf(key, 2) === partition);
      expect(expected.length).toBeGreaterThan(0);
      expect(written.get(partition)!.slice(-expected.length)).toEqual(expected);
    }
  });
});
