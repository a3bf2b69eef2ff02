import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { createMetrics } from "../src/index.js";

const text = readFileSync(new URL("../../../infra/prometheus/rules.yml", import.meta.url), "utf8");
const rules = text
  .split(/^ {6}- alert: /m)
  .slice(1)
  .map((block) => ({
    alert: block.split("\n")[0]!.trim(),
    expr: /^ {8}expr: (.*)$/m.exec(block)?.[1] ?? "",
    severity: /severity: (\w+)/.exec(block)?.[1],
    summary: /summary: "(.*)"/.exec(block)?.[1] ?? "",
    action: /action: "(.*)"/.exec(block)?.[1] ?? "",
  }));

const { registry } = createMetrics({ service: "warehouse", processMetrics: false });
/** What prom-client knows of a metric; a histogram is asked for by its parts. */
function registered(name: string): { labelNames: string[] } | undefined {
  const metric = registry.getSingleMetric(name) ?? registry.getSingleMetric(name.replace(/_(count|sum|bucket)$/, ""));
  return metric as unknown as { labelNames: string[] } | undefined;
}
const metricsOf = (expr: string) => [...new Set(expr.match(/septet_\w+/g) ?? [])];
/** Put on by the registry or by the scraper. */
const EVERYWHERE = ["service", "instance", "le"];

describe("alert rules", () => {
  test("there is one for everything that can go wrong", () => {
    expect(rules.map((rule) => rule.alert)).toEqual(
      expect.arrayContaining([
        "ConsumerLag",
        "OutboxAge",
        "StreamGap",
        "Drift",
        "DeadLetters",
        "ServiceNotReady",
        "OverdueHolds",
        "Deadlocks",
      ]),
    );
    expect(new Set(rules.map((rule) => rule.alert)).size).toBe(rules.length);
  });

  test.each(rules)("$alert speaks of metrics and labels that exist", ({ expr, summary, action }) => {
    const names = metricsOf(expr);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => registered(name) === undefined)).toEqual([]);
    const labels = new Set([...EVERYWHERE, ...names.flatMap((name) => registered(name)?.labelNames ?? [])]);
    const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap((match) =>
      match[1]!.split(",").map((label) => label.trim()),
    );
    const shown = [...`${summary} ${action}`.matchAll(/\$labels\.(\w+)/g)].map((match) => match[1]!);
    const selected = [...expr.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)/g)].map((match) => match[1]!);
    for (const label of [...grouped, ...shown, ...selected]) expect([...labels]).toContain(label);
    // What an alert shows must have survived its grouping.
    if (grouped.length > 0) for (const label of shown) expect(grouped).toContain(label);
  });

  test.each(rules)("$alert says what it means and what to do", ({ severity, summary, action }) => {
    expect(["page", "ticket"]).toContain(severity);
    expect(summary.length).toBeGreaterThan(10);
    expect(action.length).toBeGreaterThan(10);
  });
});
