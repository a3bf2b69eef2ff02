import { StartOver, sqlState, type UnitOfWork } from "@septet/service-kit";
import type { Decision } from "../domain/decision.js";
import { addBigChanges } from "./big-change-rows.js";
import { addSales, writeDepartures } from "./offer-facts.js";
import { writeOffers } from "./offer-rows.js";
import { keepAsks, writeOrders } from "./order-rows.js";
import { addLineEvents } from "./scorecard-facts.js";

const UNIQUE_VIOLATION = "23505";

/**
 * Writes a decision, one statement per table and kind of write; movements and events go to the outbox at commit.
 * @throws StartOver when an order of the same name was written by somebody else meanwhile
 */
export async function writeDecision(unit: UnitOfWork, decision: Decision): Promise<void> {
  try {
    await writeOrders(unit, decision.orders);
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new StartOver("an order was requested meanwhile");
    throw error;
  }
  await keepAsks(unit, decision.keptAsks, decision.answeredAsks);
  await writeOffers(unit, decision.offers);
  await writeDepartures(unit, decision);
  await addLineEvents(unit, decision.lineEvents);
  await addBigChanges(unit, decision.bigChanges);
  await addSales(
    unit,
    decision.movements.map((movement) => unit.record(movement)),
  );
  for (const { name, value } of decision.events) unit.publish(name, value);
}
