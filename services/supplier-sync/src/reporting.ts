import { type Database, sha256, transact, type UnitOfWork } from "@septet/service-kit";
import type { MissingRows } from "./domain/missing-rows.js";
import { type Refusal, refuse } from "./domain/refusal.js";
import {
  LINE_FAULTS,
  type LineOutcome,
  type ReportHead,
  type ReportKind,
  type ReportLine,
  type ReportSource,
} from "./domain/report.js";
import { takeIn } from "./domain/taking-in.js";
import { missingOf, withoutDoubtful } from "./report-scrutiny.js";
import { settle } from "./settle.js";
import { mappingsNaming } from "./store/mapping-rows.js";
import { forgetQuarantined, keepQuarantined, quarantinedOf } from "./store/quarantine-rows.js";
import {
  addReport,
  closeReport,
  holdFeed,
  keepFeed,
  type ReportRow,
  reportAt,
  reportById,
} from "./store/report-rows.js";
import { loadSupplier } from "./store/supplier-rows.js";

/** Lines of one transaction: long enough to be worth its commit, short enough to let orders at the same SKUs. */
const SLICE_ROWS = 1_000;

/** A line as it was told and found well formed; it names the supplier's code, our SKU, or both. */
export interface ToldLine {
  /** From 1. */
  readonly row: number;
  readonly code: string | null;
  readonly sku: string | null;
  readonly quantity: number;
  readonly kept: number | null;
}

/** A line that was not applied, with the column to look at. */
export interface RowFault {
  readonly row: number;
  readonly column: string;
  readonly code: string;
  readonly reason: string;
  /** The supplier's code or our SKU that the line names, where it can be read. */
  readonly article?: string;
}

/** A report as it was told, by whichever way. */
export interface ToldReport {
  readonly supplierId: string;
  readonly reportId: string;
  readonly kind: ReportKind;
  readonly source: ReportSource;
  readonly sequence: number | null;
  /** Epoch ms. */
  readonly asOf: number | null;
  readonly scheduled: boolean;
  readonly toldBy: string;
  /** Whether it names all that the supplier has: what it leaves out is listed, and is 0 where the contract says so. */
  readonly full: boolean;
  /** Entered by hand and not confirmed: figures beyond the plausible are not applied. */
  readonly doubted: boolean;
  readonly lines: readonly ToldLine[];
  /** Lines that were no lines at all. */
  readonly faults: readonly RowFault[];
}

/** How a report came out: how many lines of each outcome, and the rows that somebody has to look at. */
export interface ReportResult {
  readonly outcome: "REPORT";
  readonly report: Pick<ReportRow, "reportId" | "kind" | "asOf" | "receivedAt" | "ordinal" | "sequence">;
  readonly counts: Readonly<Record<LineOutcome["outcome"] | "QUARANTINED", number>>;
  readonly faults: readonly RowFault[];
  /** Codes that nobody has mapped; they wait. */
  readonly quarantined: readonly { readonly row: number; readonly code: string }[];
  /** Rows that are as of earlier than what was applied of their SKU. */
  readonly staleRows: readonly number[];
  /** The SKUs that a full report leaves out; null for others. */
  readonly missing: MissingRows | null;
}

/**
 * The one path of every report: taken in among the supplier's others, its codes read, its lines applied slice by slice, each
 * slice in a transaction of its own. Broken off, the same report goes on where it was: lines that were applied are passed over.
 * @returns a refusal when nothing of it was applied
 */
export async function takeReport(db: Database, told: ToldReport): Promise<ReportResult | Refusal> {
  const taken = await openReport(db, told);
  if (taken.outcome === "REFUSED") return taken;
  const { head, outdated } = taken;
  const read = await readCodes(db, told);
  const { lines, faults: doubtful } = await withoutDoubtful(db, told, read.known);
  const tally = new Tally([...told.faults, ...read.faults, ...doubtful]);
  const missing = outdated ? null : await missingOf(db, told, lines, tally.faults);
  if (outdated) tally.add("STALE", lines.length + read.unknown.length);
  else {
    await quarantine(db, told.supplierId, head, read.unknown);
    tally.add("QUARANTINED", read.unknown.length);
    await applyLines(db, told.supplierId, head, lines, tally);
    const nothing = (missing?.zeroed ?? []).map((sku) => ({ row: 0, sku, quantity: 0, kept: null }));
    await applyLines(db, told.supplierId, head, nothing, tally);
    await transact(db, {}, (unit) => closeReport(unit, told.supplierId, head.ordinal, tally.counts));
  }
  const quarantined = outdated ? [] : read.unknown.map(({ row, code }) => ({ row, code }));
  const faults = tally.faults.sort((a, b) => a.row - b.row);
  return {
    outcome: "REPORT",
    report: head,
    counts: tally.counts,
    faults,
    quarantined,
    staleRows: tally.staleRows,
    missing,
  };
}

