import type { Session } from "@septet/messaging";
import { velocityOf } from "./domain/index.js";
import { dropOldSourceCounters } from "./store/counters.js";
import { listPolicies } from "./store/policies.js";
import { dropOldSightings } from "./store/sightings.js";
import { dropOldAllowed } from "./store/velocity-allowed.js";
import { dropAllVelocityKeys, dropOldVelocityKeys, rotateVelocityKey } from "./store/velocity-keys.js";

/**
 * Nothing about devices and addresses is kept longer than the window: what is past it is deleted, the key under which it was
 * hashed too, and everything when the rule is off.
 */
export async function keepVelocity(session: Session, rowsPerBite: number): Promise<void> {
  const policies = await listPolicies(session, "default");
  const velocity = velocityOf(new Map(policies.map(({ scope, rules }) => [scope, rules])));
  const windowSeconds = velocity?.windowSeconds ?? 0;
  while ((await dropOldSightings(session, windowSeconds, rowsPerBite)) === rowsPerBite);
  while ((await dropOldSourceCounters(session, windowSeconds, rowsPerBite)) === rowsPerBite);
  await dropOldAllowed(session);
  if (velocity === null) {
    await dropAllVelocityKeys(session);
    return;
  }
  await rotateVelocityKey(session, windowSeconds);
  await dropOldVelocityKeys(session, windowSeconds);
}
