import { type Language, outcomeText } from "@septet/stock-contracts";
import type { Order, RejectionReason } from "../domain/index.js";

export { askedLanguage } from "@septet/service-kit";

/** Why an order was refused, as its shopper is told: in the language asked for, else in the order's. */
export const toldReasons = (order: Pick<Order, "reasons" | "language">, asked: Language | null) =>
  order.reasons.map((reason: RejectionReason) => ({
    ...reason,
    text: outcomeText("REJECTED", reason.code, asked ?? order.language),
  }));
