import { type Codec, DatabaseRestoredError, type InboundMessage, takePositions } from "@septet/messaging";
import {
  type RecordName,
  type RecordOf,
  type ServiceName,
  type StockMovement,
  trimmed,
  type Violation,
  violationsOf,
} from "@septet/stock-contracts";
import { textFlaw } from "./text-flaws.js";
import type { UnitOfWork } from "./unit-of-work.js";

/** A message that keeps its contract. */
export type AcceptedMessage<N extends RecordName = RecordName> = {
  [K in N]: { message: InboundMessage; name: K; value: RecordOf<K> };
}[N];

/** Why a message is none of ours to handle. */
export interface RefusalReason {
  code: "UNDECODABLE" | "CONTRACT_VIOLATION" | (string & {});
  message: string;
  violations?: readonly Violation[];
}

/** A message that cannot be handled; with what could be read of it, so that its sender can be answered. */
export interface RefusedMessage {
  message: InboundMessage;
  error: RefusalReason;
  name?: RecordName;
  /** Fits its schema, breaks its rules: `orderId` may be readable. */
  value?: RecordOf<RecordName>;
}

export type DecodedMessage<N extends RecordName = RecordName> = AcceptedMessage<N> | RefusedMessage;

export function isAccepted<N extends RecordName>(decoded: DecodedMessage<N>): decoded is AcceptedMessage<N> {
  return !("error" in decoded);
}

/**
 * Decodes a slice and checks it against the contract; SKUs come trimmed. Order is kept.
 * @throws a transient error when the registry is away: that is not the message's fault.
 */
export async function decodeSlice(codec: Codec, slice: readonly InboundMessage[]): Promise<DecodedMessage[]> {
  const decoded: DecodedMessage[] = [];
  for (const message of slice) {
    const pending = codec.decode(message);
    decoded.push(judged(message, pending instanceof Promise ? await pending : pending));
  }
  return decoded;
}

function judged(message: InboundMessage, result: Awaited<ReturnType<Codec["decode"]>>): DecodedMessage {
  if (!result.ok) return { message, error: result.error };
  // Without its value: an answer to an id that cannot be stored cannot be stored either.
  const flaw = textFlaw(result.value, result.name);
  if (flaw !== undefined)
    return { message, error: { code: "CONTRACT_VIOLATION", message: `${flaw.field} ${flaw.reason}` } };
  const value = trimmed(result.name, result.value);
  const violations = violationsOf(result.name, value);
  if (violations.length === 0) return { message, name: result.name, value } as AcceptedMessage;
  const text = violations.map((v) => `${v.field}: ${v.message}`).join("; ");
  return { message, error: { code: "CONTRACT_VIOLATION", message: text, violations }, name: result.name, value };
}

/** Splits a slice into what can be handled and what goes to the dead letters. */
export function splitSlice<N extends RecordName>(
  decoded: readonly DecodedMessage<N>[],
): { accepted: AcceptedMessage<N>[]; refused: RefusedMessage[] } {
  const accepted: AcceptedMessage<N>[] = [];
  const refused: RefusedMessage[] = [];
  for (const one of decoded) {
    if (isAccepted(one)) accepted.push(one);
    else refused.push(one as RefusedMessage);
  }
  return { accepted, refused };
}

/** Puts refused messages into the dead letters of the transaction that settles the slice. */
export function deadLetterRefused(unit: UnitOfWork, refused: readonly RefusedMessage[]): void {
  for (const { message, error } of refused) unit.deadLetter(message, error);
}

/** Movements of a slice: those to apply, and those that only say how far Kafka has come. */
export interface MovementIntake {
  /** New and recorded by others: apply the legs of own buckets. */
  fresh: StockMovement[];
  /** Seen before. */
  duplicates: StockMovement[];
  /** Recorded here and read back: their legs were applied when they were recorded. */
  own: StockMovement[];
}

/**
 * Advances the positions of the movements' streams, under the stream locks of their SKUs, and tells what is to be
 * applied. Own movements read back advance their position only.
 * @throws DatabaseRestoredError (fatal) for an own movement beyond the stream: this database has not recorded it.
 */
export async function takeMovements(
  unit: UnitOfWork,
  service: ServiceName,
  movements: readonly StockMovement[],
): Promise<MovementIntake> {
  const intake: MovementIntake = { fresh: [], duplicates: [], own: [] };
  for (const { sku } of movements) {
    if (unit.sequenceOf(sku) === undefined)
      throw new Error(`the stream of ${sku} is not held: the plan must name its SKU`);
  }
  const fresh = await takePositions(unit, movements);
  movements.forEach((movement, i) => {
    if (movement.recordedBy === service) intake.own.push(assertOwn(unit, movement));
    else if (fresh[i]) intake.fresh.push(movement);
    else intake.duplicates.push(movement);
  });
  return intake;
}

function assertOwn(unit: UnitOfWork, movement: StockMovement): StockMovement {
  const head = unit.sequenceOf(movement.sku) ?? 0;
  if (movement.sequence <= head) return movement;
  throw new DatabaseRestoredError(
    `Kafka holds movement ${movement.sequence} of SKU ${movement.sku}, whose stream ends at ${head} here`,
  );
}

/** The SKUs whose streams a slice of movements needs. */
export function skusOf(movements: readonly Pick<StockMovement, "sku">[]): string[] {
  return [...new Set(movements.map((movement) => movement.sku))];
}
