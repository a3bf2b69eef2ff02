import type { RecordName, RecordOf } from "./records.js";

/** What is wrong with a record. */
export interface Violation {
  /** Path of the field: `lines[2].quantity`. */
  readonly field: string;
  /** A stable name for the rule. */
  readonly rule: string;
  /** What is wrong and what to do, for its sender. */
  readonly message: string;
}

/** Everything in which a record breaks the contract; empty when it keeps it. The record must fit its schema. */
export function violationsOf<N extends RecordName>(_name: N, _value: RecordOf<N>): Violation[] {
  return [];
}

/** The record with its SKUs trimmed. */
export function trimmed<N extends RecordName>(_name: N, value: RecordOf<N>): RecordOf<N> {
  return value;
}

/** What is wrong with a movement; of an unknown kind, only its legs must be balanced. */
export function violationsOfMovement(_movement: RecordOf<"StockMovement">): Violation[] {
  return [];
}
