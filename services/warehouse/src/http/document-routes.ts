import {
  type Answer,
  type Database,
  idempotencyClaim,
  type RequestContext,
  type Route,
  route,
} from "@septet/service-kit";
import { z } from "zod";
import type { Desk } from "../desk.js";
import type { BookDocument } from "../domain/commands.js";
import type { Outcome } from "../domain/outcomes.js";
import type { DocumentHead, DocumentKind, DocumentLine } from "../domain/stock-document.js";
import { judgedPieces, labelsOf, receivedPieces, referenceOf } from "./document-lines.js";
import { headerOf, sheetDefaults, uploadDocuments } from "./document-sheets.js";
import { refusalAnswer } from "./problem-answer.js";
import { area, id, lineId, lines, location, part, quantity, reason, sku } from "./schemas.js";

const HEAD = { location, reference: id.optional(), reason: reason.optional() };
const RECEIPT = z.strictObject({
  ...HEAD,
  inbound: id.optional(),
  claim: id.optional(),
  lines: lines(
    receivedPieces(z.strictObject({ sku, quantity, unsellableQuantity: part.default(0), area: area.optional() })),
  ),
});
const JUDGED_LINE = z.strictObject({
  lineId: lineId.optional(),
  sku,
  sellable: part.default(0),
  unsellable: part.default(0),
  missing: part.default(0),
  area: area.optional(),
});
const RETURN = z.strictObject({ ...HEAD, orderId: id.optional(), lines: lines(judgedPieces(JUDGED_LINE)) });
const CONDITION = z.strictObject({ ...HEAD, lines: lines(z.strictObject({ sku, quantity })) });
const DISPOSAL = z.strictObject({ ...CONDITION.shape, claim: id.optional() });
const DAMAGE = z.strictObject({
  ...HEAD,
  lines: lines(z.strictObject({ sku, quantity, area: area.optional() })),
});

const NOTHING_ELSE = { unsellable: 0, missing: 0, lineId: null, orderId: null };

/** A document told as JSON: what its head says, and its lines without their numbers. */
interface Told {
  readonly location: string;
  readonly reference?: string | undefined;
  readonly orderId?: string | undefined;
  readonly reason?: string | undefined;
}
type ToldLine = Omit<DocumentLine, "line">;

/** Receipts, returns, damage, restoration and disposals: as JSON whole or not at all, as a sheet row by row. */
export function documentRoutes(db: Database, desk: Desk): Route[] {
  return [
    documentRoute(db, desk, "/v1/receipts", "RECEIPT", "Books goods that arrived", RECEIPT, (told) =>
      told.lines.map(({ sku, quantity, unsellableQuantity: unsellable, area }) => {
        return {
          ...NOTHING_ELSE,
          sku,
          quantity,
          unsellable,
          ...labelsOf({ area, inbound: told.inbound, claim: told.claim }),
        };
      }),
    ),
    documentRoute(db, desk, "/v1/returns", "RETURN", "Books goods that came back, each line judged", RETURN, (told) =>
      told.lines.map(({ lineId = null, sku, sellable, unsellable, missing, area }) => {
        const quantity = sellable + unsellable + missing;
        return { sku, quantity, unsellable, missing, lineId, orderId: null, ...labelsOf({ area }) };
      }),
    ),
    documentRoute(db, desk, "/v1/damages", "DAMAGE", "Sellable goods were found unfit", DAMAGE, (told) =>
      told.lines.map(({ sku, quantity, area }) => ({ ...NOTHING_ELSE, sku, quantity, ...labelsOf({ area }) })),
    ),
    documentRoute(db, desk, "/v1/restorations", "RESTORATION", "Unfit goods were found fit again", CONDITION, (told) =>
      told.lines.map((line) => ({ ...NOTHING_ELSE, ...line })),
    ),
    documentRoute(db, desk, "/v1/disposals", "DISPOSAL", "Unfit goods were scrapped, or sent back", DISPOSAL, (told) =>
      told.lines.map((line) => ({ ...NOTHING_ELSE, ...line, ...labelsOf({ claim: told.claim }) })),
    ),
  ];
}

function documentRoute<B extends z.ZodType<Told>>(
  db: Database,
  desk: Desk,
  path: string,
  kind: DocumentKind,
  summary: string,
  body: B,
  linesOf: (told: z.output<B>) => readonly ToldLine[],
): Route {
  return route({
    method: "POST",
    path,
    roles: ["warehouse", "operator"],
    summary,
    description:
      `JSON books all lines or none. text/csv (UTF-8, header ${headerOf(kind)}, those in brackets may be left out) and ` +
      "application/x-ndjson are taken as a stream: good rows are booked, bad ones named; the same key again goes on " +
      "where it stopped. The query gives location and reference to rows that have none.",
    query: sheetDefaults(kind),
    body,
    bulk: true,
    responses: {
      200: "booked before with the same content; or an upload: counts, and what is wrong with which row",
      201: "booked",
      409: "the reference stands for something else, not that many pieces are there, or the claim does not allow it",
      422: "no such warehouse or area, a code that names unsellable stock, a claim nobody opened, or an upload that cannot be read",
    },
    handler: (context) => {
      if (context.bulk !== undefined) return uploadDocuments(db, desk, kind, context);
      return bookTold(desk, context, kind, context.body, linesOf(context.body));
    },
  });
}

function bookTold(
  desk: Desk,
  context: RequestContext<unknown, unknown, unknown>,
  kind: DocumentKind,
  told: Told,
  toldLines: readonly ToldLine[],
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

function bookedAnswer({ head, lines }: BookDocument, outcome: Outcome): Answer {
  if (outcome.outcome === "REFUSED") return refusalAnswer(outcome);
  if (outcome.outcome !== "BOOKED") throw new Error(`a document cannot be answered with ${outcome.outcome}`);
  const { location, reference, orderId } = head;
  const pieces = lines.reduce((sum, line) => sum + line.quantity, 0);
  const body = { location, reference, ...(orderId === null ? {} : { orderId }), lines: lines.length, pieces };
  return { status: outcome.again ? 200 : 201, body };
}
