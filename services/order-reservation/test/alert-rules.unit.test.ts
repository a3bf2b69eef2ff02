import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { countOutcome, createMetrics } from "@septet/service-kit";
import { OUTCOME_REASONS } from "@septet/stock-contracts";
import { createReservationMetrics } from "../src/metrics.js";

const text = readFileSync(new URL("../../../infra/prometheus/order-reservation-rules.yml", import.meta.url), "utf8");
const rules = [...text.matchAll(/- alert: (\w+)\n\s+expr: (.*)/g)].map(([, alert, expr]) => ({ alert, expr: expr! }));

const kit = createMetrics({ service: "order-reservation", processMetrics: false });
const metrics = createReservationMetrics(kit);

describe("alert rules of selling", () => {
  test("there is one for locks that lack stock, for shortages that nobody handles, and for bursts of unpaid orders", () => {
    expect(rules.map(({ alert }) => alert)).toEqual([
      "LocksIncomplete",
      "ShortagesUnhandled",
      "ShortagesForgotten",
      "UnpaidOrdersRefused",
    ]);
  });

  test.each(rules)("$alert speaks of metrics that exist", ({ expr }) => {
    const names = [...new Set(expr.match(/septet_\w+/g))];
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(kit.registry.getSingleMetric(name)).toBeDefined();
  });

  test("refused unpaid orders are counted under the codes that the rule asks for", async () => {
    const { expr } = rules.at(-1)!;
    const codes = /reason=~"([^"]+)"/.exec(expr)?.[1]?.split("|") ?? [];
    expect(codes).toEqual(Object.keys(OUTCOME_REASONS.REJECTED).filter((code) => code.endsWith("_VELOCITY")));
    countOutcome(kit, "rejected", codes[0]);
    expect((await kit.outcomes.get()).values).toMatchObject([{ labels: { reason: codes[0] }, value: 1 }]);
  });
});

test("what waits is measured, and waits no longer when it is done", async () => {
  const value = async (name: string) => (await kit.registry.getSingleMetric(name)!.get()).values[0]?.value;
  metrics.observe({ incompleteLocks: 2, unhandledShortages: 3, unhandledShortageSeconds: 3_700 });
  expect(await value("septet_incomplete_locks")).toBe(2);
  expect(await value("septet_unhandled_shortages")).toBe(3);
  expect(await value("septet_unhandled_shortage_seconds")).toBe(3_700);
  metrics.observe({ incompleteLocks: 0, unhandledShortages: 0, unhandledShortageSeconds: 0 });
  expect(await value("septet_incomplete_locks")).toBe(0);
  expect(await value("septet_unhandled_shortage_seconds")).toBe(0);
});
