import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { createMetrics } from "@septet/service-kit";
import { createLedgerMetrics } from "../src/metrics.js";

const text = readFileSync(new URL("../../../infra/prometheus/ledger-rules.yml", import.meta.url), "utf8");
const rules = [...text.matchAll(/- alert: (\w+)\n\s+expr: (.*)/g)].map(([, alert, expr]) => ({ alert, expr: expr! }));

const kit = createMetrics({ service: "ledger", processMetrics: false });
createLedgerMetrics(kit);

describe("alert rules of the ledger", () => {
  test("there is one for rows that do not add up, for forks, for lost ends and for audits that see nothing", () => {
    expect(rules.map(({ alert }) => alert)).toEqual(["IdentityBroken", "StreamForked", "MissingTail", "AuditBlind"]);
  });

  test.each(rules)("$alert speaks of metrics that exist", ({ expr }) => {
    const names = [...new Set(expr.match(/septet_\w+/g))];
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(kit.registry.getSingleMetric(name)).toBeDefined();
  });
});
