/** One line or field of a command and why it cannot be. Carries a quantity that we hold only to those who keep the book. */
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
  "UNKNOWN_CLAIM",
  "CLAIM_CONFLICT",
  "CLAIM_STATE",
  "CLAIM_EMPTY",
  "CLAIM_TOO_LONG",
  "CLAIM_CURRENCY",
  "CLAIM_AMOUNT",
  "NOT_CLAIMABLE",
  "MORE_THAN_CLAIMED",
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
  "STALE_QUANTITY",
  "UNKNOWN_STOCKTAKE",
  "LINE_STATE",
  "CAUSE_MISSING",
  "COUNTED_AT",
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Refusal {
  readonly outcome: "REFUSED";
  readonly code: RefusalCode;
  readonly detail: string;
  readonly errors: readonly RefusedField[];
  /** Of a stale expectation: what there is, in pieces, for those who hold the book themselves. */
  readonly current?: readonly { readonly sku: string; readonly quantity: number }[];
}

export const refuse = (code: RefusalCode, detail: string, errors: readonly RefusedField[] = []): Refusal => ({
  outcome: "REFUSED",
  code,
  detail,
  errors,
});
