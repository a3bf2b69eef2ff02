import { StartOver, type UnitOfWork } from "@septet/service-kit";
import { asksForUnpaid, type Command, type Counts, countsAnything, velocityOf, type World } from "../domain/index.js";
import type { PolicyMemo } from "../policy-memo.js";
import { countersOf, judgedAmong } from "../slice-counters.js";
import type { SlicePlan } from "../slice-plan.js";
import { lastingIdsOf, sourcesOf } from "../source-hashes.js";
import { loadPurchases } from "./load-counts.js";
import { loadSightings } from "./sightings.js";
import { findAllowed } from "./velocity-allowed.js";
import { loadVelocityKeys } from "./velocity-keys.js";

/** There is no key yet under which devices and addresses are hashed; it is made in a transaction of its own. */
export class NoVelocityKey extends Error {
  readonly windowSeconds: number;

  constructor(windowSeconds: number) {
    super("there is no key to hash devices and addresses with");
    this.name = "NoVelocityKey";
    this.windowSeconds = windowSeconds;
  }
}

/**
 * The world with what was counted for the limits, read under the counters' locks.
 * @throws StartOver when the policies or keys ask for what the plan, made by those of before, did not lock or load
 */
export async function withCounts(
  unit: UnitOfWork,
  world: World,
  plan: SlicePlan,
  commands: readonly Command[],
  memo: PolicyMemo,
): Promise<World> {
  if (!plan.customersAsked && asksForUnpaid(world.policies)) throw new StartOver("the policies ask for unpaid orders");
  if (!countsAnything(world.policies)) return world;
  const seen = await whereFrom(unit, world, plan, commands, memo);
  const judged = judgedAmong(commands, world.orders);
  for (const id of countersOf(world.policies, judged, seen.sourcesOf)) {
    if (!plan.counters.has(id)) throw new StartOver("the policies ask for counters that are not locked");
  }
  const o = { now: world.now, own: plan.orderIds };
  const purchases = await loadPurchases(unit, world.policies, [...judged.placed, ...judged.known], o);
  return { ...world, counts: { ...world.counts, ...seen, purchases } };
}

type Seen = Pick<Counts, "sourcesOf" | "sightings">;

/** Where the slice's new unpaid orders come from, and how many others came from there. */
async function whereFrom(
  unit: UnitOfWork,
  world: World,
  plan: SlicePlan,
  commands: readonly Command[],
  memo: PolicyMemo,
): Promise<Seen> {
  const velocity = velocityOf(world.policies);
  if (velocity === null) return { sourcesOf: new Map(), sightings: new Map() };
  const keys = await loadVelocityKeys(unit);
  if (keys.rotating.length === 0) throw new NoVelocityKey(velocity.windowSeconds);
  memo.keys = keys;
  const found = sourcesOf(commands, keys, await findAllowed(unit, lastingIdsOf(commands, keys)));
  const sources = [...new Set([...found.values()].flat())];
  const since = world.now - velocity.windowSeconds * 1000;
  return { sourcesOf: found, sightings: await loadSightings(unit, sources, since, plan.orderIds) };
}
