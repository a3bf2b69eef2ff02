import type { Job, ServiceContext, ServiceDefinition } from "@septet/service-kit";
import { createAuditor } from "./audit-wiring.js";
import { LEDGER_VARIABLES } from "./config.js";
import { auditRoute } from "./http/audit-route.js";
import type { Auditor } from "./http/auditor.js";
import { stockRoutes } from "./http/stock-routes.js";
import { watchGaps } from "./messaging/gap-watch.js";
import { movementConsumer } from "./messaging/movement-consumer.js";
import { surroundingsConsumer } from "./messaging/surroundings-consumer.js";
import { createLedgerMetrics, type LedgerMetrics } from "./metrics.js";
import { LedgerBooks1763800000100, LedgerSurroundings1763800000200 } from "./store/migrations.js";

/** How often gaps are looked at, milliseconds. */
const GAP_WATCH_MS = 1_000;

/** The ledger: folds every movement, shows the books, and audits those who keep the buckets. */
export function ledgerService(): ServiceDefinition<typeof LEDGER_VARIABLES> {
  let metrics: LedgerMetrics;
  let auditor: Auditor;
  return {
    name: "ledger",
    config: LEDGER_VARIABLES,
    migrations: [LedgerBooks1763800000100, LedgerSurroundings1763800000200],
    records: ["StockAlertRaised", "StockAlertCleared"],
    prepare(context) {
      metrics = createLedgerMetrics(context.metrics);
      auditor = createAuditor(context, metrics);
    },
    routes: (context) => [...stockRoutes(context.db), auditRoute(auditor)],
    consumers: (context) => [movementConsumer(context, metrics), surroundingsConsumer(context)],
    jobs: (context) => jobsOf(context, auditor),
  };
}

function jobsOf(context: ServiceContext<typeof LEDGER_VARIABLES>, auditor: Auditor): Job[] {
  const { AUDIT_INTERVAL_SECONDS: interval, GAP_ALERT_AFTER_SECONDS: bound } = context.config;
  const gaps = context.every(GAP_WATCH_MS, "gaps", async () => {
    await context.transact({}, (unit) => watchGaps(unit, bound * 1_000));
  });
  if (interval === 0) return [gaps];
  const audits = context.every(interval * 1_000, "audit", async () => {
    await auditor.audit();
  });
  return [gaps, audits];
}
