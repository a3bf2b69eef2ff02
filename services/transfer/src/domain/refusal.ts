/** One line or field of a command and why it cannot be. */
export interface RefusedField {
  readonly field: string;
  readonly reason: string;
}

/** Why a command was refused as a whole; nothing of it was applied. */
export const REFUSAL_CODES = [
  "UNKNOWN_TRANSFER",
  "UNKNOWN_LINE",
  "UNKNOWN_SHIPMENT",
  "WRONG_LOCATION",
  "TRANSFER_CONFLICT",
  "SHIPMENT_CONFLICT",
  "ARRIVAL_CONFLICT",
  "ARRIVAL_WITHOUT_NAME",
  "NOT_A_DRAFT",
  "STILL_A_DRAFT",
  "CALLED_BACK",
  "NOTHING_RESERVED",
  "MORE_THAN_RESERVED",
  "TOO_MANY_SHIPMENTS",
  "NOTHING_DISPATCHED",
  "NOTHING_UNDER_WAY",
  "MORE_THAN_UNDER_WAY",
  "NOTHING_TO_CALL_OFF",
  "MORE_THAN_OPEN",
  "STALE_VERSION",
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
