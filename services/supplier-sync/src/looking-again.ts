import type { Database, Job, ServiceContext } from "@septet/service-kit";
import type { LookAgain } from "./domain/commands.js";
import type { OfferKey } from "./domain/offer-row.js";
import { settle } from "./settle.js";
import { dueOffers, offersBehind } from "./store/offer-rows.js";

const EVERY_MS = 1_000;
const OFFERS_PER_SLICE = 500;

type Context = Pick<ServiceContext, "db" | "every">;

/**
 * Computes offers anew that time has changed, or a change of their supplier that nobody has carried to its end: by the
 * database's clock, so that it catches up after an outage. What is found without a lock is computed under the SKUs' streams,
 * so of several instances that find the same each comes to the same, and the second changes nothing.
 */
export function offerClock({ db, every }: Context): Job {
  return every(EVERY_MS, "offers", async () => {
    await lookAgainAtAll(db);
    await lookAgain(db, "FRESHNESS", () => dueOffers(db, OFFERS_PER_SLICE));
  });
}

/** Computes every offer anew that was computed before its supplier was last changed. */
export function lookAgainAtAll(db: Database): Promise<void> {
  return lookAgain(db, "SUPPLIER", () => offersBehind(db, OFFERS_PER_SLICE));
}

async function lookAgain(db: Database, why: LookAgain["why"], find: () => Promise<OfferKey[]>): Promise<void> {
  for (let offers = await find(); offers.length > 0; offers = await find()) {
    await settle(db, [{ type: "LOOK_AGAIN", offers, why }]);
  }
}
