export { type Codec, type CodecOptions, createCodec, type Decoded, type DecodeError } from "./avro-codec.js";
export { consumedOffsets, recordConsumed } from "./consumed-offsets.js";
export { CONNECTION_SETTINGS, QUERY_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from "./database-patience.js";
export type { Session } from "./database-session.js";
export { type FiledDeadLetter, readDeadLetters, replayDeadLetters } from "./dead-letter-box.js";
export {
  DEAD_LETTER_HEADERS,
  type DeadLetter,
  type DeadLetterError,
  deadLetterOf,
  deadLetterRow,
} from "./dead-letters.js";
export * from "./errors.js";
export type * from "./event-log.js";
export * from "./health.js";
export { claimInbox, dropOldInbox } from "./inbox.js";
export { createKafkaEventLog, type KafkaEventLogOptions } from "./kafka/kafka-event-log.js";
export { murmur2, murmur2Partitioner, partitionOf } from "./kafka/murmur2-partitioner.js";
export { type Logger, silentLogger } from "./logger.js";
export { createMessagingMetrics, type MessagingMetrics } from "./metrics.js";
export { messagingMigrations } from "./migrations/index.js";
export { appendToOutbox, type OutboxRow, recordBytes } from "./outbox.js";
export {
  type DropOptions,
  dropOldOutboxPartitions,
  ensureOutboxPartitions,
  OUTBOX_KEEP_DAYS,
} from "./outbox-partitions.js";
export * from "./positions.js";
export { OutboxRelay, type OutboxRelayOptions } from "./relay/outbox-relay.js";
export type { NewRelayClient } from "./relay/relay-connection.js";
export { outboxBacklog } from "./relay/unpublished-rows.js";
export * from "./republish.js";
export { assertNotRestored, assertOwnSequences, type RestoreGuardOptions } from "./restore-guard.js";
export type { Registry } from "./schema-registry.js";
export * from "./simulated/index.js";
export { type SliceMetrics, SliceQueue, type SliceQueueOptions } from "./slice-queue.js";
export { backoffMs, wait } from "./wait.js";