/** A code that was mapped between the reading of the codes and this is applied here: nobody else would see it wait. */
async function quarantine(db: Database, supplierId: string, head: ReportHead, lines: Read["unknown"]): Promise<void> {
  if (lines.length === 0) return;
  await transact(db, {}, (unit) => keepQuarantined(unit, supplierId, head, lines));
  const codes = lines.map(({ code }) => code);
  const mapped = await mappingsNaming(db, supplierId, codes, []);
  if (mapped.length > 0)
    await applyWaiting(
      db,
      supplierId,
      mapped.map(({ code }) => code),
    );
}

/** Applies lines of a report slice by slice. */
async function applyLines(
  db: Database,
  supplierId: string,
  head: ReportHead,
  lines: readonly ReportLine[],
  tally: Tally,
): Promise<void> {
  for (let from = 0; from < lines.length; from += SLICE_ROWS) {
    const slice = lines.slice(from, from + SLICE_ROWS);
    const { outcomes } = await settle(db, [{ type: "APPLY_REPORT", supplierId, head, lines: slice }]);
    for (const outcome of outcomes) if (outcome.outcome === "REPORT_APPLIED") tally.take(outcome.lines);
  }
}

/**
 * Applies what waited under codes that are mapped now, as of the reports that said it. A change that waited is not applied:
 * what it changed was never stated.
 */
export async function applyWaiting(db: Database, supplierId: string, codes: readonly string[]): Promise<number> {
  const tally = new Tally([]);
  const waiting = await quarantinedOf(db, supplierId, codes);
  const skuOf = new Map((await mappingsNaming(db, supplierId, codes, [])).map(({ code, sku }) => [code, sku]));
  for (const ordinal of [...new Set(waiting.map((line) => line.ordinal))].sort((a, b) => a - b)) {
    const lines = waiting.filter((line) => line.ordinal === ordinal);
    const head = await reportAt(db, supplierId, ordinal);
    if (head === undefined || head.kind !== "SNAPSHOT") continue;
    const known = lines.flatMap(({ code, quantity, kept }, row) => {
      const sku = skuOf.get(code);
      return sku === undefined ? [] : [{ row, sku, quantity, kept }];
    });
    await applyLines(db, supplierId, head, known, tally);
  }
  await transact(db, {}, (unit) => forgetQuarantined(unit, supplierId, [...skuOf.keys()]));
  return tally.counts.CHANGED + tally.counts.UNCHANGED;
}

class Tally {
  readonly counts = { CHANGED: 0, UNCHANGED: 0, STALE: 0, REPEATED: 0, REJECTED: 0, QUARANTINED: 0 };
  readonly staleRows: number[] = [];
  readonly faults: RowFault[];

  constructor(faults: RowFault[]) {
    this.faults = faults;
    this.counts.REJECTED = faults.length;
  }

  add(outcome: keyof Tally["counts"], lines: number): void {
    this.counts[outcome] += lines;
  }

  take(lines: readonly LineOutcome[]): void {
    for (const line of lines) {
      this.counts[line.outcome]++;
      if (line.outcome === "STALE") this.staleRows.push(line.row);
      if (line.outcome !== "REJECTED") continue;
      this.faults.push({ row: line.row, column: "quantity", code: line.code, reason: LINE_FAULTS[line.code] });
    }
  }
}

type Opened = { readonly outcome: "OPENED"; readonly head: ReportRow; readonly outdated: boolean } | Refusal;

