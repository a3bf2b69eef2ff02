import { type Answer, conflict, type Database, problemAnswer, type Route, route } from "@septet/service-kit";
import { type Language, LIMITS, outcomeText } from "@septet/stock-contracts";
import { z } from "zod";
import { type CartHold, heldPieces, type Outcome } from "../domain/index.js";
import type { ReservationDesk } from "../reservation-desk.js";
import { holdsOfCart } from "../store/cart-holds.js";
import { askedLanguage } from "./language.js";
import { id, optionalId, sku } from "./schemas.js";
import { settledOnce } from "./settled-once.js";

const WISH = z.strictObject({
  cartId: id,
  sku,
  quantity: z
    .number()
    .int()
    .min(0)
    .max(LIMITS.MAX_QUANTITY_PIECES)
    .describe("pieces of the SKU in the cart from now on, all of them; 0 gives the hold back"),
  customerId: optionalId,
  customerClass: optionalId,
  channel: id,
  region: optionalId,
});

/** What a cart holds of a SKU: its own pieces only, never what is left in stock. */
const CART_HOLD = z.object({
  cartId: z.string(),
  sku: z.string(),
  quantity: z.number().int().min(0).describe("pieces held for the cart"),
  expiresAt: z.iso.datetime().nullable().describe("when the hold ends; null: nothing is held"),
});

const holdView = (cartId: string, sku: string, hold: CartHold | undefined): z.output<typeof CART_HOLD> => {
  const quantity = hold === undefined ? 0 : heldPieces(hold);
  return { cartId, sku, quantity, expiresAt: quantity === 0 ? null : new Date(hold?.expiresAt ?? 0).toISOString() };
};

/** Holds for carts, where the policy of the SKU reserves in carts. */
export function cartRoutes(o: { desk: ReservationDesk; db: Database }): Route[] {
  return [holdRoute(o.desk), showRoute(o.db)];
}

function holdRoute(desk: ReservationDesk): Route {
  return route({
    method: "POST",
    path: "/v1/cart-holds",
    roles: ["upstream", "storefront", "operator"],
    summary: "Hold so many pieces of a SKU for a cart",
    description:
      "All of them or no more than before. The same request again renews the hold, up to the longest that a hold may live.",
    body: WISH,
    responses: {
      200: { description: "held", body: CART_HOLD },
      409: "not held, with the reason; what was held before stays held",
    },
    handler: (context) => {
      const { quantity, ...cart } = context.body;
      const command = { type: "HoldCart", wish: { ...cart, change: { to: quantity } } } as const;
      const asked = askedLanguage(context.request);
      const answer = (outcome: Outcome) => answerHold(cart, outcome, asked);
      return settledOnce(desk, context, command, answer);
    },
  });
}

/** 200 with what is held; 409 with the reason. */
export function answerHold(
  { cartId, sku }: { cartId: string; sku: string },
  outcome: Outcome,
  asked: Language | null,
): Answer {
  if (outcome.type !== "CART_DECIDED") throw new Error(`a cart's wish ended as ${outcome.type}`);
  const { hold, code } = outcome;
  if (code === null) return { status: 200, body: holdView(cartId, sku, hold) };
  const extra = { cartId, sku, code, text: outcomeText("REJECTED", code, asked) };
  return problemAnswer(conflict("cart-hold-rejected", "The pieces are not held for the cart", extra));
}

function showRoute(db: Database): Route {
  return route({
    method: "GET",
    path: "/v1/cart-holds/{cartId}",
    roles: ["upstream", "storefront", "operator", "sre"],
    summary: "What is held for a cart",
    params: z.object({ cartId: id }),
    responses: { 200: { description: "by SKU", body: z.object({ items: z.array(CART_HOLD) }) } },
    handler: async ({ params: { cartId } }) => {
      const holds = await holdsOfCart(db, cartId);
      const items = holds.filter((hold) => hold.places.length > 0);
      return { status: 200, body: { items: items.map((hold) => holdView(cartId, hold.sku, hold)) } };
    },
  });
}
