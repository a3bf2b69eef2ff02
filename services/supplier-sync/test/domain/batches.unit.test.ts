import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  batchesBetween,
  batchOf,
  batchOfDay,
  confirmationsDueBetween,
  type SupplierClock,
  termsAt,
} from "../../src/domain/batches.js";
import { dayAfter } from "../../src/domain/clock.js";
import { DEFAULT_TERMS, type SupplierTerms, type TermsVersion } from "../../src/domain/terms.js";
import { days, instants, times, zones } from "../support/zones.js";

const DAY_MS = 86_400_000;
const at = (iso: string) => Date.parse(iso);
const iso = (ms: number) => new Date(ms).toISOString();
const version = (effectiveFrom: string, terms: Partial<SupplierTerms>, number = 1): TermsVersion => ({
  version: number,
  effectiveFrom,
  terms: { ...DEFAULT_TERMS, ...terms },
});
const SHANGHAI: SupplierClock = { zone: "Asia/Shanghai", versions: [] };

describe("an order at a supplier", () => {
  test("from before 22:00 goes with the day's batch, from 22:00 on with the next day's", () => {
    const cutOff = at("2026-05-04T14:00Z");
    expect(batchOf(SHANGHAI, cutOff - 1)).toEqual({
      day: "2026-05-04",
      cutOffAt: cutOff,
      confirmationDueAt: at("2026-05-04T15:00Z"),
    });
    expect(batchOf(SHANGHAI, cutOff).day).toBe("2026-05-05");
    expect(batchOf(SHANGHAI, at("2026-05-04T16:30Z")).day).toBe("2026-05-05");
  });

  test("is confirmed the next morning where that was agreed", () => {
    const clock = { ...SHANGHAI, versions: [version("2026-01-01", { cutOff: "22:00", confirmationDue: "06:30" })] };
    expect(iso(batchOfDay(clock, "2026-05-04").confirmationDueAt)).toBe("2026-05-04T22:30:00.000Z");
  });

  test("goes by the cut-off of the day on which new terms take effect", () => {
    const versions = [version("2026-01-01", { cutOff: "22:00" }), version("2026-05-05", { cutOff: "18:00" }, 2)];
    const clock = { ...SHANGHAI, versions };
    expect(iso(batchOf(clock, at("2026-05-04T13:00Z")).cutOffAt)).toBe("2026-05-04T14:00:00.000Z");
    expect(iso(batchOf(clock, at("2026-05-04T14:00Z")).cutOffAt)).toBe("2026-05-05T10:00:00.000Z");
    expect(termsAt(clock, at("2026-05-04T15:59Z")).version).toBe(1);
    expect(termsAt(clock, at("2026-05-04T16:00Z")).version).toBe(2);
  });

  test("still gets its time where the clock jumps over cut-off and confirmation", () => {
    const night = version("2026-01-01", { cutOff: "02:10", confirmationDue: "02:50" });
    const { cutOffAt, confirmationDueAt } = batchOfDay({ zone: "Europe/Berlin", versions: [night] }, "2026-03-29");
    expect(iso(cutOffAt)).toBe("2026-03-29T01:00:00.000Z");
    expect(confirmationDueAt - cutOffAt).toBe(40 * 60_000);
  });

  test("is sent in a batch of its own day for every day that the service stood still", () => {
    const sent = [...batchesBetween(SHANGHAI, at("2026-05-04T14:00Z"), at("2026-05-07T14:00Z"))];
    expect(sent.map(({ day }) => day)).toEqual(["2026-05-05", "2026-05-06", "2026-05-07"]);
    const due = confirmationsDueBetween(SHANGHAI, at("2026-05-04T14:00Z"), at("2026-05-06T15:00Z"));
    expect(due.map(({ day }) => day)).toEqual(["2026-05-04", "2026-05-05", "2026-05-06"]);
  });
});

const terms = fc
  .record({ cutOff: times, confirmationDue: times })
  .filter(({ cutOff, confirmationDue }) => cutOff !== confirmationDue);
const clocks = fc.record({ zone: zones, agreed: fc.array(fc.tuple(days, terms), { maxLength: 3 }) }).map(
  ({ zone, agreed }): SupplierClock => ({
    zone,
    versions: agreed.map(([day, part], i) => version(day, part, i + 1)),
  }),
);

describe("for any zone and terms", () => {
  test("an order belongs to exactly one batch: the first that is cut off after it", () => {
    fc.assert(
      fc.property(clocks, instants, (clock, ms) => {
        const batch = batchOf(clock, ms);
        expect(batch.cutOffAt).toBeGreaterThan(ms);
        expect(batchOfDay(clock, dayAfter(batch.day, -1)).cutOffAt).toBeLessThanOrEqual(ms);
        expect(batch.confirmationDueAt).toBeGreaterThan(batch.cutOffAt);
        expect(batch.confirmationDueAt - batch.cutOffAt).toBeLessThanOrEqual(2 * DAY_MS);
      }),
      { numRuns: 40 },
    );
  });

  test("a later order never goes with an earlier batch", () => {
    fc.assert(
      fc.property(clocks, instants, fc.integer({ min: 0, max: 3 * DAY_MS }), (clock, ms, laterMs) => {
        expect(batchOf(clock, ms + laterMs).day >= batchOf(clock, ms).day).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("each batch is sent once and each confirmation asked for once, however often the scheduler stood still", () => {
    const stops = fc.array(fc.integer({ min: 0, max: 5 * DAY_MS }), { maxLength: 5 });
    fc.assert(
      fc.property(clocks, instants, stops, (clock, from, offsets) => {
        const until = from + 5 * DAY_MS;
        const borders = [from, ...offsets.map((offset) => from + offset).sort((a, b) => a - b), until];
        for (const between of [batchesBetween, confirmationsDueBetween]) {
          const whole = [...between(clock, from, until)].map(({ day }) => day);
          const parts = borders.slice(1).flatMap((end, i) => [...between(clock, borders[i]!, end)]);
          expect(parts.map(({ day }) => day)).toEqual(whole);
          expect(new Set(whole).size).toBe(whole.length);
        }
      }),
      { numRuns: 15 },
    );
  });
});
