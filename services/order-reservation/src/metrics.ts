import type { KitMetrics } from "@septet/service-kit";
import { Gauge } from "prom-client";
import type { Waiting } from "./store/waiting.js";

/** What only order-reservation measures. */
export interface ReservationMetrics {
  observe(waiting: Waiting): void;
}

export function createReservationMetrics({ registry }: Pick<KitMetrics, "registry">): ReservationMetrics {
  const registers = [registry];
  const locks = new Gauge({
    name: "septet_incomplete_locks",
    help: "SKUs of promotions of which less is set aside than was asked for, because there is no stock",
    registers,
  });
  const shortages = new Gauge({
    name: "septet_unhandled_shortages",
    help: "Shortages of paid orders that nobody has settled or sees to, past the time for it",
    registers,
  });
  const seconds = new Gauge({
    name: "septet_unhandled_shortage_seconds",
    help: "How long ago the oldest of the unhandled shortages was told, seconds",
    registers,
  });
  return {
    observe({ incompleteLocks, unhandledShortages, unhandledShortageSeconds }) {
      locks.set(incompleteLocks);
      shortages.set(unhandledShortages);
      seconds.set(unhandledShortageSeconds);
    },
  };
}
