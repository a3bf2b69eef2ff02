import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  dayAfter,
  dayOf,
  instantOf,
  isLocalDay,
  isTimeZone,
  nextOccurrence,
  occurrencesBetween,
  startOfDay,
} from "../../src/domain/clock.js";
import { days, firstShowing, instants, shownIn, times, zones } from "../support/zones.js";

const at = (iso: string) => Date.parse(iso);
const iso = (ms: number) => new Date(ms).toISOString();

describe("the wall clock of a supplier", () => {
  test("shows 22:00 in Shanghai at 14:00 UTC, all year round", () => {
    expect(iso(instantOf("Asia/Shanghai", "2026-01-15", "22:00"))).toBe("2026-01-15T14:00:00.000Z");
    expect(iso(instantOf("Asia/Shanghai", "2026-07-15", "22:00"))).toBe("2026-07-15T14:00:00.000Z");
  });

  test("shows 22:00 in Berlin an hour earlier in summer", () => {
    expect(iso(instantOf("Europe/Berlin", "2026-01-15", "22:00"))).toBe("2026-01-15T21:00:00.000Z");
    expect(iso(instantOf("Europe/Berlin", "2026-07-15", "22:00"))).toBe("2026-07-15T20:00:00.000Z");
  });

  test("jumps over 02:30 in spring: it counts at the moment of the jump", () => {
    expect(iso(instantOf("Europe/Berlin", "2026-03-29", "02:30"))).toBe("2026-03-29T01:00:00.000Z");
    expect(instantOf("Europe/Berlin", "2026-03-29", "03:00")).toBe(instantOf("Europe/Berlin", "2026-03-29", "02:30"));
  });

  test("shows 02:30 twice in autumn: the first counts", () => {
    expect(iso(instantOf("Europe/Berlin", "2026-10-25", "02:30"))).toBe("2026-10-25T00:30:00.000Z");
  });

  test("jumps by half an hour on Lord Howe, and over midnight in Havana", () => {
    expect(iso(instantOf("Australia/Lord_Howe", "2026-10-04", "02:10"))).toBe("2026-10-03T15:30:00.000Z");
    expect(iso(startOfDay("America/Havana", "2026-03-08"))).toBe("2026-03-08T05:00:00.000Z");
  });

  test("skipped a whole day in Samoa: its times count when the next day began", () => {
    expect(instantOf("Pacific/Apia", "2011-12-30", "22:00")).toBe(startOfDay("Pacific/Apia", "2011-12-31"));
    expect(dayOf("Pacific/Apia", at("2011-12-30T10:00Z"))).toBe("2011-12-31");
    expect(dayOf("Pacific/Apia", at("2011-12-30T09:59Z"))).toBe("2011-12-29");
  });

  test("went back over midnight in St. John's: the new day had begun all the same", () => {
    const midnight = startOfDay("America/St_Johns", "2010-11-07");
    expect(shownIn("America/St_Johns", midnight + 10 * 60_000)).toBe("2010-11-06T23:10");
    expect(dayOf("America/St_Johns", midnight + 10 * 60_000)).toBe("2010-11-07");
    expect(dayOf("America/St_Johns", midnight - 1)).toBe("2010-11-06");
  });

  test("is kept in IANA zones only", () => {
    for (const zone of ["Asia/Shanghai", "America/Argentina/Buenos_Aires", "UTC"]) expect(isTimeZone(zone)).toBe(true);
    for (const zone of ["+08:00", "Asia/Atlantis", "", "CST", "Asia/Shanghai; DROP"]) {
      expect(isTimeZone(zone)).toBe(false);
    }
  });

  test("knows the days of the calendar", () => {
    for (const day of ["2024-02-29", "2026-12-31"]) expect(isLocalDay(day)).toBe(true);
    for (const day of ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "26-01-01", "2026-04-31"]) {
      expect(isLocalDay(day)).toBe(false);
    }
    expect(dayAfter("2026-12-31")).toBe("2027-01-01");
    expect(dayAfter("2024-03-01", -1)).toBe("2024-02-29");
  });
});

