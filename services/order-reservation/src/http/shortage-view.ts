import { isoTime } from "@septet/service-kit";
import { type Language, outcomeText } from "@septet/stock-contracts";
import { z } from "zod";
import { isSettled, type Order, type Shortage, shortageIdOf } from "../domain/index.js";

const minor = z.number().int().min(0).nullable();
const REMEDY = z.object({
  kind: z.enum(["REFUND", "EXCHANGE"]),
  sku: z.string().nullable().describe("the replacement, for EXCHANGE"),
  refundMinor: minor.describe("minor units of the order's currency; null: the order named no price"),
  couponMinor: minor.describe("null: no coupon"),
});

/** What can still be chosen for a line. */
export const REMEDIES_LEFT = z.object({ lineId: z.string(), sku: z.string(), remedies: z.array(REMEDY) });

/** What an order was told to be short. Its own pieces only: never what is left in stock. */
export const SHORTAGE = z.object({
  shortageId: z.string(),
  cause: z.string(),
  text: z.string().describe("for the shopper, with an apology: by Accept-Language, else in the order's language"),
  shortedAt: z.iso.datetime(),
  decideBy: z.iso.datetime().describe("unanswered then, the money is given back, with the coupon"),
  settled: z.boolean(),
  acknowledgedAt: z.iso.datetime().nullable().describe("since when somebody of ours sees to it; null: nobody does"),
  lines: z.array(
    REMEDIES_LEFT.extend({
      quantity: z.number().int().min(1).describe("pieces that are not delivered"),
      settled: REMEDY.extend({ by: z.enum(["CUSTOMER", "OPERATOR", "DEFAULT"]) }).nullable(),
    }),
  ),
});

type ShortageView = z.output<typeof SHORTAGE>;

/** @param language in which the shopper is told; null: ours */
export function shortageView(orderId: string, shortage: Shortage, language: Language | null): ShortageView {
  const { cause, shortedAt, decideBy, acknowledged, lines } = shortage;
  return {
    shortageId: shortageIdOf(orderId, shortage),
    cause,
    text: outcomeText("SHORTED", cause, language),
    shortedAt: new Date(shortedAt).toISOString(),
    decideBy: new Date(decideBy).toISOString(),
    settled: isSettled(shortage),
    acknowledgedAt: isoTime(acknowledged?.at ?? null),
    lines: lines.map((line) => ({ ...line, remedies: [...line.remedies] })),
  };
}

export const shortagesOf = ({ orderId, shortageList, language }: Order, asked: Language | null): ShortageView[] =>
  shortageList.map((shortage) => shortageView(orderId, shortage, asked ?? language));
