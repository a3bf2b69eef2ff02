import {
  type Answer,
  type IdempotencyClaim,
  idempotencyClaim,
  type RequestContext,
  type Route,
  route,
} from "@septet/service-kit";
import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import type { Desk } from "../desk.js";
import type { BookDocument } from "../domain/commands.js";
import type { Outcome } from "../domain/outcomes.js";
import type { DocumentHead, DocumentKind, DocumentLine } from "../domain/stock-document.js";
import { refusalAnswer } from "./problem-answer.js";
import { id, lineId, lines, location, part, quantity, reason, sku } from "./schemas.js";

const HEAD = { location, reference: id.optional(), reason: reason.optional() };
const ADVICE = "unsellableQuantity is a part of quantity, so it cannot be more";

export const RECEIPT = z.strictObject({
  ...HEAD,
  lines: lines(
    z
      .strictObject({ sku, quantity, unsellableQuantity: part.default(0) })
      .refine((line) => line.unsellableQuantity <= line.quantity, { message: ADVICE, path: ["unsellableQuantity"] }),
  ),
});
const RETURN = z.strictObject({
  ...HEAD,
  orderId: id.optional(),
  lines: lines(
    z
      .strictObject({
        lineId: lineId.optional(),
        sku,
        sellable: part.default(0),
        unsellable: part.default(0),
        missing: part.default(0),
      })
      .refine((line) => isQuantity(line.sellable + line.unsellable + line.missing), {
        message: "the pieces of a line, all judgements together, are 1 to 1,000,000",
      }),
  ),
});
const CONDITION = z.strictObject({ ...HEAD, lines: lines(z.strictObject({ sku, quantity })) });

const WRITERS = ["warehouse", "operator"] as const;
const RESPONSES = {
  200: "it was booked before, with the same content",
  201: "booked",
  409: "the reference stands for something else, or not that many pieces are there",
  422: "no such warehouse",
};

/** Books a receipt told as JSON. */
export async function bookReceipt(
  desk: Desk,
  context: RequestContext<unknown, unknown, z.output<typeof RECEIPT>>,
): Promise<Answer> {
  const booked = context.body.lines.map(({ sku, quantity, unsellableQuantity: unsellable }) => {
    return { sku, quantity, unsellable, missing: 0, lineId: null };
  });
  return bookTold(desk, context, "RECEIPT", context.body, booked);
}

/** Returns, damage, restoration and disposal: each booked as a whole or not at all. */
export function documentRoutes(desk: Desk): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/returns",
      roles: WRITERS,
      summary: "Books goods that came back, each line judged",
      body: RETURN,
      responses: RESPONSES,
      handler: (context) => {
        const judged = context.body.lines.map(({ lineId, sku, sellable, unsellable, missing }) => {
          return { sku, quantity: sellable + unsellable + missing, unsellable, missing, lineId: lineId ?? null };
        });
        return bookTold(desk, context, "RETURN", context.body, judged);
      },
    }),
    conditionRoute(desk, "/v1/damages", "DAMAGE", "Sellable goods were found unfit"),
    conditionRoute(desk, "/v1/restorations", "RESTORATION", "Unfit goods were found fit again"),
    conditionRoute(desk, "/v1/disposals", "DISPOSAL", "Unfit goods were scrapped, or sent back"),
  ];
}

function conditionRoute(desk: Desk, path: string, kind: DocumentKind, summary: string): Route {
  return route({
    method: "POST",
    path,
    roles: WRITERS,
    summary,
    body: CONDITION,
    responses: RESPONSES,
    handler: (context) => {
      const told = context.body.lines.map((line) => ({ ...line, unsellable: 0, missing: 0, lineId: null }));
      return bookTold(desk, context, kind, context.body, told);
    },
  });
}

interface ToldHead {
  readonly location: string;
  readonly reference?: string | undefined;
  readonly orderId?: string | undefined;
  readonly reason?: string | undefined;
}

function bookTold(
  desk: Desk,
  context: RequestContext<unknown, unknown, unknown>,
  kind: DocumentKind,
  told: ToldHead,
  toldLines: readonly Omit<DocumentLine, "line">[],
): Promise<Answer> {
  const claim = idempotencyClaim(context);
  const head: DocumentHead = {
    kind,
    location: told.location,
    reference: told.reference ?? referenceOf(claim),
    orderId: told.orderId ?? null,
    reason: told.reason ?? null,
    actor: context.actor.subject,
  };
  const numbered = toldLines.map((line, index) => ({ ...line, line: String(index + 1) }));
  const command: BookDocument = { type: "BOOK_DOCUMENT", head, lines: numbered };
  return desk.ask(command, claim, (outcome) => bookedAnswer(command, outcome));
}

/** A document without a reference is named after its key, so that the key books it once even after it is forgotten. */
export const referenceOf = (claim: IdempotencyClaim): string => `key-${claim.id.slice(0, 32)}`;

function bookedAnswer({ head, lines }: BookDocument, outcome: Outcome): Answer {
  if (outcome.outcome === "REFUSED") return refusalAnswer(outcome);
  if (outcome.outcome !== "BOOKED") throw new Error(`a document cannot be answered with ${outcome.outcome}`);
  const { location, reference, orderId } = head;
  const pieces = lines.reduce((sum, line) => sum + line.quantity, 0);
  const body = { location, reference, ...(orderId === null ? {} : { orderId }), lines: lines.length, pieces };
  return { status: outcome.again ? 200 : 201, body };
}

const isQuantity = (pieces: number): boolean => pieces >= 1 && pieces <= LIMITS.MAX_QUANTITY_PIECES;
