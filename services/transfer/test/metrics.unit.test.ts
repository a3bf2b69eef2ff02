import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { createMetrics } from "@septet/service-kit";
import { createTransferMetrics } from "../src/metrics.js";

const kit = createMetrics({ service: "transfer", processMetrics: false });
const metrics = createTransferMetrics(kit);
const rules = readFileSync(new URL("../../../infra/prometheus/transfer-rules.yml", import.meta.url), "utf8");

test("what is late is measured, and is no longer late when it has come", async () => {
  const value = async (name: string) => (await kit.registry.getSingleMetric(name)!.get()).values[0]?.value;
  metrics.observe({ overdueShipments: 2, overdueSeconds: 60, unansweredSeconds: 5 });
  expect(await value("septet_transfer_overdue_shipments")).toBe(2);
  expect(await value("septet_transfer_overdue_seconds")).toBe(60);
  metrics.observe({ overdueShipments: 0, overdueSeconds: 0, unansweredSeconds: 0 });
  expect(await value("septet_transfer_overdue_shipments")).toBe(0);
  expect(await value("septet_transfer_unanswered_seconds")).toBe(0);
});

test("the alert rules of transfers speak of metrics that are measured", () => {
  const names = [...new Set(rules.match(/septet_transfer_\w+/g))];
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => kit.registry.getSingleMetric(name) === undefined)).toEqual([]);
});
