import {
  type Answer,
  conflict,
  type Database,
  decodeCursor,
  invalid,
  notFound,
  page,
  pageFields,
  problemAnswer,
  type Route,
  route,
} from "@septet/service-kit";
import { type Language, LIMITS, outcomeText } from "@septet/stock-contracts";
import { z } from "zod";
import type { Choice, Outcome } from "../domain/index.js";
import type { ReservationDesk } from "../reservation-desk.js";
import { listOpenShortages } from "../store/shortages.js";
import { askedLanguage } from "./language.js";
import { RESERVATION, reservationOf } from "./reservation-view.js";
import { id, sku } from "./schemas.js";
import { settledOnce } from "./settled-once.js";
import { SHORTAGE, shortageView } from "./shortage-view.js";

const LISTED = SHORTAGE.extend({
  orderId: z.string(),
  groupLeaderId: z.string().nullable(),
  acknowledgedBy: z.string().nullable().describe("who sees to it"),
});
const LIST_QUERY = z.object({
  groupLeaderId: id.optional().describe("of one group leader (团长) only"),
  ...pageFields(1_000),
});
const shortageId = z.string().min(1).max(LIMITS.MAX_DERIVED_ID_CHARS);
const CHOICES = z.strictObject({
  shortageId,
  choices: z
    .array(
      z.strictObject({
        lineId: id,
        kind: z.enum(["REFUND", "EXCHANGE"]),
        sku: sku.nullish().describe("the replacement, for EXCHANGE"),
      }),
    )
    .min(1)
    .max(LIMITS.MAX_ORDER_LINES),
});

/** Shortages that wait for somebody, and what is chosen for them. */
export function shortageRoutes({ desk, db }: { desk: ReservationDesk; db: Database }): Route[] {
  return [listRoute(db), settleRoute(desk), acknowledgeRoute(desk)];
}

function listRoute(db: Database): Route {
  return route({
    method: "GET",
    path: "/v1/shortages",
    roles: ["upstream", "operator", "sre"],
    summary: "Shortages of paid orders that are not settled, of all or of one group leader",
    query: LIST_QUERY,
    responses: {
      200: {
        description: "a page, by order",
        body: z.object({ items: z.array(LISTED), nextCursor: z.string().nullable() }),
      },
    },
    handler: async ({ query: { groupLeaderId, cursor, limit }, request }) => {
      const after = cursor === undefined ? (["", 0] as const) : placeOf(cursor);
      const rows = await listOpenShortages(db, { groupLeaderId, after, limit: limit + 1 });
      const { items, nextCursor } = page(rows, limit, ({ orderId, number }) => [orderId, number]);
      const asked = askedLanguage(request);
      const shown = items.map(({ orderId, groupLeaderId: leader, language, ...shortage }) => ({
        ...{ orderId, groupLeaderId: leader, acknowledgedBy: shortage.acknowledged?.by ?? null },
        ...shortageView(orderId, shortage, asked ?? language),
      }));
      return { status: 200, body: { items: shown, nextCursor } };
    },
  });
}

function placeOf(cursor: string): readonly [orderId: string, number: number] {
  const [orderId, number] = decodeCursor(cursor, ["text", "whole"]);
  return [String(orderId), Number(number)];
}

function settleRoute(desk: ReservationDesk): Route {
  return route({
    method: "POST",
    path: "/v1/shortages/{orderId}/settle",
    roles: ["upstream", "storefront", "operator"],
    summary: "Choose what shall happen to shorted lines: the money back, or a replacement",
    description:
      "All choices or none. A replacement is reserved at once; one that is gone is answered with those left. Lines that are not named wait on.",
    params: z.object({ orderId: id }),
    body: CHOICES,
    responses: {
      200: { description: "settled; the order as it stands", body: RESERVATION },
      404: "the order has no such shortage",
      409: "a choice cannot be carried out: with the line, a `code` and what can still be chosen",
    },
    handler: (context) => {
      const { shortageId, choices: wished } = context.body;
      const choices: Choice[] = wished.map(({ lineId, kind, sku: other }) => ({ lineId, kind, sku: other ?? null }));
      if (new Set(choices.map(({ lineId }) => lineId)).size < choices.length) {
        throw invalid([{ field: "body.choices", reason: "names a line twice: send each once" }]);
      }
      const { orderId } = context.params;
      const by = context.actor.roles.includes("operator") ? ("OPERATOR" as const) : ("CUSTOMER" as const);
      const command = { type: "ChooseRemedies", orderId, shortageId, choices, by, answerByEvent: false } as const;
      const asked = askedLanguage(context.request);
      const answer = (outcome: Outcome) => answerChoice(shortageId, outcome, asked);
      return settledOnce(desk, context, command, answer);
    },
  });
}

function acknowledgeRoute(desk: ReservationDesk): Route {
  return route({
    method: "POST",
    path: "/v1/shortages/{orderId}/acknowledge",
    roles: ["operator"],
    summary: "Say that somebody sees to a shortage",
    description:
      "It escalates no longer, stays on the list and is settled as before: by a choice, or by the default when the time to choose is over. Who says so first stands.",
    params: z.object({ orderId: id }),
    body: z.strictObject({ shortageId }),
    responses: {
      200: { description: "the order as it stands", body: RESERVATION },
      404: "the order has no such shortage",
      409: "the order is not paid: nothing is owed for it yet",
    },
    handler: (context) => {
      const { orderId } = context.params;
      const { subject: by } = context.actor;
      const command = { type: "AcknowledgeShortage", orderId, shortageId: context.body.shortageId, by } as const;
      const asked = askedLanguage(context.request);
      const answer = (outcome: Outcome) => answerAcknowledged(context.body.shortageId, outcome, asked);
      return settledOnce(desk, context, command, answer);
    },
  });
}

function answerAcknowledged(shortageId: string, outcome: Outcome, asked: Language | null): Answer {
  if (outcome.type === "CHOICE_REFUSED" && outcome.code !== "UNKNOWN_SHORTAGE") {
    const { order, code } = outcome;
    const text = outcomeText("NOT_CHOSEN", code, asked ?? order?.language ?? null);
    return problemAnswer(conflict("not-acknowledged", "The shortage stays as it is", { shortageId, code, text }));
  }
  if (outcome.type === "CHOICE_REFUSED") return problemAnswer(notFound(`Shortage ${shortageId}`));
  const known = outcome.type === "RECORDED" || outcome.type === "NOTHING";
  if (!known || outcome.order === undefined) throw new Error(`an acknowledgement ended as ${outcome.type}`);
  return { status: 200, body: reservationOf(outcome.order, asked) };
}

function answerChoice(shortageId: string, outcome: Outcome, asked: Language | null): Answer {
  if (outcome.type === "CHOICE_REFUSED") {
    const { order, code, lineId, lines } = outcome;
    if (code === "UNKNOWN_SHORTAGE") return problemAnswer(notFound(`Shortage ${shortageId}`));
    const text = outcomeText("NOT_CHOSEN", code, asked ?? order?.language ?? null);
    const extra = { orderId: order?.orderId, shortageId, lineId, code, text, lines };
    return problemAnswer(conflict("choice-rejected", "Nothing of the choice was carried out", extra));
  }
  const settled = outcome.type === "SHORTAGE_SETTLED" || outcome.type === "NOTHING";
  if (!settled || outcome.order === undefined) throw new Error(`a choice ended as ${outcome.type}`);
  return { status: 200, body: reservationOf(outcome.order, asked) };
}
