import { expect, test } from "@jest/globals";
import { createMetrics } from "@septet/service-kit";
import { EMPTY_BALANCE } from "@septet/stock-contracts";
import type { AuditResult, ServiceComparison } from "../src/domain/audit.js";
import { createLedgerMetrics } from "../src/metrics.js";

const kit = createMetrics({ service: "ledger", processMetrics: false });
const metrics = createLedgerMetrics(kit);

const NONE = new Set<string>();
function audited(found: Partial<ServiceComparison>): AuditResult {
  const counts = {
    compared: 9,
    pending: 0,
    lagging: 0,
    driftCount: 0,
    drifts: [],
    missingTailCount: 0,
    missingTail: [],
  };
  const watched = { compared: NONE, agreeing: NONE };
  const service: ServiceComparison = { service: "warehouse", error: null, ...counts, watched, ...found };
  const scan = { skus: 9, rows: 9, identityHolds: true, broken: [], network: EMPTY_BALANCE };
  const books = { scan, gaps: [], forkCount: 0, forks: [], heads: [], lagging: 0 };
  return { startedAt: 0, finishedAt: 1_000, agrees: false, services: [service], ...books };
}

async function gaugeOf(name: string): Promise<number | undefined> {
  const { values } = await kit.registry.getSingleMetric(name)!.get();
  return values.find(({ labels }) => labels.target === "warehouse")?.value;
}

test("a service that does not answer is told of, and what was wrong with it does not count as mended", async () => {
  metrics.audited(audited({ driftCount: 2, missingTailCount: 1 }));
  expect(await gaugeOf("septet_ledger_audit_unread")).toBe(0);
  metrics.audited(audited({ error: "warehouse answered 503", compared: 0 }));
  expect(await gaugeOf("septet_ledger_audit_unread")).toBe(1);
  expect(await gaugeOf("septet_drift_balances")).toBe(2);
  expect(await gaugeOf("septet_ledger_missing_tails")).toBe(1);
  metrics.audited(audited({}));
  expect(await gaugeOf("septet_ledger_audit_unread")).toBe(0);
  expect(await gaugeOf("septet_drift_balances")).toBe(0);
  expect(await gaugeOf("septet_ledger_missing_tails")).toBe(0);
});
