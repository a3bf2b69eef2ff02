import type { KitMetrics } from "@septet/service-kit";
import { Gauge } from "prom-client";
import type { OrderLateness } from "./store/order-duties.js";

/** What only this service measures. */
export interface SupplierMetrics {
  observe(lateness: OrderLateness): void;
}

export function createSupplierMetrics({ registry }: Pick<KitMetrics, "registry">): SupplierMetrics {
  const registers = [registry];
  const orders = new Gauge({
    name: "septet_supplier_unanswered_orders",
    help: "Orders that no supplier has answered for in time",
    registers,
  });
  const seconds = new Gauge({
    name: "septet_supplier_unanswered_seconds",
    help: "By how long the longest of them is late, seconds",
    registers,
  });
  return {
    observe(lateness) {
      orders.set(lateness.orders);
      seconds.set(lateness.seconds);
    },
  };
}
