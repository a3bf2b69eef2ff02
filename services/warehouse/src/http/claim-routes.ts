import {
  type Answer,
  answerOnce,
  idempotencyClaim,
  notFound,
  type RequestContext,
  type Route,
  route,
  type ServiceContext,
} from "@septet/service-kit";
import { z } from "zod";
import {
  addRowsToClaim,
  addToClaim,
  openClaim,
  planForLines,
  planForStep,
  stepClaim,
  type ToldClaimLine,
  type ToldClaimRow,
} from "../claims.js";
import { type Claim, MAX_CLAIM_LINES, send, settle, withdraw } from "../domain/claim.js";
import type { Refusal } from "../domain/refusal.js";
import { addEvidence, loadEvidence } from "../store/claim-list.js";
import { loadClaims, noteClaimEvents } from "../store/claim-rows.js";
import { bulkUpload, checkedRow } from "./bulk-upload.js";
import { EVIDENCE, LINE, LINES, MAX_EVIDENCE_LINKS, OPENING, REMARK, SETTLEMENT } from "./claim-bodies.js";
import { claimView } from "./claim-view.js";
import { refusalProblem } from "./problem-answer.js";
import { id } from "./schemas.js";

const PARAMS = z.object({ claimId: id });
const COLUMNS = {
  names: ["sku", "location", "quantity", "reason", "claimedMinor"],
  required: ["sku", "quantity"],
  figures: ["quantity", "claimedMinor"],
};
const WRITERS = ["warehouse", "operator"] as const;

type Context = Pick<ServiceContext, "db" | "transact">;
type Handed<B> = RequestContext<{ claimId: string }, unknown, B>;

/** Claims on unsellable goods: opened, put together, sent, settled or given up. */
export function claimRoutes(context: Context): Route[] {
  return [openRoute(context), linesRoute(context), evidenceRoute(context), ...stepRoutes(context)];
}

function openRoute({ db }: Context): Route {
  return route({
    method: "POST",
    path: "/v1/claims",
    roles: WRITERS,
    summary: "Opens a claim on unsellable goods",
    body: OPENING,
    responses: {
      200: "opened before with the same content",
      201: "opened",
      409: "the id stands for another claim, or not that many unclaimed unsellable pieces are there",
      422: "amounts without a currency",
    },
    handler: (handed) => {
      const { lines: told, evidence, location, ...head } = handed.body;
      const claimId = head.claimId ?? `claim-${idempotencyClaim(handed).id.slice(0, 32)}`;
      const actor = handed.actor.subject;
      const lines = told.map((line, index) => lineOf(String(index + 1), { location, ...line }));
      const claim = {
        claimId,
        against: head.against,
        party: head.party,
        reference: head.reference ?? null,
        note: head.note ?? null,
        currency: head.currency ?? null,
      };
      return answerOnce(
        db,
        handed,
        (session) => planForLines(session, claimId, lines),
        async (unit) => {
          const opened = await openClaim(unit, claim, lines, actor);
          if ("code" in opened) throw refusalProblem(opened);
          if (!opened.again && evidence.length > 0)
            await addEvidence(unit, claimId, linksOf(evidence), { after: 0, now: unit.now, actor });
          return { status: opened.again ? 200 : 201, body: await claimView(unit, claimId) };
        },
      );
    },
  });
}

function linesRoute({ db, transact }: Context): Route {
  return route({
    method: "POST",
    path: "/v1/claims/{claimId}/lines",
    roles: WRITERS,
    summary: "Adds lines to an open claim",
    description:
      "JSON adds all lines or none; text/csv (UTF-8, header sku,quantity,[location],[reason],[claimedMinor]) and " +
      `application/x-ndjson row by row. A claim has at most ${MAX_CLAIM_LINES} lines.`,
    params: PARAMS,
    query: z.strictObject({ location: id.optional() }),
    body: LINES,
    bulk: true,
    responses: {
      200: "the claim as it is now; or an upload: counts, and what is wrong with which row",
      409: "not open, too long, or not that many unclaimed unsellable pieces are there",
      422: "no such claim",
    },
    handler: (handed) => {
      if (handed.bulk !== undefined) return uploadLines(db, transact, handed);
      const { claimId } = handed.params;
      const key = idempotencyClaim(handed).id.slice(0, 16);
      const lines = handed.body.lines.map((line, index) => {
        return lineOf(`${key}/${index + 1}`, { location: handed.body.location, ...line });
      });
      return answerOnce(
        db,
        handed,
        (session) => planForLines(session, claimId, lines),
        async (unit) => {
          refused(await addToClaim(unit, claimId, lines, handed.actor.subject));
          return { status: 200, body: await claimView(unit, claimId) };
        },
      );
    },
  });
}

