import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { createMetrics } from "@septet/service-kit";
import { createSupplierMetrics } from "../src/metrics.js";

const kit = createMetrics({ service: "supplier-sync", processMetrics: false });
const metrics = createSupplierMetrics(kit);
const rules = readFileSync(new URL("../../../infra/prometheus/supplier-sync-rules.yml", import.meta.url), "utf8");

test("orders that wait past their time are measured, and no longer when they are answered for", async () => {
  const value = async (name: string) => (await kit.registry.getSingleMetric(name)!.get()).values[0]?.value;
  metrics.observe({ orders: 2, seconds: 60 });
  expect(await value("septet_supplier_unanswered_orders")).toBe(2);
  expect(await value("septet_supplier_unanswered_seconds")).toBe(60);
  metrics.observe({ orders: 0, seconds: 0 });
  expect(await value("septet_supplier_unanswered_orders")).toBe(0);
});

test("the alert rules of suppliers speak of metrics that are measured", () => {
  const names = [...new Set(rules.match(/septet_supplier_\w+/g))];
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => kit.registry.getSingleMetric(name) === undefined)).toEqual([]);
});
