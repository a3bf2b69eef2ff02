import type { Session } from "@septet/messaging";
import type { KnownSupplier, World } from "../domain/world.js";
import type { CommandScope } from "./command-scope.js";
import { loadFacts } from "./offer-facts.js";
import { loadOffers } from "./offer-rows.js";
import { loadAsks, loadOrders } from "./order-rows.js";
import { loadSuppliers } from "./supplier-rows.js";
import { loadTerms } from "./terms-rows.js";

/** Reads everything that the commands are decided on, under their locks, one statement per table. */
export async function loadWorld(session: Session, scope: CommandScope, now: number): Promise<World> {
  const keys = [...scope.offers.values()];
  const offers = await loadOffers(session, keys);
  const suppliers = await loadKnownSuppliers(session, [...new Set(keys.map((key) => key.supplierId))]);
  const facts = await loadFacts(session, keys, now);
  const orders = await loadOrders(session, [...scope.orders]);
  const waiting = await loadAsks(
    session,
    [...scope.orders].filter((id) => !orders.has(id)),
  );
  return { now, suppliers, offers, facts, orders, waiting };
}

/** Suppliers with their clocks, by id; ids that nobody defined are missing. */
export async function loadKnownSuppliers(
  session: Session,
  ids: readonly string[],
): Promise<Map<string, KnownSupplier>> {
  const suppliers = await loadSuppliers(session, ids);
  const versions = await loadTerms(session, ids);
  return new Map(
    [...suppliers].map(([id, supplier]) => [
      id,
      { supplier, clock: { zone: supplier.timeZone, versions: versions.get(id) ?? [] } },
    ]),
  );
}