function uploadLines(
  db: Context["db"],
  transact: Context["transact"],
  handed: RequestContext<{ claimId: string }, { location?: string | undefined }, unknown>,
): Promise<Answer> {
  const { claimId } = handed.params;
  const { location } = handed.query;
  const key = idempotencyClaim(handed).id.slice(0, 16);
  return bulkUpload<ToldClaimRow>(db, {
    context: handed,
    columns: COLUMNS,
    told: { claimId, location: location ?? null },
    read: (row, fields) => {
      const read = checkedRow(LINE, row, location === undefined ? fields : { location, ...fields });
      if (!("data" in read)) return read;
      if (read.data.location === undefined)
        return { row, field: "location", reason: "is missing, in the row and in the query" };
      return { row, otherwise: `${key}/${row}`, ...lineOf(`row-${row}`, read.data) };
    },
    book: async (rows) => {
      const outcomes = await transact(
        (session) => planForLines(session, claimId, rows),
        (unit) => addRowsToClaim(unit, claimId, rows, handed.actor.subject),
      );
      if ("code" in outcomes) throw refusalProblem(outcomes);
      return outcomes;
    },
  });
}

function evidenceRoute({ db }: Context): Route {
  return route({
    method: "POST",
    path: "/v1/claims/{claimId}/evidence",
    roles: WRITERS,
    summary: "Adds links to what proves the claim",
    params: PARAMS,
    body: EVIDENCE,
    responses: { 200: "the claim as it is now", 404: "no such claim", 409: "it has too many links" },
    handler: (handed: Handed<z.output<typeof EVIDENCE>>) => {
      const { claimId } = handed.params;
      const actor = handed.actor.subject;
      const documents = [{ table: "claim", idColumn: "claim_id", ids: [claimId] }];
      return answerOnce(db, handed, { documents }, async (unit) => {
        if (!(await loadClaims(unit, [claimId])).has(claimId)) throw notFound("the claim");
        const after = (await loadEvidence(unit, claimId)).length;
        const links = linksOf(handed.body.links);
        if (after + links.length > MAX_EVIDENCE_LINKS) {
          refused({
            outcome: "REFUSED",
            code: "CLAIM_TOO_LONG",
            detail: `a claim has at most ${MAX_EVIDENCE_LINKS} links`,
            errors: [],
          });
        }
        await addEvidence(unit, claimId, links, { after, now: unit.now, actor });
        await noteClaimEvents(
          unit,
          [{ claimId, what: "EVIDENCE_ADDED", detail: `${links.length} links`, actor }],
          unit.now,
        );
        return { status: 200, body: await claimView(unit, claimId) };
      });
    },
  });
}

function stepRoutes(context: Context): Route[] {
  const responses = {
    200: "the claim as it is now",
    404: "no such claim",
    409: "not in this state",
    422: "the amount does not fit the outcome, or no such line",
  };
  return [
    route({
      method: "POST",
      path: "/v1/claims/{claimId}/send",
      roles: WRITERS,
      summary: "The claim goes to the other side",
      params: PARAMS,
      body: REMARK,
      responses,
      handler: (handed) => step(context, handed, "SENT", handed.body?.note ?? null, send),
    }),
    route({
      method: "POST",
      path: "/v1/claims/{claimId}/settle",
      roles: WRITERS,
      summary: "The other side has answered: credited, replaced or rejected, all lines alike or some differently",
      params: PARAMS,
      body: SETTLEMENT,
      responses,
      handler: (handed) => {
        const { outcome, note = null, creditedMinor = null, currency = null, lines } = handed.body;
        const told = lines.map((line) => ({ ...line, creditedMinor: line.creditedMinor ?? null }));
        const settlement = { outcome, creditedMinor, currency, lines: told };
        return step(context, handed, "SETTLED", note, (claim, now) => settle(claim, settlement, now));
      },
    }),
    route({
      method: "POST",
      path: "/v1/claims/{claimId}/withdraw",
      roles: WRITERS,
      summary: "We give the claim up",
      params: PARAMS,
      body: REMARK,
      responses,
      handler: (handed) => step(context, handed, "WITHDRAWN", handed.body?.note ?? null, withdraw),
    }),
  ];
}

function step(
  { db }: Context,
  handed: Handed<unknown>,
  what: string,
  detail: string | null,
  take: (claim: Claim, now: number) => Claim | Refusal,
): Promise<Answer> {
  const { claimId } = handed.params;
  return answerOnce(
    db,
    handed,
    (session) => planForStep(session, claimId),
    async (unit) => {
      const next = await stepClaim(unit, claimId, take, { what, detail, actor: handed.actor.subject });
      if (next === undefined) throw notFound("the claim");
      if ("code" in next) throw refusalProblem(next);
      return { status: 200, body: await claimView(unit, claimId) };
    },
  );
}

function refused(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw refusalProblem(refusal);
}

const lineOf = (line: string, told: z.output<typeof LINE>): ToldClaimLine => {
  const { sku, location = "", quantity, reason = null, claimedMinor = null } = told;
  return { line, sku, location, quantity, reason, claimedMinor };
};

const linksOf = (links: z.output<typeof EVIDENCE>["links"]) => links.map(({ url, note = null }) => ({ url, note }));
