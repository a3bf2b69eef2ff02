import type { UnitOfWork } from "@septet/service-kit";
import type { Decision } from "../domain/decision.js";
import { addBigChanges } from "./big-change-rows.js";
import { writeOffers } from "./offer-rows.js";

/** Writes a decision, one statement per table and kind of write; movements and events go to the outbox at commit. */
export async function writeDecision(unit: UnitOfWork, decision: Decision): Promise<void> {
  await writeOffers(unit, decision.offers);
  await addBigChanges(unit, decision.bigChanges);
  for (const movement of decision.movements) unit.record(movement);
  for (const { name, value } of decision.events) unit.publish(name, value);
}