describe("the next occurrence of a time", () => {
  test("is today's before it, and tomorrow's at and after it", () => {
    const cutOff = at("2026-05-04T14:00Z");
    const next = (ms: number) => iso(nextOccurrence("Asia/Shanghai", "22:00", ms).at);
    expect(next(cutOff - 1)).toBe("2026-05-04T14:00:00.000Z");
    expect(next(cutOff)).toBe("2026-05-05T14:00:00.000Z");
  });

  test("between two instants comes once for every day of an outage", () => {
    const missed = occurrencesBetween(
      "Europe/Berlin",
      () => ["18:00", "09:00"],
      at("2026-03-28T08:00Z"),
      at("2026-03-30T07:00Z"),
    );
    expect([...missed].map(({ day, time, at }) => `${day} ${time} ${iso(at).slice(11, 16)}`)).toEqual([
      "2026-03-28 18:00 17:00",
      "2026-03-29 09:00 07:00",
      "2026-03-29 18:00 16:00",
      "2026-03-30 09:00 07:00",
    ]);
  });
});

describe("for any zone, day and time", () => {
  test("a time counts when the clock on the wall first shows it or, where it jumps over it, a later one", () => {
    fc.assert(
      fc.property(zones, days, times, (zone, day, time) => {
        expect(iso(instantOf(zone, day, time))).toBe(iso(firstShowing(zone, day, time)));
      }),
      { numRuns: 40 },
    );
  });

  test("a day holds exactly the instants from its beginning to that of the next", () => {
    fc.assert(
      fc.property(zones, instants, (zone, ms) => {
        const day = dayOf(zone, ms);
        expect(startOfDay(zone, day)).toBeLessThanOrEqual(ms);
        expect(startOfDay(zone, dayAfter(day))).toBeGreaterThan(ms);
      }),
      { numRuns: 200 },
    );
  });

  test("a later time of day is never an earlier instant, and lies within its day", () => {
    fc.assert(
      fc.property(zones, days, times, times, (zone, day, a, b) => {
        const [earlier, later] = a <= b ? [a, b] : [b, a];
        expect(instantOf(zone, day, earlier)).toBeLessThanOrEqual(instantOf(zone, day, later));
        expect(instantOf(zone, day, earlier)).toBeGreaterThanOrEqual(startOfDay(zone, day));
        expect(instantOf(zone, day, later)).toBeLessThanOrEqual(startOfDay(zone, dayAfter(day)));
      }),
      { numRuns: 200 },
    );
  });

  test("the next occurrence comes after the instant, and no other comes between", () => {
    fc.assert(
      fc.property(zones, instants, times, (zone, ms, time) => {
        const next = nextOccurrence(zone, time, ms);
        expect(next.at).toBeGreaterThan(ms);
        expect(next.at).toBe(instantOf(zone, next.day, time));
        expect(instantOf(zone, dayAfter(next.day, -1), time)).toBeLessThanOrEqual(ms);
      }),
      { numRuns: 100 },
    );
  });

  test("wherever a scheduler stopped and went on, it meets every occurrence once and in order", () => {
    const stops = fc.array(fc.integer({ min: 0, max: 6 * 24 * 60 }), { maxLength: 6 });
    fc.assert(
      fc.property(
        zones,
        instants,
        fc.uniqueArray(times, { minLength: 1, maxLength: 3 }),
        stops,
        (zone, from, daily, minutes) => {
          const until = from + 6 * 86_400_000;
          const borders = [from, ...minutes.map((m) => from + m * 60_000).sort((a, b) => a - b), until];
          const whole = [...occurrencesBetween(zone, () => daily, from, until)];
          const inParts = borders
            .slice(1)
            .flatMap((end, i) => [...occurrencesBetween(zone, () => daily, borders[i]!, end)]);
          expect(inParts).toEqual(whole);
          expect(whole.map((one) => one.at)).toEqual(whole.map((one) => one.at).sort((a, b) => a - b));
          expect(new Set(whole.map(({ day, time }) => `${day} ${time}`)).size).toBe(whole.length);
        },
      ),
      { numRuns: 20 },
    );
  });
});
