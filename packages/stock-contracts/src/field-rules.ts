import { isAccount } from "./buckets.js";
import { LOCATION_KINDS, LOCK_RELEASE_POLICIES, PAYMENT_STATES, REMEDY_KINDS, SETTLED_BY } from "./closed-lists.js";
import { LIMITS } from "./limits.js";

/** What is wrong with one value, or undefined: a stable rule name, what is wrong, and what to send instead. */
export type Fault = readonly [rule: string, wrong: string, instead: string] | undefined;
export type TextRule = (text: string) => Fault;
export type NumberRule = (value: number) => Fault;

/** NUL cannot be stored, and half of a surrogate pair is no character. */
const UNSTORABLE = /[\0\p{Cs}]/u;

/** A value as a message shows it; long ones are cut, because a dead letter keeps the whole record anyway. */
export function shown(value: unknown): string {
  const text = typeof value === "string" ? `"${value}"` : String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function textUpTo(maxChars: number): TextRule {
  return (text) => {
    if (text.length > maxChars) return ["too-long", `has ${text.length} characters`, `send at most ${maxChars}`];
    if (UNSTORABLE.test(text))
      return ["unstorable-text", "holds a NUL or half a surrogate pair", "send whole characters"];
    return undefined;
  };
}

/** Any text for people. */
export const freeText = textUpTo(LIMITS.MAX_TEXT_CHARS);
/** An id that may be left out; bounded like the others, because it is looked up by. */
export const optionalId = textUpTo(LIMITS.MAX_ID_CHARS);
const longText = textUpTo(LIMITS.MAX_MESSAGE_BYTES);
const skuText = textUpTo(LIMITS.MAX_SKU_CHARS);

function idUpTo(maxChars: number): TextRule {
  const upToMax = textUpTo(maxChars);
  return (text) => (text.trim() === "" ? ["empty", "is empty", "send its id or name"] : upToMax(text));
}

export const requiredId = idUpTo(LIMITS.MAX_ID_CHARS);
const derivedId = idUpTo(LIMITS.MAX_DERIVED_ID_CHARS);

/** A SKU is judged as it is read: trimmed. */
const sku: TextRule = (text) => {
  const read = text.trim();
  return read === "" ? ["empty", "is empty", "send the SKU"] : skuText(read);
};

const currency: TextRule = (text) =>
  /^[A-Z]{3}$/.test(text) ? undefined : ["not-a-currency", `is ${shown(text)}`, "send an ISO 4217 code such as CNY"];

const bucket: TextRule = (text) =>
  isAccount(text) ? undefined : ["unknown-bucket", `is ${shown(text)}`, "send one of the seven buckets or total"];

const jsonObject: TextRule = (text) => {
  const tooLong = longText(text);
  if (tooLong !== undefined) return tooLong;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return undefined;
  } catch (error) {
    return ["not-json", `is not JSON (${(error as Error).message})`, "send a JSON object as text"];
  }
  return ["not-json", "is JSON, but no object", "send a JSON object as text"];
};

function oneOf(list: object): TextRule {
  const values = Object.keys(list);
  return (text) =>
    values.includes(text) ? undefined : ["unknown-value", `is ${shown(text)}`, `send ${values.join(" or ")}`];
}

function whole(min: number, max: number, what: string): NumberRule {
  return (value) =>
    Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : ["out-of-range", `is ${value}`, `send whole ${what} from ${min} to ${max}`];
}

const pieces = whole(1, LIMITS.MAX_QUANTITY_PIECES, "pieces");
const piecesOrNone = whole(0, LIMITS.MAX_QUANTITY_PIECES, "pieces");
const money = whole(0, LIMITS.MAX_MONEY_MINOR, "minor units");
const position = whole(0, Number.MAX_SAFE_INTEGER, "numbers");
const sequence = whole(1, Number.MAX_SAFE_INTEGER, "numbers");

const delta: NumberRule = (value) =>
  Number.isInteger(value) && value !== 0 && Math.abs(value) <= LIMITS.MAX_QUANTITY_PIECES
    ? undefined
    : ["out-of-range", `is ${value}`, `send whole pieces from ±1 to ±${LIMITS.MAX_QUANTITY_PIECES}`];

export const anyWhole = whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, "numbers");
export const timestamp = whole(0, LIMITS.MAX_TIMESTAMP_MS, "epoch milliseconds");

/**
 * The rule of a text field by its name; `Record.field` wins over `field`. Texts that are not here are ids,
 * required or optional. Closed lists stand here only where a consumer cannot
 * act on a value it does not know; elsewhere a newer value must pass.
 */
