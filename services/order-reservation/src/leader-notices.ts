import type { ServiceContext } from "@septet/service-kit";
import { type Shortage, shortageIdOf } from "./domain/index.js";
import { someLeaderWaits, takeNotices } from "./store/leader-notices.js";

/**
 * Tells every group leader (团长) of the shortages of their orders, one notice per batch: what comes within `gatherMs` of the
 * first, by the database's clock, comes in one.
 */
export async function notifyLeaders(
  { db, transact }: Pick<ServiceContext, "db" | "transact">,
  gatherMs: number,
): Promise<void> {
  if (!(await someLeaderWaits(db, gatherMs))) return;
  await transact({}, async (unit) => {
    const batches = new Map<string, { orderId: string; shortageId: string; decideBy: Shortage["decideBy"] }[]>();
    for (const { groupLeaderId, orderId, number, decideBy } of await takeNotices(unit, unit.now - gatherMs)) {
      const batch = batches.get(groupLeaderId) ?? [];
      batch.push({ orderId, shortageId: shortageIdOf(orderId, { number }), decideBy });
      batches.set(groupLeaderId, batch);
    }
    for (const [groupLeaderId, shortages] of batches) unit.publish("GroupLeaderNotified", { groupLeaderId, shortages });
  });
}
