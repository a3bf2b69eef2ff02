import { type Database, type Job, type ServiceContext, transact } from "@septet/service-kit";
import { type AlertCode, supplierLocation } from "@septet/stock-contracts";
import { createSupplierMetrics } from "./metrics.js";
import { settleStopped } from "./settling.js";
import {
  type BatchKey,
  forgetAnswered,
  noteOverdue,
  orderLateness,
  ordersOverdue,
  ordersToSend,
  raiseOnce,
  sendOrders,
} from "./store/order-duties.js";

const EVERY_MS = 1_000;
const ORDERS_PER_SLICE = 500;
const CODE: AlertCode = "CONFIRMATION_LATE";

type Context = Pick<ServiceContext, "db" | "every" | "metrics">;

/**
 * What the clock does with orders, by the database's time: sends them at their cut-off, notes what was not answered for in
 * time. What is found without a lock is looked at again under the orders' rows, so that of several instances one does each
 * duty, once; after an outage all that fell due meanwhile is done.
 */
export function orderClock({ db, every, metrics }: Context): Job {
  const gauges = createSupplierMetrics(metrics);
  return every(EVERY_MS, "orders", async () => {
    while ((await sendDue(db)) === ORDERS_PER_SLICE);
    while ((await noteLate(db)) === ORDERS_PER_SLICE);
    await settleStopped(db);
    await clearAnswered(db);
    gauges.observe(await orderLateness(db));
  });
}

const held = (ids: readonly string[]) => ({
  documents: [{ table: "supplier_order", idColumn: "fulfilment_id", ids }],
});

async function sendDue(db: Database): Promise<number> {
  const ids = await ordersToSend(db, ORDERS_PER_SLICE);
  if (ids.length > 0) await transact(db, held(ids), (unit) => sendOrders(unit, ids));
  return ids.length;
}

async function noteLate(db: Database): Promise<number> {
  const ids = await ordersOverdue(db, ORDERS_PER_SLICE);
  if (ids.length === 0) return 0;
  await transact(db, held(ids), async (unit) => {
    const late = await noteOverdue(unit, ids);
    const raised = await raiseOnce(
      unit,
      CODE,
      late.map((batch) => ({ ...batch, alertId: alertOf(batch).alertId })),
    );
    for (const batch of raised) {
      const { supplierId, batchDay } = batch;
      const message = `${supplierId} has not answered for every order of its batch of ${batchDay} in time`;
      const value = { ...alertOf(batch), severity: "WARNING", message, details: { batch: batchDay } };
      unit.publish("StockAlertRaised", value);
    }
  });
  return ids.length;
}

async function clearAnswered(db: Database): Promise<void> {
  await transact(db, {}, async (unit) => {
    for (const batch of await forgetAnswered(unit, CODE)) {
      unit.publish("StockAlertCleared", { ...alertOf(batch), message: null });
    }
  });
}

function alertOf({ supplierId, batchDay }: BatchKey) {
  return {
    alertId: `${CODE}/${supplierId}/${batchDay}`,
    code: CODE,
    service: "supplier-sync",
    sku: null,
    location: supplierLocation(supplierId),
    supplierId,
    orderId: null,
  };
}
