import { type Job, type ServiceContext, transact } from "@septet/service-kit";
import { isNewlyOverdue, overdueEvent } from "./domain/overdue.js";
import { createTransferMetrics } from "./metrics.js";
import { lateness, newlyOverdue } from "./store/overdue-rows.js";
import { loadShipments, updateShipments } from "./store/shipment-rows.js";
import { loadHeads } from "./store/transfer-rows.js";

const SWEEP_EVERY_MS = 5_000;
const MAX_SHIPMENTS_PER_SWEEP = 500;

type Context = Pick<ServiceContext, "db" | "every" | "metrics">;

/** Raises the alerts of shipments that have not arrived in time, by the database's clock, and measures what is late. */
export function overdueSweeper({ db, every, metrics }: Context): Job {
  const gauges = createTransferMetrics(metrics);
  return every(SWEEP_EVERY_MS, "overdue-sweeper", async () => {
    while ((await raiseOverdue({ db })) === MAX_SHIPMENTS_PER_SWEEP);
    gauges.observe(await lateness(db));
  });
}

/**
 * One sweep; how many alerts it raised. What is found without a lock is judged again under the transfer's, so that of
 * several instances one raises the alert, once.
 */
export async function raiseOverdue({ db }: Pick<Context, "db">): Promise<number> {
  const found = await newlyOverdue(db, MAX_SHIPMENTS_PER_SWEEP);
  if (found.length === 0) return 0;
  const documents = [{ table: "transfer", idColumn: "transfer_id", ids: found }];
  return transact(db, { documents }, async (unit) => {
    const heads = await loadHeads(unit, found);
    const shipments = await loadShipments(unit, found);
    const late = [...shipments].flatMap(([transferId, ofTransfer]) =>
      [...ofTransfer.values()]
        .filter((shipment) => isNewlyOverdue(shipment, unit.now))
        .map((shipment) => ({ transferId, row: { ...shipment, overdueSince: unit.now } })),
    );
    await updateShipments(unit, late, []);
    for (const { transferId, row } of late) {
      const { name, value } = overdueEvent(heads.get(transferId)!, row);
      unit.publish(name, value);
    }
    return late.length;
  });
}
