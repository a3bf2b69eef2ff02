import { TOPICS, type TopicDefinition } from "@septet/stock-contracts";
import type { Admin, ITopicConfig } from "kafkajs";
import { until } from "./deadline.js";
import { quietKafka } from "./kafka.js";

/** What the broker may take to make or delete topics, ms: less than a request may take, much more than the client's own 5 s. */
const TOPICS_WITHIN_MS = 25_000;

/**
 * Makes the topics of the contracts that are missing, each with its settings.
 * @param prefix stands before every physical name, so that several systems share a broker; "" for none
 * @param partitions in place of the contracts' number, for tests where 12 only cost time
 */
export async function createTopics(brokers: string, prefix = "", partitions?: number): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const topics = Object.values<TopicDefinition>(TOPICS)
      .filter((topic) => !existing.has(prefix + topic.name))
      .map((topic) => configOf(topic, prefix, partitions));
    if (topics.length > 0) await admin.createTopics({ topics, waitForLeaders: false, timeout: TOPICS_WITHIN_MS });
    const names = topics.map(({ topic }) => topic);
    if (names.length > 0)
      await until("topics have leaders", 90_000, async () => {
        const { topics: found } = await admin.fetchTopicMetadata({ topics: names });
        return found.every((topic) => topic.partitions.every((partition) => partition.leader >= 0));
      });
  });
}

/** Deletes the topics whose names begin with `prefix`. */
export async function deleteTopics(brokers: string, prefix: string): Promise<void> {
  if (prefix === "") throw new Error("refusing to delete topics without a prefix");
  await withAdmin(brokers, async (admin) => {
    const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics, timeout: TOPICS_WITHIN_MS });
    await until(
      "topics are gone",
      90_000,
      async () => !(await admin.listTopics()).some((name) => topics.includes(name)),
    );
  });
}

/**
 * Makes the broker's own topic of consumer groups, which the first group would otherwise wait for. Costs nothing here,
 * because the registry takes longer to start.
 */
export async function prepareGroups(brokers: string): Promise<void> {
  await withAdmin(brokers, (admin) =>
    until("consumer groups have a coordinator", 90_000, () => admin.fetchOffsets({ groupId: "septet-local-stack" })),
  );
}

async function withAdmin<T>(brokers: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = quietKafka(brokers, 8).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

function configOf(topic: TopicDefinition, prefix: string, partitions?: number): ITopicConfig {
  const settings: Record<string, string> = {
    "cleanup.policy": topic.compacted ? "compact" : "delete",
    "retention.ms": String(topic.retentionMs),
    "max.message.bytes": String(topic.maxMessageBytes),
  };
  return {
    topic: prefix + topic.name,
    numPartitions: partitions ?? topic.partitions,
    // The broker's own number: 1 on the local one.
    replicationFactor: -1,
    configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
  };
}
