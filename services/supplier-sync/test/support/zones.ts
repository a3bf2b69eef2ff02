import fc from "fast-check";

/** Zones that change their clocks by an hour, by half of one, at midnight, one minute past it, by a whole day, or never. */
export const ZONES = [
  "Asia/Shanghai",
  "Asia/Kathmandu",
  "Pacific/Kiritimati",
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "America/Sao_Paulo",
  "America/Havana",
  "Asia/Beirut",
  "Africa/Casablanca",
] as const;

export const zones = fc.constantFrom(...ZONES);

/** Days on or beside which a clock of one of the zones changes, and any others. */
export const days = fc.oneof(
  fc.constantFrom(
    "2026-03-29",
    "2026-10-25",
    "2026-03-08",
    "2026-11-01",
    "2026-04-05",
    "2026-10-04",
    "2011-12-29",
    "2011-12-30",
    "2011-12-31",
    "2018-11-04",
    "2019-02-16",
    "2010-11-06",
    "2010-11-07",
    "2010-03-14",
    "2027-03-14",
    "2027-03-28",
  ),
  fc
    .date({ min: new Date("2009-01-01"), max: new Date("2029-12-31"), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
);

const two = (figure: number) => String(figure).padStart(2, "0");
/** Any time of day, most often one of the night, when clocks change. */
export const times = fc
  .tuple(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 23 })), fc.integer({ min: 0, max: 59 }))
  .map(([hour, minute]) => `${two(hour)}:${two(minute)}`);

/** Instants around the days above, epoch ms. */
export const instants = fc
  .tuple(days, fc.integer({ min: -36 * 3_600_000, max: 36 * 3_600_000 }))
  .map(([day, offset]) => Date.parse(day) + offset);

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock on the wall of a zone shows at an instant (epoch ms): `yyyy-mm-ddThh:mm`. */
export function shownIn(zone: string, atMs: number): string {
  let format = formats.get(zone);
  if (format === undefined) {
    const two = "2-digit";
    const fields = { year: "numeric", month: two, day: two, hour: two, minute: two } as const;
    format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, hourCycle: "h23", ...fields });
    formats.set(zone, format);
  }
  return format.format(atMs).replace(" ", "T");
}

const MINUTE_MS = 60_000;

/** The first instant whose clock shows this or later, found by looking at the clock minute by minute. */
export function firstShowing(zone: string, day: string, time: string): number {
  const wanted = `${day}T${time}`;
  const aroundMs = Date.parse(`${wanted}Z`);
  for (let at = aroundMs - 15 * 60 * MINUTE_MS; ; at += MINUTE_MS) if (shownIn(zone, at) >= wanted) return at;
}
