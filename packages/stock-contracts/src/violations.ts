import { SCHEMAS } from "./generated/records.js";
import { type Check, checkOfRecord, report } from "./record-checks.js";
import { RECORD_RULES, type Report } from "./record-rules.js";
import type { RecordName, RecordOf } from "./records.js";

/** What is wrong with a record. */
export interface Violation {
  /** Path of the field: `lines[2].quantity`. */
  readonly field: string;
  /** A stable name for the rule. */
  readonly rule: string;
  /** The field, what is wrong with it, and what to send instead. */
  readonly message: string;
}

const CHECKS = Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, checkOfRecord(schema)])) as {
  readonly [N in RecordName]: Check;
};

/**
 * Everything in which a record breaks the contract, at most LIMITS.MAX_VIOLATIONS; empty when it keeps it. It needs
 * no well-typed value: what came over the wire or from a form may be put in as it is. SKUs are judged trimmed.
 */
export function violationsOf(name: RecordName, value: unknown): Violation[] {
  const found: Violation[] = [];
  CHECKS[name](value, "", "", found);
  const rule = RECORD_RULES[name] as ((value: unknown, report: Report) => void) | undefined;
  if (found.length === 0 && rule !== undefined) rule(value, (...about) => report(found, ...about));
  return found;
}

/**
 * What is wrong with a movement. A kind that this catalogue does not know, or a new variant of one that it does, is
 * right as long as its legs are balanced: a consumer applies them without knowing what they mean.
 */
export function violationsOfMovement(movement: RecordOf<"StockMovement">): Violation[] {
  return violationsOf("StockMovement", movement);
}
