import { isoTime } from "@septet/service-kit";
import type { Language } from "@septet/stock-contracts";
import { z } from "zod";
import { type Order, openOfLine, shippedOfLine } from "../domain/index.js";
import { toldReasons } from "./language.js";
import { SHORTAGE, shortagesOf } from "./shortage-view.js";

const pieces = z.number().int().min(0);

/** An order as callers see it. Its own pieces only: never what is left in stock. */
export const RESERVATION = z.object({
  orderId: z.string(),
  state: z.enum([
    "UNPLACED",
    "AWAITING_PAYMENT",
    "RESERVED",
    "CONFIRMED",
    "REJECTED",
    "SHORTED",
    "CANCELLED",
    "EXPIRED",
    "FULFILLED",
  ]),
  paid: z.boolean(),
  placedAt: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable().describe("when an unpaid order ends; null: permanent, or over"),
  customerId: z.string().nullable(),
  channel: z.string().nullable(),
  region: z.string().nullable(),
  lines: z.array(
    z.object({
      lineId: z.string(),
      sku: z.string(),
      quantity: pieces,
      reserved: pieces,
      shipped: pieces,
      cancelled: pieces,
      shorted: pieces,
      parts: z
        .array(z.object({ sku: z.string(), quantity: pieces }))
        .nullable()
        .describe("what a piece of a bundle was made of when it was ordered; null: no bundle"),
      replaces: z.string().nullable().describe("the shorted line that this one makes up for"),
      allocations: z.array(
        z.object({
          location: z.string(),
          sku: z.string().nullable().describe("the part, where the line is a bundle; null: the line's own"),
          quantity: pieces,
          shipped: pieces,
          fulfilmentId: z.string().nullable(),
        }),
      ),
    }),
  ),
  reasons: z.array(
    z.object({
      lineId: z.string().nullable(),
      sku: z.string().nullable(),
      code: z.string(),
      orderId: z.string().optional().describe("the other order that the reason is about"),
      text: z.string().describe("for the shopper, by Accept-Language, else in the order's language"),
    }),
  ),
  shortages: z.array(SHORTAGE).describe("what the order was told to be short, settled or not"),
  tracking: z.array(z.string()),
  warnings: z
    .array(z.object({ code: z.string(), orderId: z.string().nullable(), text: z.string() }))
    .optional()
    .describe("what the sender should know, in the first answer only"),
});

export type Reservation = z.output<typeof RESERVATION>;

/** @param asked the language that the caller prefers; null: the order's */
export function reservationOf(order: Order, asked: Language | null): Reservation {
  return {
    orderId: order.orderId,
    state: order.state,
    paid: order.paid,
    placedAt: isoTime(order.placedAt),
    expiresAt: order.state === "RESERVED" || order.state === "AWAITING_PAYMENT" ? isoTime(order.expiresAt) : null,
    customerId: order.customerId,
    channel: order.channel,
    region: order.region,
    lines: order.lines.map((line) => ({
      lineId: line.lineId,
      sku: line.sku,
      quantity: line.quantity,
      reserved: openOfLine(order, line),
      shipped: shippedOfLine(order, line),
      cancelled: line.cancelled,
      shorted: line.shorted,
      parts: line.parts === null ? null : line.parts.map((part) => ({ ...part })),
      replaces: line.replaces,
      allocations: order.allocations
        .filter((allocation) => allocation.lineId === line.lineId && allocation.open + allocation.shipped > 0)
        .map(({ sku, location, open, shipped, fulfilmentId }) => ({
          ...{ location, sku: sku === line.sku ? null : sku, quantity: open, shipped, fulfilmentId },
        })),
    })),
    reasons: toldReasons(order, asked),
    shortages: shortagesOf(order, asked),
    tracking: [...order.tracking],
  };
}
