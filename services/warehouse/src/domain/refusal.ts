/** One line or field of a command and why it cannot be. Never carries a quantity that we hold. */
export interface RefusedField {
  readonly field: string;
  readonly reason: string;
}

/** Why a command was refused as a whole; nothing of it was applied. */
export const REFUSAL_CODES = [
  "UNKNOWN_WAREHOUSE",
  "UNKNOWN_AREA",
  "ALREADY_UNSELLABLE",
  "DOCUMENT_CONFLICT",
  "NOT_ON_HAND",
  "UNKNOWN_FULFILMENT",
  "UNKNOWN_LINE",
  "FULFILMENT_STATE",
  "MORE_THAN_OPEN",
  "LINES_STILL_OPEN",
  "UNKNOWN_MOVEMENT",
  "NOT_REVERSIBLE",
  "IS_REVERSAL",
  "ALREADY_REVERSED",
  "LINE_RE_SOURCED",
  "LINE_SHORTED",
  "LINE_CANCELLED",
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Refusal {
  readonly outcome: "REFUSED";
  readonly code: RefusalCode;
  readonly detail: string;
  readonly errors: readonly RefusedField[];
}

export const refuse = (code: RefusalCode, detail: string, errors: readonly RefusedField[] = []): Refusal => ({
  outcome: "REFUSED",
  code,
  detail,
  errors,
});
