import { describe, expect, test } from "@jest/globals";
import { DEFAULT_BACKOFF } from "../../src/domain/backoff.js";
import { DEFAULT_CIRCUIT } from "../../src/domain/circuit-breaker.js";
import { neverPulled, pulled, pullFailed } from "../../src/domain/connector.js";
import { DEFAULT_TERMS } from "../../src/domain/terms.js";

const RULES = { backoff: DEFAULT_BACKOFF, circuit: DEFAULT_CIRCUIT };
const MINUTE_MS = 60_000;

describe("a connector", () => {
  test("is due at once, and after a pull as its tier says", () => {
    expect(neverPulled(7).nextAt).toBe(7);
    expect(pulled(DEFAULT_TERMS.tiers, "HOT", 0, 0).nextAt).toBe(MINUTE_MS);
    expect(pulled(DEFAULT_TERMS.tiers, "MIDDLE", 0, 0.5).nextAt).toBe(28.5 * MINUTE_MS);
  });

  test("that fails is due after a longer and longer wait, and is left alone for a while after the fifth time", () => {
    let state = neverPulled(0);
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      const now = state.nextAt;
      state = pullFailed(state, RULES, now, 0, 0);
      waits.push(state.nextAt - now);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 60_000, 120_000, 240_000]);
    expect(state.circuit.state).toBe("OPEN");
  });

  test("waits as long as it is asked to, but not for ever", () => {
    expect(pullFailed(neverPulled(0), RULES, 0, 0, 30_000).nextAt).toBe(30_000);
    expect(pullFailed(neverPulled(0), RULES, 0, 0, 9e9).nextAt).toBe(DEFAULT_BACKOFF.longestMs);
  });
});
