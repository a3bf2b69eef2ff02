import { describe, expect, test } from "@jest/globals";
import { withFigures } from "../../src/bench/benchmarks-file.js";
import { type BurstRun, spreadOf } from "../../src/bench/burst-figures.js";
import { BURST_DEVICES, BURST_NETWORKS, burstOrders } from "../../src/bench/burst-load.js";
import { burstText } from "../../src/bench/burst-text.js";
import { readBenchOptions } from "../../src/bench/options.js";
import { offerSteadily } from "../../src/bench/steady-offer.js";

describe("a burst of unpaid orders", () => {
  test("comes from 20 devices, each of them in every one of five networks, with an address of its own for every order", () => {
    const orders = burstOrders("burst", "SOCKS", 1_000);
    const networkOf = (address = "") => address.split("::")[0];
    expect(new Set(orders.map(({ deviceId }) => deviceId)).size).toBe(BURST_DEVICES);
    expect(new Set(orders.map(({ ipAddress }) => networkOf(ipAddress))).size).toBe(BURST_NETWORKS);
    expect(new Set(orders.map(({ ipAddress }) => ipAddress)).size).toBe(1_000);
    const pairs = new Set(orders.map(({ deviceId, ipAddress }) => `${deviceId} ${networkOf(ipAddress)}`));
    expect(pairs.size).toBe(BURST_DEVICES * BURST_NETWORKS);
    expect(orders.every(({ payment, lines }) => payment === undefined && lines[0]?.sku === "SOCKS")).toBe(true);
  });

  test("shows what others felt of it as the median of the ratios within each round", () => {
    const run = (quietMs: number, burstMs: number): BurstRun => ({
      seconds: 10,
      orders: 10_000,
      tookSeconds: 10.5,
      taken: 100,
      refused: new Map([["DEVICE_VELOCITY", 9_900]]),
      paidBeside: 1_000,
      customers: [{ kind: "others-events", perSecond: 25, quiet: spreadOf([quietMs]), burst: spreadOf([burstMs]) }],
      backSeconds: 1,
    });
    const runs = [run(10, 15), run(20, 40), run(100, 120)];
    const text = burstText({ runs, machine: ["a machine"], settings: "settings", date: "2026-01-01" });
    expect(text).toContain("| other SKUs, by events | 20 / 20 / 20 | 40 / 40 / 40 | 1.5 × / 1.5 × / 1.5 × |");
    expect(text).toContain(
      "10,000 unpaid orders within 10 s: answered in 10.5 s; 100 taken, refused 9,900 `DEVICE_VELOCITY`",
    );
  });

  test("has its own place on the page and its own options", () => {
    const page = "<!-- burst: begin (written by npm run bench -- --burst) -->\nold\n<!-- burst: end -->";
    expect(withFigures(page, "new", "burst")).not.toContain("old");
    expect(() => withFigures(page, "new")).toThrow("lacks");
    expect(readBenchOptions(["--burst"])).toMatchObject({ burst: true, orders: 10_000, burstSeconds: [60, 10] });
    expect(readBenchOptions(["--burst-seconds", "30"])).toMatchObject({ burstSeconds: [30] });
    for (const wrong of ["0", "10,", "a"])
      expect(() => readBenchOptions(["--burst-seconds", wrong])).toThrow(/--burst-seconds/);
  });
});

test("a steady offer counts from when each was due, not from when it was taken", async () => {
  const due: number[] = [];
  await offerSteadily({ perSecond: 1_000, goesOn: (n) => n < 30, take: (dueAt) => void due.push(...dueAt) });
  expect(due).toHaveLength(30);
  for (const [n, at] of due.entries()) expect(at - due[0]!).toBeCloseTo(n, 5);
});
