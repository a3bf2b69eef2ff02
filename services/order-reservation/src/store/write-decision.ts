import type { Session } from "@septet/messaging";
import type { Decided } from "../domain/index.js";
import { writeCarts } from "./cart-holds.js";
import { writeShortages } from "./shortages.js";
import { writeSightings } from "./sightings.js";
import { writeAllocations } from "./write-allocations.js";
import { writeLines } from "./write-lines.js";
import { writeOrders } from "./write-orders.js";
import { writePromotions } from "./write-promotions.js";
import { writeListings, writeLocations } from "./write-rules.js";
import { writeStock } from "./write-stock.js";

/** Writes a decision of `now` (epoch ms): one set-based statement per table and kind of change. */
export async function writeDecision(session: Session, decision: Decided, now: number): Promise<void> {
  await writeStock(session, decision.stock);
  await writeOrders(session, decision.orders);
  await writeLines(session, decision.orders);
  await writeAllocations(session, decision.orders);
  await writeShortages(session, decision.orders, now);
  await writeListings(session, decision.listings);
  await writeLocations(session, decision.locations);
  await writeCarts(session, decision.carts);
  await writePromotions(session, decision, now);
  await writeSightings(session, decision, now);
}
