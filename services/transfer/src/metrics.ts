import type { KitMetrics } from "@septet/service-kit";
import { Gauge } from "prom-client";
import type { Lateness } from "./domain/overdue.js";

/** What only transfers measure. */
export interface TransferMetrics {
  observe(lateness: Lateness): void;
}

export function createTransferMetrics({ registry }: Pick<KitMetrics, "registry">): TransferMetrics {
  const registers = [registry];
  const shipments = new Gauge({
    name: "septet_transfer_overdue_shipments",
    help: "Shipments that should have arrived by now",
    registers,
  });
  const seconds = new Gauge({
    name: "septet_transfer_overdue_seconds",
    help: "By how long the latest shipment is overdue, seconds",
    registers,
  });
  const unanswered = new Gauge({
    name: "septet_transfer_unanswered_seconds",
    help: "How long the oldest transfer has waited for the answer of its source, seconds",
    registers,
  });
  return {
    observe({ overdueShipments, overdueSeconds, unansweredSeconds }) {
      shipments.set(overdueShipments);
      seconds.set(overdueSeconds);
      unanswered.set(unansweredSeconds);
    },
  };
}
