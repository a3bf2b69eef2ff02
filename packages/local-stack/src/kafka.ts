import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { type Artifacts, KAFKA_VERSION } from "./artifacts.js";
import { classArchive } from "./class-archive.js";
import { GivenUp, until } from "./deadline.js";
import type { Java } from "./prerequisites.js";
import { type KeptProcess, type ProcessKeeper, tailOf } from "./process-keeper.js";

const MIB = 1 << 20;
/** Dead letters take twice the 10 MiB of the upstream topics; a little more for headers. */
const MESSAGE_MAX_BYTES = 22 * MIB;

export interface KafkaOptions {
  readonly home: string;
  readonly port: number;
  readonly controllerPort: number;
  /** Whether it is soon up again after a kill, or patient with a machine on which tests let nothing run for seconds. */
  readonly patience: BrokerPatience;
  readonly artifacts: Artifacts;
  readonly java: Java;
  readonly keeper: ProcessKeeper;
  readonly logs: string;
}

export type BrokerPatience = "SOON_BACK" | "PATIENT";

/**
 * The broker's session with its controller, ms. After SIGKILL it waits for its old one to expire: 12 s with the defaults, 2 s
 * with a session of 1 s. But heartbeats that the controller comes to later than half an interval do not count: on a machine
 * under load (18 on two processors) that was so for seconds, and as long no partition had a leader.
 */
const SESSIONS = {
  SOON_BACK: { sessionMs: 1_000, heartbeatMs: 200 },
  PATIENT: { sessionMs: 9_000, heartbeatMs: 2_000 },
} as const satisfies Record<BrokerPatience, object>;

export interface LocalKafka {
  readonly brokers: string;
  readonly process: KeptProcess;
  /** Call after the process has ended. */
  settle(): void;
}

/** Starts one Kafka node, broker and controller in one, on the data in `<home>/kafka-<version>`. */
export async function startKafka(options: KafkaOptions): Promise<LocalKafka> {
  const { home, artifacts, java, keeper, logs } = options;
  // Older Kafka cannot read newer data and does not say so, hence the version in the name.
  const data = join(home, `kafka-${KAFKA_VERSION}`);
  format(data);
  const properties = join(home, "kafka.properties");
  writeFileSync(properties, propertiesText(data, options));
  const archive = classArchive(artifacts.folder, `kafka-${KAFKA_VERSION}`, java.version);
  const process = keeper.start({
    name: "kafka",
    command: java.command,
    args: [
      ...["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"],
      ...archive.flags,
      `-Djava.io.tmpdir=${join(home, "tmp")}`,
      "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
      ...["-cp", join(artifacts.kafka, "*"), "kafka.Kafka", properties],
    ],
    cwd: home,
    logFile: join(logs, "kafka.log"),
  });
  const brokers = `127.0.0.1:${options.port}`;
  await until("Kafka is ready", 240_000, async () => {
    const end = process.end();
    if (end !== undefined) throw new GivenUp(`Kafka ended with ${end}:\n${tailOf(process.logFile)}`);
    return answers(brokers);
  });
  return { brokers, process, settle: archive.settle };
}

/** A client that keeps quiet about the retries that are normal while a broker starts. */
export function quietKafka(brokers: string, retries: number): Kafka {
  return new Kafka({
    clientId: "septet-local-stack",
    brokers: brokers.split(","),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 10_000,
    retry: { retries, initialRetryTime: 50 },
  });
}

async function answers(brokers: string): Promise<boolean> {
  const admin = quietKafka(brokers, 0).admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    return cluster.brokers.length > 0 && cluster.controller !== null;
  } finally {
    await admin.disconnect();
  }
}

/** What `kafka-storage format` would write, without the second that a Java of its own takes. */
function format(data: string): void {
  const file = join(data, "meta.properties");
  if (existsSync(file)) return;
  mkdirSync(data, { recursive: true });
  const id = () => randomBytes(16).toString("base64url");
  writeFileSync(`${file}.new`, `version=1\nnode.id=1\ncluster.id=${id()}\ndirectory.id=${id()}\n`);
  renameSync(`${file}.new`, file);
}

function propertiesText(data: string, { port, controllerPort, patience }: KafkaOptions): string {
  const { sessionMs, heartbeatMs } = SESSIONS[patience];
  const values: Record<string, string | number | boolean> = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": data,
    "broker.session.timeout.ms": sessionMs,
    "broker.heartbeat.interval.ms": heartbeatMs,
    "controller.quorum.election.timeout.ms": 200,
    "controller.quorum.fetch.timeout.ms": 500,
    "auto.create.topics.enable": false,
    "num.partitions": 12,
    "default.replication.factor": 1,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
    // Tests run members that are killed on purpose; they may ask for short sessions.
    "group.min.session.timeout.ms": 1000,
    "message.max.bytes": MESSAGE_MAX_BYTES,
    "replica.fetch.max.bytes": MESSAGE_MAX_BYTES,
    "socket.request.max.bytes": 100 * MIB,
    // Many small topics of tests: 10 MiB of preallocated index per partition would be gigabytes of holes.
    "log.index.size.max.bytes": 512 * 1024,
    "log.segment.delete.delay.ms": 1000,
    "log.cleaner.dedupe.buffer.size": 4 * MIB,
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}
