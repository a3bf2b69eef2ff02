import type { Codec, InboundMessage } from "@septet/messaging";
import { type AcceptedMessage, decodeSlice, isAccepted, type RefusedMessage } from "@septet/service-kit";
import { LIMITS, languageOf, locationKindOf, type RecordOf, type RemedyKind } from "@septet/stock-contracts";
import type { Command, LockWish, Placement, SkuListing } from "../domain/index.js";
import type { SliceItem } from "../slice-item.js";

/** Topics this service reads. */
export const TOPICS_READ = [
  "upstream.orders.v1",
  "upstream.payments.v1",
  "upstream.carts.v1",
  "upstream.catalogue.v1",
  "upstream.promotions.v1",
  "stock.movements.v1",
  "stock.fulfilments.v1",
  "stock.transfers.v1",
  "stock.locations.v1",
] as const;

/** Turns a slice of messages into items, one each and in order; what cannot be handled carries its refusal. */
export async function itemsOf(codec: Codec, slice: readonly InboundMessage[], self: string): Promise<SliceItem[]> {
  const decoded = await decodeSlice(codec, slice);
  return decoded.map((one) => {
    const size = one.message.value?.length ?? 0;
    if (size <= LIMITS.MAX_MESSAGE_BYTES) return isAccepted(one) ? accepted(one, self) : refused(one);
    const message = `the message has ${size} bytes, ${LIMITS.MAX_MESSAGE_BYTES} are the most`;
    return refused({ ...one, error: { code: "MESSAGE_TOO_LARGE", message } });
  });
}

/** Aside with it; the order of a placement is answered when it says which one it is. */
function refused({ message, error, name, value }: RefusedMessage): SliceItem {
  const refusal = { code: error.code, message: error.message };
  const placed = name === "OrderPlaced" ? (value as RecordOf<"OrderPlaced">) : undefined;
  const orderId = placed?.orderId ?? "";
  const readable = orderId.trim() !== "" && orderId.length <= LIMITS.MAX_ID_CHARS && !orderId.includes("\0");
  if (!readable) return { message, refusal };
  const paid = placed?.payment === "PAID";
  const language = languageOf(placed?.language);
  return { message, refusal, command: { type: "RefuseInvalidOrder", orderId, paid, language }, ...trace(message) };
}

const trace = ({ headers }: InboundMessage): Pick<SliceItem, "headers"> =>
  headers.traceparent === undefined ? {} : { headers: { traceparent: headers.traceparent } };

function accepted(one: AcceptedMessage, self: string): SliceItem {
  const { message } = one;
  const base = { message, ...trace(message) };
  switch (one.name) {
    case "OrderPlaced":
      return { ...base, command: { type: "PlaceOrder", placement: placementOf(one.value) } };
    case "OrderCancelled": {
      const { orderId, lines, eventId } = one.value;
      const command = { type: "CancelOrder", orderId, lines } as const;
      // A whole cancellation is the same twice; one by line takes a quantity off each time.
      return lines === null ? { ...base, command } : { ...base, command, onceId: eventId };
    }
    case "PaymentSucceeded":
      return { ...base, command: { type: "PaymentSucceeded", orderId: one.value.orderId } };
    case "PaymentFailed":
      return { ...base, command: { type: "PaymentFailed", orderId: one.value.orderId } };
    case "CartItemAdded":
      return { ...base, onceId: one.value.eventId, command: cartChange(one.value, one.value.quantity) };
    case "CartItemRemoved":
      return { ...base, onceId: one.value.eventId, command: cartChange(one.value, -one.value.quantity) };
    case "SkuListed":
      return { ...base, command: { type: "ListSku", ...listingOf(one.value) } };
    case "StockMovement": {
      const movement = one.value;
      if (movement.recordedBy === self) return { ...base, movement };
      const { actor } = movement;
      const command = { type: "ApplyMovement", movement } as const;
      return { ...base, movement, command, ...(actor === null ? {} : { actor }) };
    }
    case "FulfilmentCancelled": {
      const { orderId, fulfilmentId, lines, eventId } = one.value;
      return { ...base, onceId: eventId, command: { type: "FulfilmentCancelled", orderId, fulfilmentId, lines } };
    }
    case "FulfilmentShipped": {
      const { orderId, fulfilmentId, tracking } = one.value;
      if (tracking === null) return base;
      return { ...base, command: { type: "FulfilmentShipped", orderId, fulfilmentId, tracking } };
    }
    case "TransferReservationRequested": {
      const { eventId, transferId, lineId, sku, source, destination, quantity, allowPartial } = one.value;
      const request = { transferId, lineId, sku, source, destination, quantity, allowPartial };
      return { ...base, onceId: eventId, command: { type: "ReserveTransfer", request } };
    }
    case "LocationDefined": {
      const { location, kind, active, version } = one.value;
      return { ...base, command: { type: "DefineLocation", location, kind, active, version } };
    }
    case "PromotionScheduled":
      return scheduled(base, one.value);
    case "PromotionEnded":
      return { ...base, command: { type: "EndPromotion", promotionId: one.value.promotionId } };
    case "ShortageChoiceMade": {
      const { orderId, shortageId, choices, eventId } = one.value;
      const chosen = choices.map(({ lineId, kind, sku }) => ({ lineId, kind: kind as RemedyKind, sku }));
      const who = { by: "CUSTOMER", answerByEvent: true } as const;
      return {
        ...base,
        onceId: eventId,
        command: { type: "ChooseRemedies", orderId, shortageId, choices: chosen, ...who },
      };
    }
    default:
      // Our own requests read back, and what the other services tell each other.
      return base;
  }
}