/** Takes a report in among the supplier's others. One told again with the same content is the same one. */
function openReport(db: Database, told: ToldReport): Promise<Opened> {
  const { supplierId, reportId } = told;
  const documents = [{ table: "feed", idColumn: "supplier_id", ids: [supplierId] }];
  return transact(db, { documents }, async (unit): Promise<Opened> => {
    if ((await loadSupplier(unit, supplierId)) === undefined) return unknownSupplier();
    const feed = await holdFeed(unit, supplierId);
    const content = contentOf(told);
    const known = await reportById(unit, supplierId, reportId);
    if (known !== undefined) {
      if (known.content === content) return { outcome: "OPENED", head: known, outdated: false };
      return refuse("REPORT_CONFLICT", "the reportId stands for another report: choose another, or none");
    }
    const last = feed.ordinal === 0 ? undefined : await reportAt(unit, supplierId, feed.ordinal);
    const lastIsDone = last === undefined || last.doneAt !== null;
    const taken = takeIn({ ...feed, lastIsDone }, told, unit.now);
    if (taken.outcome === "REFUSED") return taken;
    if (taken.outcome === "BROKEN") {
      await keepFeed(unit, supplierId, { ...feed, brokenSince: feed.brokenSince ?? unit.now });
      return taken.refusal;
    }
    const outdated = taken.outcome === "OUTDATED";
    const ordinal = outdated ? feed.ordinal : feed.ordinal + 1;
    const head = headOf(told, content, ordinal, outdated ? (told.asOf ?? unit.now) : taken.asOf, unit);
    if (outdated) return { outcome: "OPENED", head, outdated };
    await addReport(unit, supplierId, head);
    const { sequence, asOf, brokenSince } = taken;
    await keepFeed(unit, supplierId, {
      ordinal,
      sequence,
      asOf: told.sequence === null ? feed.asOf : asOf,
      brokenSince,
    });
    return { outcome: "OPENED", head, outdated };
  });
}

function headOf(told: ToldReport, content: string, ordinal: number, asOf: number, { now }: UnitOfWork): ReportRow {
  const { reportId, kind, source, sequence, scheduled, toldBy } = told;
  const statesAsOf = told.asOf !== null;
  const times = { asOf, statesAsOf, receivedAt: now, doneAt: null };
  return { reportId, kind, source, sequence, scheduled, toldBy, content, ordinal, ...times, lines: null };
}

const contentOf = ({ kind, sequence, asOf, lines }: ToldReport): string =>
  sha256(JSON.stringify([kind, sequence, asOf, lines]));

export const unknownSupplier = (): Refusal => refuse("UNKNOWN_SUPPLIER", "define the supplier first");

interface Read {
  readonly known: readonly ReportLine[];
  readonly unknown: readonly {
    readonly row: number;
    readonly code: string;
    readonly quantity: number;
    readonly kept: number | null;
  }[];
  readonly faults: readonly RowFault[];
}

/** Reads the supplier's codes; a SKU that is named twice counts with its first row. */
async function readCodes(db: Database, { supplierId, lines }: ToldReport): Promise<Read> {
  const codes = lines.flatMap(({ code }) => (code === null ? [] : [code]));
  const skus = lines.flatMap(({ sku }) => (sku === null ? [] : [sku]));
  const mappings = await mappingsNaming(db, supplierId, codes, skus);
  const skuOf = new Map(mappings.map(({ code, sku }) => [code, sku]));
  const mapped = new Set(mappings.map(({ sku }) => sku));
  const known: ReportLine[] = [];
  const unknown: Read["unknown"][number][] = [];
  const faults: RowFault[] = [];
  const seen = new Set<string>();
  for (const { row, code, sku: named, quantity, kept } of lines) {
    const column = code === null ? "sku" : "code";
    const sku = code === null ? named : skuOf.get(code);
    const name = code ?? named!;
    const article = name;
    if (code !== null && named !== null && sku !== undefined && sku !== named) {
      faults.push({
        row,
        column: "sku",
        code: "OTHER_SKU",
        reason: "is not the SKU that the code is mapped to",
        article,
      });
    } else if (sku !== undefined && sku !== null && code === null && !mapped.has(sku)) {
      faults.push({ row, column, code: "UNKNOWN_SKU", reason: "is no SKU that the supplier has a code for", article });
    } else if (seen.has(sku ?? `\u0000${name}`)) {
      faults.push({ row, column, code: "DUPLICATE", reason: "an earlier row speaks of the same article", article });
    } else {
      seen.add(sku ?? `\u0000${name}`);
      if (sku === undefined || sku === null) unknown.push({ row, code: name, quantity, kept });
      else known.push({ row, sku, quantity, kept });
    }
  }
  return { known, unknown, faults };
}
