import { createMessagingMetrics, type MessagingMetrics } from "@septet/messaging";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What every service measures; each name is one that the alert rules and dashboards use. */
export interface KitMetrics {
  readonly registry: Registry;
  /** Those of outbox, consumers, slices and gaps. */
  readonly messaging: MessagingMetrics;
  readonly httpSeconds: Histogram<"method" | "route" | "status">;
  readonly transactionSeconds: Histogram<"outcome">;
  /** Units of work begun again: deadlock, lock_timeout, serialization, start_over. */
  readonly transactionRetries: Counter<"reason">;
  readonly deadlocks: Counter;
  readonly jobFailures: Counter<"job">;
  readonly ready: Gauge;
  readonly outcomes: Counter<"outcome" | "reason">;
  readonly holdAgeSeconds: Gauge;
  readonly drift: Gauge<"target">;
}

/** Makes the service's registry: process metrics, and those of messaging, HTTP, transactions and jobs. */
export function createMetrics(o: { service: string; instance?: string; processMetrics?: boolean }): KitMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: o.service });
  if (o.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const messaging = createMessagingMetrics(registry);
  return {
    registry,
    messaging,
    httpSeconds: new Histogram({
      name: "septet_http_request_seconds",
      help: "Time to answer a request, seconds",
      labelNames: ["method", "route", "status"],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    transactionSeconds: new Histogram({
      name: "septet_transaction_seconds",
      help: "Time of one unit of work from its first try to its commit, seconds",
      labelNames: ["outcome"],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers,
    }),
    transactionRetries: messaging.retries,
    deadlocks: new Counter({ name: "septet_deadlocks_total", help: "Deadlocks PostgreSQL broke up", registers }),
    jobFailures: new Counter({
      name: "septet_job_failures_total",
      help: "Runs of a periodic job that failed",
      labelNames: ["job"],
      registers,
    }),
    ready: new Gauge({ name: "septet_ready", help: "1 when ready, else 0", registers }),
    outcomes: new Counter({
      name: "septet_outcomes_total",
      help: "Decisions by outcome and reason",
      labelNames: ["outcome", "reason"],
      registers,
    }),
    holdAgeSeconds: new Gauge({
      name: "septet_overdue_hold_age_seconds",
      help: "How long the oldest hold past its time has been waiting for its release, seconds",
      registers,
    }),
    drift: new Gauge({
      name: "septet_drift_balances",
      help: "Balances that differ from the fold of the movements, by audited service",
      labelNames: ["target"],
      registers,
    }),
  };
}

/** Counts a decision, e.g. `rejected` for `OUT_OF_STOCK`. */
export function countOutcome(metrics: KitMetrics, outcome: string, reason = "", count = 1): void {
  if (count > 0) metrics.outcomes.inc({ outcome, reason }, count);
}

/** Says how long the oldest hold past its time has waited, seconds; 0 when there is none. */
export function observeHoldAge(metrics: KitMetrics, seconds: number): void {
  metrics.holdAgeSeconds.set(Math.max(0, seconds));
}

/** Says how many balances of `target` differ from the fold. */
export function observeDrift(metrics: KitMetrics, target: string, balances: number): void {
  metrics.drift.set({ target }, balances);
}
