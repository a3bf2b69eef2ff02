import { type Database, transact } from "@septet/service-kit";
import { termsAt } from "./domain/batches.js";
import { type MissingRows, missingRows } from "./domain/missing-rows.js";
import { implausibility } from "./domain/plausibility.js";
import type { ReportLine } from "./domain/report.js";
import type { SupplierTerms } from "./domain/terms.js";
import type { RowFault, ToldReport } from "./reporting.js";
import { mappingsNaming } from "./store/mapping-rows.js";
import { allFigures, figuresOf } from "./store/recorded-figures.js";
import { loadSupplier } from "./store/supplier-rows.js";
import { loadTerms } from "./store/terms-rows.js";

const IMPLAUSIBLE = {
  FAR_MORE: "is far more than was reported before: send it again as confirmed if it is so",
  FAR_LESS: "is far less than was reported before: send it again as confirmed if it is so",
} as const;

/** What of a report waits for a second look, and what goes on. */
export interface Doubted {
  readonly lines: readonly ReportLine[];
  readonly faults: readonly RowFault[];
}

/** Takes out the figures of an entered report that are beyond the plausible. */
export async function withoutDoubtful(db: Database, told: ToldReport, lines: readonly ReportLine[]): Promise<Doubted> {
  if (!told.doubted || told.kind !== "SNAPSHOT" || lines.length === 0) return { lines, faults: [] };
  const { plausibleFactor } = await termsNow(db, told.supplierId);
  const skus = lines.map(({ sku }) => sku);
  const recorded = await figuresOf(db, told.supplierId, skus);
  const good: ReportLine[] = [];
  const faults: RowFault[] = [];
  for (const line of lines) {
    const doubt = implausibility(recorded.get(line.sku) ?? null, line.quantity, plausibleFactor);
    if (doubt === undefined) good.push(line);
    else
      faults.push({
        row: line.row,
        column: "quantity",
        code: "IMPLAUSIBLE",
        reason: IMPLAUSIBLE[doubt],
        article: line.sku,
      });
  }
  return { lines: good, faults };
}

/** What a full report leaves out, by our SKUs; null for others. A row whose article cannot be read may be any of them. */
export async function missingOf(
  db: Database,
  told: ToldReport,
  known: readonly ReportLine[],
  faults: readonly RowFault[],
): Promise<MissingRows | null> {
  if (!told.full || told.kind !== "SNAPSHOT") return null;
  const { supplierId } = told;
  const articles = faults.flatMap(({ article }) => (article === undefined ? [] : [article]));
  const mappings = await mappingsNaming(db, supplierId, articles, []);
  const refused = new Set([...articles, ...mappings.map(({ sku }) => sku)]);
  const { missingRows: rule } = await termsNow(db, supplierId);
  const certain = faults.every(({ article }) => article !== undefined);
  const good = new Set(known.map(({ sku }) => sku));
  return missingRows(certain ? rule : "UNCHANGED", await allFigures(db, supplierId), good, refused);
}

/** The terms of a supplier in force by the database's clock. @throws Error for a supplier that nobody has defined */
function termsNow(db: Database, supplierId: string): Promise<SupplierTerms> {
  return transact(db, {}, async (unit) => {
    const supplier = await loadSupplier(unit, supplierId);
    if (supplier === undefined) throw new Error(`no supplier ${supplierId}`);
    const versions = (await loadTerms(unit, [supplierId])).get(supplierId) ?? [];
    return termsAt({ zone: supplier.timeZone, versions }, unit.now).terms;
  });
}
