import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { attachOrStartStack, type System, type TestStack } from "@septet/local-stack";
import { residentMiB } from "../../src/platform/process-figures.js";
import { endStates } from "../../src/replay/end-state.js";
import { firstOutcome } from "../../src/replay/order-book.js";
import { disturb, MAX_RESIDENT_MIB } from "../../src/replay/own-services.js";
import type { ReplayPlan } from "../../src/replay/plan.js";
import type { ReplayResult } from "../../src/replay/run-replay.js";
import { replayOn, smallPlan, startPlatform } from "../support/replays.js";

const TWO_INSTANCES = { "order-reservation": 2, warehouse: 2, ledger: 1 };

let stack: TestStack;
let plan: ReplayPlan;
let undisturbed: ReplayResult;

/** A platform for the time of the work. */
async function onPlatform<T>(instances: Parameters<typeof startPlatform>[1], work: (system: System) => Promise<T>) {
  const system = await startPlatform(stack, instances);
  try {
    return await work(system);
  } finally {
    await system.stop();
  }
}

/** Replays while one instance of each service is killed half-way and started again. */
async function disturbedReplay(system: System, opening: string): Promise<ReplayResult> {
  let disturbed = false;
  const result = await replayOn(stack, system, plan, opening, async () => {
    await disturb(system);
    disturbed = true;
  });
  expect(disturbed).toBe(true);
  return result;
}

beforeAll(async () => {
  stack = await attachOrStartStack();
  plan = await smallPlan();
});

afterAll(async () => {
  await stack?.stop();
});

test("a replay accounts for every line; the second time it changes nothing, and no service grows fat", async () => {
  await onPlatform({ "order-reservation": 1, warehouse: 1, ledger: 1 }, async (system) => {
    undisturbed = await replayOn(stack, system, plan, "demand*2");
    expect(undisturbed.report.failures).toEqual([]);
    const again = await replayOn(stack, system, plan, "demand*2");
    expect(again.report.failures).toEqual([]);
    expect(again.report.movementsRecorded).toBe(0);
    expect(endStates(again.book)).toEqual(endStates(undisturbed.book));
    for (const service of ["order-reservation", "warehouse", "ledger"] as const)
      expect(residentMiB(system.pid(service))).toBeLessThan(MAX_RESIDENT_MIB);
  });
});

test("with enough stock a SIGKILL changes nothing: every order ends as it did undisturbed", async () => {
  await onPlatform(TWO_INSTANCES, async (system) => {
    const disturbed = await disturbedReplay(system, "demand*2");
    expect(disturbed.report.failures).toEqual([]);
    expect(endStates(disturbed.book)).toEqual(endStates(undisturbed.book));
  });
});

test("with scarce stock every order has one first outcome, and nothing is refused that was there", async () => {
  await onPlatform(TWO_INSTANCES, async (system) => {
    const { report, book } = await disturbedReplay(system, "demand*0.9");
    // The report fails on oversold stock, contradictory outcomes, and pieces shorted while some stayed sellable.
    expect(report.failures).toEqual([]);
    expect(report.pieces.shorted).toBeGreaterThan(0);
    for (const order of book.orders.values()) {
      // Served again after a warehouse gave pieces back, an order says anew what is reserved; else it says it once.
      const { orderId } = order.planned;
      const reserved = order.outcomes.filter((name) => name === "OrderReserved").length;
      expect({ orderId, tooOften: reserved > 1 + order.givenBack }).toEqual({ orderId, tooOften: false });
      expect(["RESERVED", "IN_PART", "SHORTED"]).toContain(firstOutcome(order));
    }
  });
});
