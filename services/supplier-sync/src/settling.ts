import type { Database } from "@septet/service-kit";
import { settle } from "./settle.js";
import { ordersToSettle } from "./store/order-duties.js";

const ORDERS_PER_SLICE = 100;

/**
 * Shorts every open order of the suppliers that have stopped so, slice by slice; what is requested meanwhile is short on
 * arrival. Whoever breaks off here, the clock of orders goes on: an order that is settled twice is settled once.
 */
export async function settleStopped(db: Database): Promise<void> {
  for (let found = await ordersToSettle(db, ORDERS_PER_SLICE); found.length > 0; ) {
    await settle(
      db,
      found.map((order) => ({ type: "SETTLE_ORDER", ...order, actor: null })),
    );
    found = await ordersToSettle(db, ORDERS_PER_SLICE);
  }
}