export const TEXT_RULES: { readonly [field: string]: TextRule } = {
  sku,
  currency,
  bucket,
  eventId: derivedId,
  movementId: derivedId,
  fulfilmentId: derivedId,
  shortageId: derivedId,
  alertId: derivedId,
  scope: derivedId,
  "MovementReference.id": derivedId,
  reverses: derivedId,
  reason: freeText,
  message: freeText,
  actor: freeText,
  tracking: freeText,
  "PolicyChanged.policy": jsonObject,
  "SkuListed.name": freeText,
  "LocationDefined.name": freeText,
  "BalanceRepairRequested.evidence": longText,
  "BalanceRepairRequested.actor": requiredId,
  "BalanceRepaired.actor": requiredId,
  "OrderPlaced.payment": oneOf(PAYMENT_STATES),
  "ShortageChoice.kind": oneOf(REMEDY_KINDS),
  "OrderShortageSettled.by": oneOf(SETTLED_BY),
  "PromotionItem.releasePolicy": oneOf(LOCK_RELEASE_POLICIES),
  "LocationDefined.kind": oneOf(LOCATION_KINDS),
};

/** The rule of a number by its name; `Record.field` wins over `field`. What is not here may be any whole number. */
export const NUMBER_RULES: { readonly [field: string]: NumberRule } = {
  quantity: pieces,
  lockedQuantity: pieces,
  shortQuantity: pieces,
  "FulfilmentCancelledLine.quantity": piecesOrNone,
  "FulfilledLine.quantity": piecesOrNone,
  "ReturnedLine.sellable": piecesOrNone,
  "ReturnedLine.unsellable": piecesOrNone,
  "ReturnedLine.missing": piecesOrNone,
  "TransferLineChanged.requested": pieces,
  "TransferLineChanged.reserved": piecesOrNone,
  "TransferLineChanged.dispatched": piecesOrNone,
  "TransferLineChanged.received": piecesOrNone,
  "TransferLineChanged.damaged": piecesOrNone,
  "TransferLineChanged.lost": piecesOrNone,
  "TransferLineChanged.cancelled": piecesOrNone,
  "TransferLineChanged.rejected": piecesOrNone,
  "TransferLineChanged.short": piecesOrNone,
  "TransferLineChanged.damagedBeforeDispatch": piecesOrNone,
  "TransferLineChanged.returned": piecesOrNone,
  "TransferLineChanged.surplus": position,
  "TransferLineChanged.withdrawn": piecesOrNone,
  "TransferSurplusArrived.unsellable": piecesOrNone,
  unitPriceMinor: money,
  refundMinor: money,
  couponMinor: money,
  delta,
  sequence,
  version: sequence,
  contiguous: position,
  from: sequence,
  to: sequence,
};

/** Lists that may be empty; every other list says something or the record says nothing. */
export const MAY_BE_EMPTY: ReadonlySet<string> = new Set([
  "SkuListed.parts",
  "StockMovement.legs", // a VOID has none; the movement's own rule sees to the others
  "OrderReserved.warnings",
  "OrderAwaitingPayment.lines",
  "OrderAwaitingPayment.warnings",
  "ShortedLine.remedies",
  "ShortageChoiceRejected.lines",
  "UnsettledLine.remedies",
  "OrderFulfilled.lines",
  "FulfilmentShipped.lines",
  "FulfilmentShort.lines",
  "BalanceRepairRequested.positions",
  "RepairPosition.ahead",
]);

/** Lists of what others send that could grow without end. */
export const MAX_ITEMS: { readonly [field: string]: number } = {
  "OrderPlaced.lines": LIMITS.MAX_ORDER_LINES,
  "OrderCancelled.lines": LIMITS.MAX_ORDER_LINES,
  "ShortageChoiceMade.choices": LIMITS.MAX_ORDER_LINES,
  "PromotionScheduled.items": LIMITS.MAX_ORDER_LINES,
  "SkuListed.parts": LIMITS.MAX_BUNDLE_PARTS,
};

/** Fields that together name an item of a list only once. */
export const UNIQUE_BY: { readonly [field: string]: readonly string[] } = {
  "OrderPlaced.lines": ["lineId"],
  "OrderCancelled.lines": ["lineId"],
  "ShortageChoiceMade.choices": ["lineId"],
  "SkuListed.parts": ["sku"],
  "PromotionScheduled.items": ["sku", "location"],
  "OrderReserved.lines": ["lineId"],
  "OrderAwaitingPayment.lines": ["lineId"],
  "OrderShorted.lines": ["lineId"],
  "FulfilmentRequested.lines": ["lineId", "sku"],
  "FulfilmentCancelRequested.lines": ["lineId", "sku"],
  "FulfilmentCancelled.lines": ["lineId", "sku"],
};
