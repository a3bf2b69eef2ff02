import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { consumedOffsets } from "@septet/messaging";
import type { ServiceContext } from "@septet/service-kit";
import type { LEDGER_VARIABLES } from "./config.js";
import { Auditor } from "./http/auditor.js";
import { BalancesClient } from "./http/balances-client.js";
import { COMPARISON_LIMITS, type MovementsLog } from "./http/service-comparison.js";
import { publishFindings } from "./messaging/audit-alerts.js";
import { MOVEMENTS_GROUP, MOVEMENTS_TOPIC } from "./messaging/movement-consumer.js";
import type { LedgerMetrics } from "./metrics.js";

type Context = ServiceContext<typeof LEDGER_VARIABLES>;

/** The auditor of the configured services. */
export function createAuditor(context: Context, metrics: LedgerMetrics): Auditor {
  const token = () => auditToken(context.config);
  return new Auditor({
    session: context.db,
    clients: context.config.AUDIT_TARGETS.map((target) => new BalancesClient(target, token)),
    log: movementsLog(context),
    wait: async (ms) => {
      await pause(ms);
    },
    now: Date.now,
    async publish(result, standing, before) {
      metrics.audited(result);
      await context.transact({}, (unit) => publishFindings(unit, result, standing, before, COMPARISON_LIMITS.maxNamed));
    },
  });
}

/** A file is read anew each time, so that whoever renews the token need not restart the ledger. */
async function auditToken(config: Context["config"]): Promise<string | undefined> {
  if (config.AUDIT_TOKEN_FILE === undefined) return config.AUDIT_TOKEN;
  return (await readFile(config.AUDIT_TOKEN_FILE, "utf8")).trim();
}

function movementsLog({ eventLog, db }: Context): MovementsLog {
  return {
    end: () => eventLog.endOffsets(MOVEMENTS_TOPIC),
    async behind(ends) {
      const done = await consumedOffsets(db, MOVEMENTS_GROUP, MOVEMENTS_TOPIC);
      let behind = 0;
      for (const [partition, end] of ends) behind += Math.max(0, end - (done.get(partition) ?? 0));
      return behind;
    },
  };
}
