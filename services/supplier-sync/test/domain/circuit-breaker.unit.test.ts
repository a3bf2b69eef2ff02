import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { DEFAULT_BACKOFF, waitMs } from "../../src/domain/backoff.js";
import { ask, type Circuit, type CircuitRule, CLOSED, failed, succeeded } from "../../src/domain/circuit-breaker.js";

const RULE: CircuitRule = { failuresToOpen: 3, openMs: 1_000, longestOpenMs: 5_000, probeMs: 300 };
const failing = (times: number, from: Circuit = CLOSED, nowMs = 0): Circuit => {
  let circuit = from;
  for (let i = 0; i < times; i++) circuit = failed(RULE, circuit, nowMs);
  return circuit;
};

describe("a supplier whose feed fails", () => {
  test("is asked again after a second, then after twice as long each time, up to a quarter of an hour", () => {
    const waits = [1, 2, 3, 4, 10, 11, 60].map((failures) => waitMs(DEFAULT_BACKOFF, failures, 0));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 512_000, 900_000, 900_000]);
  });

  test("is left alone as long as it asks for, within reason", () => {
    expect(waitMs(DEFAULT_BACKOFF, 1, 0, 30_000)).toBe(30_000);
    expect(waitMs(DEFAULT_BACKOFF, 1, 0, 86_400_000)).toBe(DEFAULT_BACKOFF.longestMs);
    expect(waitMs(DEFAULT_BACKOFF, 5, 0, 1)).toBe(16_000);
  });

  test("is never asked sooner than half the wait, nor later than the whole", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, spread) => {
          const whole = waitMs(DEFAULT_BACKOFF, failures, 0);
          const wait = waitMs(DEFAULT_BACKOFF, failures, spread);
          expect(wait).toBeLessThanOrEqual(whole);
          expect(wait).toBeGreaterThanOrEqual(whole / 2);
        },
      ),
    );
  });

  test("is not called any more after three failures in a row, until the time is over", () => {
    const open = failing(3);
    expect(open).toEqual({ state: "OPEN", until: 1_000, timesOpened: 1 });
    expect(ask(RULE, open, 999).allowed).toBe(false);
    expect(ask(RULE, open, 1_000).allowed).toBe(true);
  });

  test("that answers in between is called as before", () => {
    expect(failing(2, succeeded()).state).toBe("CLOSED");
  });

  test("is then called by one alone: the others wait for the outcome", () => {
    const { circuit } = ask(RULE, failing(3), 1_000);
    expect(ask(RULE, circuit, 1_001).allowed).toBe(false);
    expect(failed(RULE, circuit, 1_100)).toEqual({ state: "OPEN", until: 3_100, timesOpened: 2 });
    expect(ask(RULE, succeeded(), 1_100).allowed).toBe(true);
  });

  test("is called by another when whoever called it was not heard of again", () => {
    const { circuit } = ask(RULE, failing(3), 1_000);
    expect(ask(RULE, circuit, 1_299).allowed).toBe(false);
    expect(ask(RULE, circuit, 1_300)).toEqual({
      allowed: true,
      circuit: { state: "PROBING", since: 1_300, timesOpened: 1 },
    });
  });

  test("is left alone no longer by calls that were under way when the circuit opened", () => {
    const open = failing(3);
    expect(failed(RULE, open, 900)).toEqual(open);
  });

  test("is in the end called again, and while it fails no more often than the circuit lets", () => {
    const outcomes = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        outcomes,
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40 }),
        (works, pauses) => {
          let circuit: Circuit = CLOSED;
          let now = 0;
          let failedInARow = 0;
          for (let i = 0; i < 400; i++) {
            now += pauses[i % pauses.length]!;
            const asked = ask(RULE, circuit, now);
            circuit = asked.circuit;
            if (asked.allowed) {
              const ok = works[i % works.length]!;
              circuit = ok ? succeeded() : failed(RULE, circuit, now);
              failedInARow = ok ? 0 : failedInARow + 1;
            }
            expect(circuit.state === "CLOSED").toBe(failedInARow < RULE.failuresToOpen);
            if (circuit.state === "OPEN") expect(circuit.until - now).toBeLessThanOrEqual(RULE.longestOpenMs);
          }
          expect(ask(RULE, circuit, now + RULE.longestOpenMs).allowed).toBe(true);
        },
      ),
    );
  });
});
