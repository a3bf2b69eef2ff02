import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { SupplierClock } from "../../src/domain/batches.js";
import { missedOf, reportsDueBetween } from "../../src/domain/reports-due.js";
import { DEFAULT_TERMS } from "../../src/domain/terms.js";
import { instants, times, zones } from "../support/zones.js";

const HOUR_MS = 3_600_000;
const at = (iso: string) => Date.parse(iso);
/** 09:00 and 18:00 in Shanghai: 01:00 and 10:00 UTC. */
const SHANGHAI: SupplierClock = { zone: "Asia/Shanghai", versions: [] };
const shown = (due: { day: string; time: string }) => `${due.day} ${due.time}`;

describe("a report that is due morning and evening", () => {
  const due = [...reportsDueBetween(SHANGHAI, at("2026-05-04T00:00Z"), at("2026-05-05T01:00Z"))];

  test("is due at its deadlines and rests on the time since the one before", () => {
    expect(due.map(shown)).toEqual(["2026-05-04 09:00", "2026-05-04 18:00", "2026-05-05 09:00"]);
    expect(due.map(({ afterAt, dueAt }) => (dueAt - afterAt) / HOUR_MS)).toEqual([15, 9, 15]);
  });

  test("is in time at the very deadline, and missed a millisecond later", () => {
    const morning = at("2026-05-04T01:00Z");
    expect(missedOf(due.slice(0, 1), [morning])).toEqual([]);
    expect(missedOf(due.slice(0, 1), [morning + 1])).toHaveLength(1);
  });

  test("is not served by the report of the deadline before", () => {
    expect(missedOf(due, [at("2026-05-04T01:00Z")]).map(shown)).toEqual(["2026-05-04 18:00", "2026-05-05 09:00"]);
  });

  test("that came late for one deadline serves the next", () => {
    expect(missedOf(due, [at("2026-05-04T01:30Z"), at("2026-05-05T00:10Z")]).map(shown)).toEqual(["2026-05-04 09:00"]);
  });

  test("goes by the deadlines of the day on which new terms take effect", () => {
    const terms = { ...DEFAULT_TERMS, updateDeadlines: ["12:00"] };
    const clock = { ...SHANGHAI, versions: [{ version: 1, effectiveFrom: "2026-05-05", terms }] };
    const both = [...reportsDueBetween(clock, at("2026-05-04T02:00Z"), at("2026-05-06T00:00Z"))];
    expect(both.map(shown)).toEqual(["2026-05-04 18:00", "2026-05-05 12:00"]);
    expect((both[1]!.dueAt - both[1]!.afterAt) / HOUR_MS).toBe(18);
  });
});

describe("for any zone and deadlines", () => {
  const clocks = fc
    .tuple(zones, fc.uniqueArray(times, { minLength: 1, maxLength: 4 }))
    .map(([zone, all]): SupplierClock => {
      const terms = { ...DEFAULT_TERMS, updateDeadlines: all.sort() };
      return { zone, versions: [{ version: 1, effectiveFrom: "2000-01-01", terms }] };
    });

  test("the deadlines lie one behind the other without a gap, wherever one begins to look", () => {
    fc.assert(
      fc.property(clocks, instants, fc.integer({ min: 1, max: 96 }), (clock, from, hours) => {
        const until = from + hours * HOUR_MS;
        const due = [...reportsDueBetween(clock, from, until)];
        due.forEach((one, i) => {
          expect(one.afterAt).toBeLessThan(one.dueAt);
          expect(one.dueAt).toBeGreaterThan(from);
          expect(one.dueAt).toBeLessThanOrEqual(until);
          if (i > 0) expect(one.afterAt).toBe(due[i - 1]!.dueAt);
        });
        const middle = from + Math.floor((hours * HOUR_MS) / 2);
        const parts = [...reportsDueBetween(clock, from, middle), ...reportsDueBetween(clock, middle, until)];
        expect(parts).toEqual(due);
      }),
      { numRuns: 20 },
    );
  });

  test("a deadline is missed exactly when no report arrived since the one before", () => {
    const arrivals = fc.array(fc.integer({ min: -24, max: 96 }), { maxLength: 8 });
    fc.assert(
      fc.property(clocks, instants, arrivals, (clock, from, hours) => {
        const due = [...reportsDueBetween(clock, from, from + 72 * HOUR_MS)];
        const received = hours.map((hour) => from + hour * HOUR_MS);
        const missed = due.filter(({ afterAt, dueAt }) => !received.some((ms) => ms > afterAt && ms <= dueAt));
        expect(missedOf(due, received)).toEqual(missed);
      }),
      { numRuns: 50 },
    );
  });
});
