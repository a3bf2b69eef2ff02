import { type Database, type Job, type ServiceContext, transact, type UnitOfWork } from "@septet/service-kit";
import { type AlertCode, supplierLocation } from "@septet/stock-contracts";
import { missedOf, type ReportDue, reportsDueBetween } from "./domain/reports-due.js";
import {
  arrivalsOf,
  becameFresh,
  becameLate,
  becameStale,
  clocksToLookAt,
  holdClock,
  type JudgedReport,
  noteJudged,
  reportsCame,
  setClock,
} from "./store/feed-duties.js";
import { loadKnownSuppliers } from "./store/load-world.js";

const EVERY_MS = 2_000;
/** A deadline is looked at so long after it at the latest, ms. */
const LOOK_EVERY_MS = 30_000;
const SUPPLIERS_PER_LOOK = 100;
/** The longest time between two deadlines: what came in it may have been for the second. */
const LOOK_BACK_MS = 3 * 86_400_000;
const STALE: AlertCode = "OFFER_STALE";
const LATE: AlertCode = "REPORT_LATE";

type Context = Pick<ServiceContext, "db" | "every">;

/**
 * What the clock does with feeds, by the database's time: says of whom the reports are too old to sell from, and who has missed
 * a deadline. Each supplier's deadlines are looked at under its clock's row, from where they were looked at last: several
 * instances do each once, and after an outage all that fell due meanwhile is judged by when reports really came.
 */
export function feedClock({ db, every }: Context): Job {
  return every(EVERY_MS, "feeds", async () => {
    await tellOfAge(db);
    for (const supplierId of await clocksToLookAt(db, LOOK_EVERY_MS, SUPPLIERS_PER_LOOK)) await lookAt(db, supplierId);
    await transact(db, {}, async (unit) => {
      for (const supplierId of await reportsCame(unit, LATE)) clear(unit, LATE, supplierId);
    });
  });
}

async function tellOfAge(db: Database): Promise<void> {
  await transact(db, {}, async (unit) => {
    for (const supplierId of await becameStale(unit, STALE)) {
      raise(unit, STALE, supplierId, `reports of ${supplierId} are too old to sell from`, null);
    }
    for (const supplierId of await becameFresh(unit, STALE)) clear(unit, STALE, supplierId);
  });
}

async function lookAt(db: Database, supplierId: string): Promise<void> {
  const documents = [{ table: "report_clock", idColumn: "supplier_id", ids: [supplierId] }];
  await transact(db, { documents }, async (unit) => {
    const known = (await loadKnownSuppliers(unit, [supplierId])).get(supplierId);
    if (known === undefined) return;
    const from = await holdClock(unit, supplierId, unit.now);
    const due = [...reportsDueBetween(known.clock, from, unit.now)];
    const arrivals = due.length === 0 ? [] : await arrivalsOf(unit, supplierId, from - LOOK_BACK_MS, unit.now);
    const missed = missedOf(due, arrivals);
    await noteJudged(
      unit,
      supplierId,
      due.map((report) => judged(report, missed, arrivals)),
    );
    const [first] = missed;
    if (first !== undefined && (await becameLate(unit, LATE, supplierId))) {
      const message = `${supplierId} has not reported by ${first.time} of ${first.day}`;
      raise(unit, LATE, supplierId, message, { day: first.day, time: first.time });
    }
    await setClock(unit, supplierId, unit.now);
  });
}

/** A deadline with the first report that came for it in time. */
function judged(report: ReportDue, missed: readonly ReportDue[], arrivals: readonly number[]): JudgedReport {
  const { dueAt, day, time, afterAt } = report;
  const inTime = arrivals.filter((at) => at > afterAt && at <= dueAt);
  return { dueAt, day, time, receivedAt: missed.includes(report) ? null : Math.min(...inTime) };
}

function about(code: AlertCode, supplierId: string) {
  const location = supplierLocation(supplierId);
  return {
    alertId: `${code}/${supplierId}`,
    code,
    service: "supplier-sync",
    sku: null,
    location,
    supplierId,
    orderId: null,
  };
}

function raise(
  unit: UnitOfWork,
  code: AlertCode,
  supplierId: string,
  message: string,
  details: Record<string, string> | null,
): void {
  unit.publish("StockAlertRaised", { ...about(code, supplierId), severity: "WARNING", message, details });
}

function clear(unit: UnitOfWork, code: AlertCode, supplierId: string): void {
  unit.publish("StockAlertCleared", { ...about(code, supplierId), message: null });
}
