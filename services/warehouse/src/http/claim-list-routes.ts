import { type Database, decodeCursor, notFound, page, pageFields, type Route, route } from "@septet/service-kit";
import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import { CLAIM_STATES } from "../domain/claim.js";
import { reportOf } from "../domain/claim-report.js";
import { listClaims, reportClaims } from "../store/claim-list.js";
import { claimHeadView, claimView } from "./claim-view.js";
import { id, iso, sku } from "./schemas.js";

const READERS = ["warehouse", "operator", "sre"] as const;
const FILTER = z.strictObject({
  state: z.enum(CLAIM_STATES).optional(),
  supplier: id.optional(),
  carrier: id.optional(),
  sku: sku.optional(),
  location: id.optional(),
  ...pageFields(),
});
const REPORT = z.strictObject({
  supplier: id.optional(),
  carrier: id.optional(),
  from: iso.optional(),
  to: iso.optional(),
});

/** Finding claims, and how they went per supplier or carrier. */
export function claimListRoutes(db: Database): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/claims",
      roles: READERS,
      summary: "Claims, oldest first",
      query: FILTER,
      responses: { 200: "a page of claims without their lines" },
      handler: async ({ query: { cursor, limit, ...filter } }) => {
        const after = cursor === undefined ? [0, ""] : decodeCursor(cursor, ["whole", "text"]);
        const rows = await listClaims(db, filter, after as [number, string], limit + 1);
        const { items, nextCursor } = page(rows, limit, (last) => [last.openedAt, last.claimId]);
        return { status: 200, body: { items: items.map(claimHeadView), nextCursor } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/claims/report",
      roles: READERS,
      summary: "How claims went, per supplier and carrier",
      description:
        "Of the claims opened from `from` to before `to`: counts, pieces, amounts by currency, the share settled.",
      query: REPORT,
      responses: { 200: "a report per party" },
      handler: async ({ query: { from, to, ...parties } }) => {
        const begin = from === undefined ? 0 : Date.parse(from);
        const end = to === undefined ? LIMITS.MAX_TIMESTAMP_MS : Date.parse(to);
        return { status: 200, body: { items: reportOf(await reportClaims(db, parties, begin, end)) } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/claims/{claimId}",
      roles: READERS,
      summary: "One claim: lines, evidence, replacements, history",
      params: z.object({ claimId: id }),
      responses: { 200: "the claim", 404: "no such claim" },
      handler: async ({ params: { claimId } }) => {
        const claim = await claimView(db, claimId);
        if (claim === undefined) throw notFound("the claim");
        return { status: 200, body: claim };
      },
    }),
  ];
}
