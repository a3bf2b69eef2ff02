import { describe, expect, test } from "@jest/globals";
import { withFigures } from "../../src/bench/benchmarks-file.js";
import { median } from "../../src/bench/figures.js";
import { figuresText } from "../../src/bench/figures-text.js";
import { readBenchOptions } from "../../src/bench/options.js";
import { percentile } from "../../src/platform/percentile.js";
import { cpuSeconds, peakResidentMiB, residentMiB } from "../../src/platform/process-figures.js";
import { RetailShape } from "../../src/shape/retail-shape.js";

describe("figures", () => {
  test("the median is the middle one, or half-way between the two middle ones", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([1, 2, 4, 9])).toBe(3);
  });

  test("percentiles are by nearest rank", () => {
    const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
    expect(percentile(hundred, 50)).toBe(50);
    expect(percentile(hundred, 99)).toBe(99);
  });

  test("they go between the markers of the page, and the rest of it stays", () => {
    const page = "before\n<!-- figures: begin (written by npm run bench) -->\nold\n<!-- figures: end -->\nafter";
    const written = withFigures(page, "new");
    expect(written).toContain("new");
    expect(written).not.toContain("old");
    expect([written.startsWith("before"), written.endsWith("after")]).toEqual([true, true]);
    expect(() => withFigures("no markers", "new")).toThrow("lacks");
  });

  test("the ratio is the median rate over the median floor", () => {
    const rate = (perSecond: number) => ({
      orders: 10,
      lines: 10,
      perSecond,
      cpuSecondsPer1000: new Map([["ledger", 0.5]]),
    });
    const text = figuresText({
      rates: new Map([["hot", [rate(4_000), rate(3_000), rate(9_000)]]]),
      latencies: new Map([["hot", [{ offered: 2_000, p50Ms: 20, p99Ms: 80 }]]]),
      floors: new Map([
        ["hot", [{ perSecond: 1_000, orders: 1 }]],
        ["skus", []],
      ]),
      memory: new Map([["ledger", { residentMiB: 100, peakMiB: 120 }]]),
      machine: ["a machine"],
      settings: "settings",
      date: "2026-01-01",
    });
    expect(text).toContain("| one hot SKU | 4,000 (3,000–9,000) | 4,000 | 1,000 | 4.0 × |");
  });

  test("what this process uses is read from the kernel", () => {
    expect(cpuSeconds(process.pid)).toBeGreaterThan(0);
    expect(residentMiB(process.pid)).toBeGreaterThan(1);
    expect(peakResidentMiB(process.pid)).toBeGreaterThan(1);
  });
});

test("orders of the retailer's shape have about 25 lines and 9 pieces a line, and the popular tenth of SKUs 40 % of them", () => {
  const shape = new RetailShape({ seed: 7, skus: 2_800 });
  const orders = Array.from({ length: 5_000 }, () => shape.order());
  const lines = orders.flat();
  expect(lines.length / orders.length).toBeGreaterThan(20);
  expect(lines.length / orders.length).toBeLessThan(31);
  const pieces = lines.reduce((sum, line) => sum + line.quantity, 0) / lines.length;
  expect(pieces).toBeGreaterThan(6.5);
  expect(pieces).toBeLessThan(11);
  const popular = lines.filter((line) => line.sku < 280).length / lines.length;
  expect(popular).toBeGreaterThan(0.35);
  expect(popular).toBeLessThan(0.5);
});

test("the bench's options are read, and what is wrong with them is named", () => {
  expect(readBenchOptions(["--short"])).toMatchObject({ orders: 2_000, rounds: 1, write: false });
  expect(readBenchOptions(["--only", "hot"])).toMatchObject({ kinds: ["hot"], write: true });
  expect(() => readBenchOptions(["--only", "cold", "--rounds", "0"])).toThrow(/--only[\s\S]*--rounds/);
});
