const STAMP = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2})(?::(\d{2}))?$/;

const LONDON = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/**
 * Epoch milliseconds of a wall-clock time in London, `YYYY-MM-DD HH:MM[:SS]`; undefined when it is no such time.
 * An hour that the clock shows twice in autumn is read as the first of the two.
 */
export function londonToUtc(text: string): number | undefined {
  const parts = STAMP.exec(text);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1).map((part) => Number(part ?? 0)) as number[];
  const asIfUtc = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
  if (new Date(asIfUtc).toISOString().slice(0, 16) !== text.slice(0, 16).replace(" ", "T")) return undefined;
  const summer = asIfUtc - 3_600_000;
  return wallClock(summer) === asIfUtc ? summer : asIfUtc;
}

/** What London's clock shows at an instant, as if that were UTC. */
function wallClock(instant: number): number {
  const shown = new Map(LONDON.formatToParts(instant).map((part) => [part.type, Number(part.value)]));
  const field = (name: Intl.DateTimeFormatPartTypes) => shown.get(name) ?? 0;
  return Date.UTC(field("year"), field("month") - 1, field("day"), field("hour"), field("minute"), field("second"));
}