/** A bundle is taken from its parts' stock; it replaces nothing and is replaced by nothing. */
function listingOf(value: RecordOf<"SkuListed">): SkuListing {
  const { sku, active, unitPriceMinor, currency, substitutionGroup, parts } = value;
  const isBundle = parts !== null && parts.length > 0;
  const listing = { sku, active, unitPriceMinor, currency };
  if (!isBundle) return { ...listing, substitutionGroup, parts: null };
  return {
    ...listing,
    substitutionGroup: null,
    parts: parts.map((part) => ({ sku: part.sku, quantity: part.quantity })),
  };
}

/** A schedule says all of a promotion; only what is our own can be set aside. */
function scheduled(base: SliceItem, value: RecordOf<"PromotionScheduled">): SliceItem {
  const { eventId, promotionId, startsAt, endsAt } = value;
  const items: LockWish[] = value.items.map(({ sku, location, lockedQuantity, releasePolicy }) => ({
    sku,
    location,
    lockedQuantity,
    releasePolicy: releasePolicy === "ON_PROMOTION_ENDED" ? "ON_PROMOTION_ENDED" : "AT_ZERO",
  }));
  const index = items.findIndex(({ location }) => locationKindOf(location) === "SUPPLIER");
  if (index >= 0) {
    const message = `items[${index}].location is a supplier's: send a warehouse, stock of suppliers is not locked`;
    return { ...base, refusal: { code: "UNKNOWN_LOCATION", message } };
  }
  const schedule = { promotionId, startsAt, endsAt, items, whole: true };
  return { ...base, onceId: eventId, command: { type: "SchedulePromotion", schedule } };
}

function cartChange(value: RecordOf<"CartItemAdded">, by: number): Command {
  const { cartId, sku, customerId, channel, region } = value;
  const wish = { cartId, sku, customerId, customerClass: null, channel, region, change: { by } };
  return { type: "HoldCart", wish };
}

/** What of `OrderPlaced` decides the reservation. */
export function placementOf(value: RecordOf<"OrderPlaced">): Placement {
  return {
    orderId: value.orderId,
    customerId: value.customerId,
    customerClass: value.customerClass,
    groupLeaderId: value.groupLeaderId,
    channel: value.channel,
    region: value.region,
    payment: value.payment === "PAID" ? "PAID" : "PENDING",
    allowPartial: value.allowPartial,
    deliverBy: value.deliverBy,
    cartId: value.cartId,
    promotionId: value.promotionId,
    currency: value.currency,
    language: languageOf(value.language),
    deviceId: value.deviceId,
    ipAddress: value.ipAddress,
    lines: value.lines,
  };
}
