import {
  type Answer,
  answerOnce,
  decodeCursor,
  isoTime,
  page,
  pageFields,
  type RequestContext,
  type Route,
  route,
  type ServiceContext,
} from "@septet/service-kit";
import { z } from "zod";
import { dayOf, isLocalDay } from "../domain/clock.js";
import { refuse } from "../domain/refusal.js";
import { unknownSupplier } from "../reporting.js";
import { loadSupplier, updateSupplier } from "../store/supplier-rows.js";
import { type AgreedTerms, addTerms, listTerms, loadTerms } from "../store/terms-rows.js";
import { refusalAnswer } from "./problem-answer.js";
import { SUPPLIER } from "./schemas.js";
import { MANAGERS, READERS } from "./supplier-routes.js";
import { TERMS } from "./terms-schema.js";

const BODY = z.strictObject({
  effectiveFrom: z
    .string()
    .refine(isLocalDay, "takes a day such as 2026-03-01")
    .optional()
    .describe("a day of the supplier's calendar; today if not given"),
  terms: TERMS,
});
const PAGE = z.strictObject(pageFields());

type Context = Pick<ServiceContext, "db">;
type Told = RequestContext<z.output<typeof SUPPLIER>, unknown, z.output<typeof BODY>>;

/** What was agreed with a supplier, version by version. */
export function termsRoutes({ db }: Context): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/suppliers/{supplierId}/terms",
      roles: MANAGERS,
      summary: "Agrees on terms that hold from a day on",
      description:
        "What is left out is the usual. Terms of before stay as they were, so that the past can be measured by them.",
      params: SUPPLIER,
      body: BODY,
      responses: { 201: "the new version", 404: "no such supplier", 422: "they would take effect in the past" },
      handler: (context) => agree(db, context),
    }),
    route({
      method: "GET",
      path: "/v1/suppliers/{supplierId}/terms",
      roles: [...READERS, "supplier"],
      summary: "All versions of a supplier's terms, oldest first",
      params: SUPPLIER,
      query: PAGE,
      responses: { 200: "a page of versions" },
      handler: async ({ params, query: { cursor, limit } }) => {
        const after = cursor === undefined ? 0 : Number(decodeCursor(cursor, ["whole"])[0]);
        const { items, nextCursor } = page(await listTerms(db, params.supplierId, after, limit + 1), limit, (last) => [
          last.version,
        ]);
        return { status: 200, body: { items: items.map(termsView), nextCursor } };
      },
    }),
  ];
}

function agree(db: Context["db"], context: Told): Promise<Answer> {
  const { params, body, actor } = context;
  const { supplierId } = params;
  const documents = [{ table: "supplier", idColumn: "supplier_id", ids: [supplierId] }];
  return answerOnce(db, context, { documents }, async (unit) => {
    const supplier = await loadSupplier(unit, supplierId);
    if (supplier === undefined) return refusalAnswer(unknownSupplier());
    const today = dayOf(supplier.timeZone, unit.now);
    const effectiveFrom = body.effectiveFrom ?? today;
    if (effectiveFrom < today) {
      return refusalAnswer(refuse("TERMS_TOO_EARLY", `it is ${today} there by now: agree from then on`));
    }
    const version = ((await loadTerms(unit, [supplierId])).get(supplierId)?.at(-1)?.version ?? 0) + 1;
    const agreed = { version, effectiveFrom, terms: body.terms, agreedAt: unit.now, agreedBy: actor.subject };
    await addTerms(unit, supplierId, agreed);
    // Every offer is computed anew, and hears when the next terms take effect.
    await updateSupplier(unit, { ...supplier, revision: supplier.revision + 1 });
    return { status: 201, body: termsView(agreed) };
  });
}

const termsView = (agreed: AgreedTerms) => ({ ...agreed, agreedAt: isoTime(agreed.agreedAt) });
