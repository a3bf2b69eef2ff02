import {
  type Answer,
  decodeCursor,
  idempotencyClaim,
  isoTime,
  page,
  pageFields,
  type RequestContext,
  type Route,
  route,
  type ServiceContext,
} from "@septet/service-kit";

import { z } from "zod";
import type { MissingRows } from "../domain/missing-rows.js";
import { REPORT_KINDS, type ReportKind, type ReportSource } from "../domain/report.js";
import { type ReportResult, type ToldReport, takeReport } from "../reporting.js";
import { listQuarantined } from "../store/quarantine-rows.js";
import { listReports, type ReportRow } from "../store/report-rows.js";
import { answerWhenDone } from "./answer-when-done.js";
import { refusalAnswer } from "./problem-answer.js";
import { readLines } from "./report-lines.js";
import { instant, MAX_LINES_BODY_BYTES, MAX_REPORT_LINES, ownId, SUPPLIER } from "./schemas.js";
import { READERS } from "./supplier-routes.js";

const KINDS = Object.keys(REPORT_KINDS) as [ReportKind, ...ReportKind[]];
const BODY = z.strictObject({
  reportId: ownId.optional().describe("makes the report one for ever, under whichever keys it is told"),
  kind: z.enum(KINDS).default("SNAPSHOT"),
  source: z.enum(["API", "PORTAL"]).optional(),
  sequence: z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional().describe("the supplier's own, unbroken for changes"),
  asOf: instant.optional().describe("when it was so; the time of arrival if not given"),
  scheduled: z.boolean().default(false).describe("sent at a fixed time of day"),
  full: z.boolean().default(false).describe("names all that there is: what it leaves out is listed, or 0 by contract"),
  confirmed: z.boolean().default(false).describe("entered figures far from those before are right"),
  lines: z.array(z.unknown()).min(1).max(MAX_REPORT_LINES).describe("{code or sku, quantity, kept?}"),
});
const PAGE = z.strictObject(pageFields());
/** Articles that a full report leaves out, of which an answer names so many. */
const MAX_MISSING_NAMED = 1_000;
const ROLES = ["operator", "supplier"] as const;

type Context = Pick<ServiceContext, "db">;
type Told = RequestContext<z.output<typeof SUPPLIER>, unknown, z.output<typeof BODY>>;

/** Telling what a supplier holds, and what became of what was told. */
export function reportRoutes({ db }: Context): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/suppliers/{supplierId}/reports",
      roles: ROLES,
      summary: "Reports what a supplier holds",
      description:
        "A SNAPSHOT states quantities, a DELTA changes them and needs the supplier's unbroken `sequence`. Good lines apply, bad " +
        "ones are answered with row, column and reason; codes that nobody has mapped wait in quarantine. What is as of earlier " +
        "than what was applied changes nothing.",
      params: SUPPLIER,
      body: BODY,
      maxBodyBytes: MAX_LINES_BODY_BYTES,
      responses: {
        200: "what became of the lines",
        404: "no such supplier",
        409: "a change is missing before it, or the reportId stands for another",
        422: "as of a time to come, or a change without its sequence",
      },
      handler: (context) =>
        answerWhenDone(db, context, async () => {
          const result = await takeReport(db, toldOf(context));
          return result.outcome === "REFUSED" ? refusalAnswer(result) : { status: 200, body: resultView(result) };
        }),
    }),
    route({
      method: "GET",
      path: "/v1/suppliers/{supplierId}/reports",
      roles: [...READERS, "supplier"],
      summary: "The reports of a supplier, newest first",
      params: SUPPLIER,
      query: PAGE,
      responses: { 200: "a page of reports" },
      handler: async ({ params, query: { cursor, limit } }) => {
        const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(decodeCursor(cursor, ["whole"])[0]);
        const found = await listReports(db, params.supplierId, before, limit + 1);
        const { items, nextCursor } = page(found, limit, ({ ordinal }) => [ordinal]);
        return { status: 200, body: { items: items.map(reportView), nextCursor } };
      },
    }),
    quarantineRoute(db),
  ];
}

function quarantineRoute(db: Context["db"]): Route {
  return route({
    method: "GET",
    path: "/v1/suppliers/{supplierId}/quarantine",
    roles: [...READERS, "supplier"],
    summary: "Reported codes that nobody has mapped, by code",
    description: "Mapping a code applies what a snapshot said last under it.",
    params: SUPPLIER,
    query: PAGE,
    responses: { 200: "a page of codes" },
    handler: async ({ params, query: { cursor, limit } }): Promise<Answer> => {
      const after = cursor === undefined ? "" : String(decodeCursor(cursor)[0]);
      const found = await listQuarantined(db, params.supplierId, after, limit + 1);
      const { items, nextCursor } = page(found, limit, ({ code }) => [code]);
      const shown = items.map(({ code, quantity, kept, firstSeenAt, seenAt, times }) => {
        return { code, quantity, kept, firstSeenAt: isoTime(firstSeenAt), seenAt: isoTime(seenAt), times };
      });
      return { status: 200, body: { items: shown, nextCursor } };
    },
  });
}

/** An operator speaks for the supplier: that is said with the report. */
function toldOf(context: Told): ToldReport {
  const { params, body, actor } = context;
  const { supplierId } = params;
  const { kind, sequence = null, asOf = null, scheduled, full } = body;
  const source: ReportSource = actor.roles.includes("operator") ? "OPERATOR" : (body.source ?? "API");
  const reportId = body.reportId ?? `key-${idempotencyClaim(context).id.slice(0, 32)}`;
  return {
    ...{ supplierId, reportId, kind, source, sequence, asOf, scheduled, toldBy: actor.subject },
    ...{ full, doubted: source !== "API" && !body.confirmed },
    ...readLines(kind, body.lines),
  };
}

/** Named by how many lines, never by how many pieces of ours. */
export function resultView({ report, counts, faults, quarantined, missing }: ReportResult) {
  const { reportId, kind, sequence, asOf, receivedAt } = report;
  const times = { asOf: isoTime(asOf), receivedAt: isoTime(receivedAt) };
  const told = { reportId, kind, sequence, ...times, lines: counts, errors: faults, quarantined };
  return missing === null ? told : { ...told, missing: missingView(missing) };
}

function missingView({ listed, zeroed }: MissingRows) {
  return { count: listed.length, zeroed: zeroed.length > 0, skus: listed.slice(0, MAX_MISSING_NAMED) };
}

function reportView({
  reportId,
  kind,
  source,
  sequence,
  asOf,
  receivedAt,
  scheduled,
  toldBy,
  doneAt,
  lines,
}: ReportRow) {
  const times = { asOf: isoTime(asOf), receivedAt: isoTime(receivedAt), doneAt: isoTime(doneAt) };
  return { reportId, kind, source, sequence, scheduled, toldBy, ...times, lines };
}
