/** One line or field of a command and why it cannot be. */
export interface RefusedField {
  readonly field: string;
  readonly reason: string;
}

/** Why a command was refused as a whole; nothing of it was applied. */
export const REFUSAL_CODES = [
  "UNKNOWN_SUPPLIER",
  "STATE_NOT_REACHABLE",
  "MAPPING_CONFLICT",
  "TERMS_TOO_EARLY",
  "AS_OF_AHEAD",
  "SEQUENCE_MISSING",
  "SEQUENCE_GAP",
  "REPORT_CONFLICT",
  "UNKNOWN_ORDER",
  "UNKNOWN_LINE",
  "ORDER_STATE",
  "MORE_THAN_OPEN",
  "NOTHING_ASKED",
  "INBOUND_CONFLICT",
  "UNKNOWN_SKU",
  "STOCKTAKE_STATE",
  "STOCKTAKE_CONFLICT",
  "NOT_EXPLAINED",
  "NO_DIFFERENCE",
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Refusal {
  readonly outcome: "REFUSED";
  readonly code: RefusalCode;
  /** What is wrong and what to do instead. */
  readonly detail: string;
  readonly errors: readonly RefusedField[];
}

export const refuse = (code: RefusalCode, detail: string, errors: readonly RefusedField[] = []): Refusal => ({
  outcome: "REFUSED",
  code,
  detail,
  errors,
});
