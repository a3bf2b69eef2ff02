import { isoTime, notFound, Problem, type Route, readNow, route, type ServiceContext } from "@septet/service-kit";
import { z } from "zod";
import { dayAfter, isLocalDay, startOfDay } from "../domain/clock.js";
import { scorecardOf } from "../domain/scorecard.js";
import { settlementOf } from "../domain/settlement.js";
import { termsOn } from "../domain/terms.js";
import { loadKnownSuppliers } from "../store/load-world.js";
import { loadScorecardFacts } from "../store/scorecard-facts.js";
import { SUPPLIER } from "./schemas.js";
import { READERS } from "./supplier-routes.js";

const MAX_PERIOD_DAYS = 92;
const MAX_FACT_ROWS = 200_000;
/** What is still under way at the end of a period has so long to come to its end; then the scorecard stands for ever. */
const KNOWN_AFTER_DAYS = 7;
const day = z.string().refine(isLocalDay, "takes a day such as 2026-03-01");
const QUERY = z
  .strictObject({ from: day.describe("the first day"), to: day.describe("the last day, of the supplier's calendar") })
  .refine(({ from, to }) => from <= to && to < dayAfter(from, MAX_PERIOD_DAYS), {
    message: `takes a day from then on, at most ${MAX_PERIOD_DAYS} days in all`,
    path: ["to"],
  });

/** How suppliers do. */
export function scorecardRoutes({ db }: Pick<ServiceContext, "db">): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/suppliers/{supplierId}/scorecards",
      roles: [...READERS, "supplier"],
      summary: "How a supplier did in a period, worked out from facts",
      description: "`final` seven days after the period: the same figures whenever they are asked for from then on.",
      params: SUPPLIER,
      query: QUERY,
      responses: { 200: "the scorecard, with reward or penalty by the terms of the last day", 404: "no such supplier" },
      handler: ({ params: { supplierId }, query: { from, to } }) =>
        db.snapshot(async (session) => {
          const known = (await loadKnownSuppliers(session, [supplierId])).get(supplierId);
          if (known === undefined) throw notFound(`supplier ${supplierId}`);
          const { zone, versions } = known.clock;
          const end = dayAfter(to);
          const knownBefore = startOfDay(zone, dayAfter(end, KNOWN_AFTER_DAYS));
          const period = { from: startOfDay(zone, from), to: startOfDay(zone, end), knownBefore };
          const facts = await loadScorecardFacts(session, supplierId, period, MAX_FACT_ROWS);
          if (facts === undefined) {
            throw new Problem({ status: 422, type: "period-too-long", title: "Too much happened: ask for fewer days" });
          }
          const card = scorecardOf(facts, period);
          const { version, terms } = termsOn(versions, to);
          const settlement = settlementOf(terms.settlement, card);
          const final = (await readNow(session)) >= knownBefore;
          const about = { supplierId, from, to, final, knownBefore: isoTime(knownBefore), termsVersion: version };
          return { status: 200, body: { ...about, ...card, settlement } };
        }),
    }),
  ];
}
