export * from "./balances.js";
export * from "./buckets.js";
export * from "./bundles.js";
export { bytewise } from "./bytewise.js";
export * from "./closed-lists.js";
export type * from "./generated/records.js";
export * from "./identity.js";
export { keyOf } from "./keys.js";
export * from "./limits.js";
export * from "./locations.js";
export * from "./movement-kinds.js";
export {
  type MovementDraft,
  type MovementInput,
  type MovingKind,
  movementDraft,
  type Reference,
  recorderOf,
  type VariantOf,
  voidDraft,
} from "./movements.js";
export * from "./outcome-reasons.js";
export * from "./records.js";
export * from "./sales.js";
export * from "./services.js";
export * from "./stocktakes.js";
export {
  DEAD_LETTER_TOPICS,
  type DeadLetterTopic,
  deadLetterTopic,
  RECORD_TOPICS,
  type RecordTopic,
  type TopicName,
} from "./topic-records.js";
export * from "./topics.js";
export { trimmed } from "./trimming.js";
export * from "./violations.js";
