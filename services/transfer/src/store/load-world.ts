import type { Session } from "@septet/messaging";
import type { KnownTransfer, World } from "../domain/world.js";
import { loadArrivals } from "./arrival-rows.js";
import type { CommandScope } from "./command-scope.js";
import { loadShipments, loadUnderWay } from "./shipment-rows.js";
import { loadHeads, loadLines } from "./transfer-rows.js";

/** Reads everything that the commands are decided on, under their locks, one statement per table (lines two). */
export async function loadWorld(session: Session, scope: CommandScope, now: number): Promise<World> {
  const heads = await loadHeads(session, [...scope.transfers]);
  const lines = await loadLines(session, [...scope.whole], scope.lines);
  const shipments = await loadShipments(session, [...scope.shipments]);
  const needed = ({ transferId }: { readonly transferId: string }) => scope.underWay.has(transferId);
  const whole = [...scope.whole].filter((transferId) => needed({ transferId }));
  const underWay = await loadUnderWay(session, whole, scope.lines.filter(needed));
  const arrivals = await loadArrivals(session, scope.arrivals);
  const transfers = new Map<string, KnownTransfer>();
  for (const [transferId, head] of heads) {
    transfers.set(transferId, {
      head,
      lines: lines.get(transferId) ?? new Map(),
      shipments: shipments.get(transferId) ?? new Map(),
      underWay: underWay.get(transferId) ?? new Map(),
      arrivals: arrivals.get(transferId) ?? new Map(),
    });
  }
  return { now, transfers };
}
