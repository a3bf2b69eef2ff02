import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalAuth } from "./auth.js";
import { NOTHING_EXTERNAL } from "./external.js";
import { freePortBase } from "./ports.js";
import { createDatabases, dropDatabase } from "./postgres.js";
import { type Stack, startStack } from "./stack.js";
import { attachTo, describeStack, type SharedStack, STACK_VARIABLE } from "./stack-description.js";
import { createTopics, deleteTopics } from "./topics.js";

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /** Removes it, also while connections are open. */
  drop(): Promise<void>;
}

/** A stack shared by tests; each takes databases and a topic prefix of its own. */
export interface TestStack {
  readonly home: string;
  readonly kafkaBrokers: string;
  readonly registryUrl: string;
  /** Superuser of Postgres, database `postgres`. */
  readonly adminUrl: string;
  readonly auth: LocalAuth;
  /** An empty database with a role of its own that can open no other. `name` only makes it easier to recognise. */
  createDatabase(name?: string): Promise<TestDatabase>;
  /**
   * A prefix nobody else has, with every topic of the contracts made under it.
   * @param partitions per topic, 4 if not given: enough for order across keys, cheaper than production's 12
   */
  topicPrefix(options?: { partitions?: number }): Promise<string>;
  /** Deletes the topics under a prefix. */
  dropTopics(prefix: string): Promise<void>;
  /** Removes the databases and topics it made; stops the stack if this call had started it. */
  stop(): Promise<void>;
}

/**
 * The stack of the test runner (`SEPTET_TEST_STACK`), or one started for this test alone in a temporary folder on free
 * ports, without waiting for the disk at commits.
 */
export async function attachOrStartStack(env = process.env): Promise<TestStack> {
  const text = env[STACK_VARIABLE];
  if (text) return testStack(await attachTo(text), undefined);
  const started = await startTemporaryStack();
  return testStack({ ...describeStack(started), auth: started.auth }, started);
}

/** A stack in a temporary folder on free ports, gone without a trace after `stop`. */
export async function startTemporaryStack(onProgress?: (line: string) => void): Promise<Stack> {
  return startStack({
    home: mkdtempSync(join(tmpdir(), "septet-stack-")),
    portBase: await freePortBase(),
    keep: false,
    fsync: false,
    external: NOTHING_EXTERNAL,
    ...(onProgress ? { onProgress } : {}),
  });
}

function testStack(shared: SharedStack, started: Stack | undefined): TestStack {
  const { adminUrl, kafkaBrokers } = shared;
  const databases = new Set<string>();
  const prefixes = new Set<string>();
  const unique = () => randomBytes(5).toString("hex");
  return {
    ...shared,
    createDatabase: async (label = "test") => {
      const name = `${label.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_")}_${unique()}`;
      databases.add(name);
      await createDatabases(adminUrl, [name]);
      const url = new URL(adminUrl);
      url.username = name;
      url.pathname = `/${name}`;
      const drop = async () => {
        await dropDatabase(adminUrl, name);
        databases.delete(name);
      };
      return { name, url: url.href, drop };
    },
    topicPrefix: async ({ partitions = 4 } = {}) => {
      const prefix = `t${unique()}.`;
      prefixes.add(prefix);
      await createTopics(kafkaBrokers, prefix, partitions);
      return prefix;
    },
    dropTopics: async (prefix) => {
      await deleteTopics(kafkaBrokers, prefix);
      prefixes.delete(prefix);
    },
    stop: async () => {
      // A stack of our own goes whole; of a shared one only what was made here.
      if (started !== undefined) return started.stop();
      for (const name of databases) await dropDatabase(adminUrl, name);
      for (const prefix of prefixes) await deleteTopics(kafkaBrokers, prefix);
    },
  };
}
