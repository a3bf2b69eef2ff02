import { StartOver, sqlState, type UnitOfWork } from "@septet/service-kit";
import { type AnnouncedLine, type Announcement, COMPLETE, sameAnnouncement } from "./domain/announcement.js";
import type { RowOutcome } from "./domain/outcomes.js";
import { labelFaults } from "./label-faults.js";
import {
  closeComplete,
  createAnnouncements,
  loadAnnouncedLines,
  loadAnnouncements,
} from "./store/announcement-rows.js";
import { definedWarehouses } from "./store/warehouse-rows.js";

const UNIQUE_VIOLATION = "23505";

export type AnnouncedHead = Pick<Announcement, "reference" | "location" | "supplier" | "expectedAt">;

/** A line of an announcement, by itself. */
export interface AnnouncedRow {
  readonly row: number;
  readonly head: AnnouncedHead;
  readonly line: AnnouncedLine;
}

/** The rows to lock before announcements are changed. */
export const announcementLocks = (references: readonly string[]) => [
  { table: "announcement", idColumn: "reference", ids: [...new Set(references)] },
];

/**
 * Announces row by row: a row makes its announcement when nobody has, and adds its SKU; told again it stands; with another
 * head or quantity than stands it is rejected, and so is one for a closed announcement. Goods that came before are counted.
 */
export async function announceRows(
  unit: UnitOfWork,
  rows: readonly AnnouncedRow[],
  actor: string,
): Promise<RowOutcome[]> {
  const references = [...new Set(rows.map(({ head }) => head.reference))];
  const heads = new Map<string, AnnouncedHead & { closedAt?: number | null }>(
    await loadAnnouncements(unit, references),
  );
  const lines = await loadAnnouncedLines(unit, references, [...new Set(rows.map(({ line }) => line.sku))]);
  const defined = await definedWarehouses(unit, [...new Set(rows.map(({ head }) => head.location))]);
  const faultOf = await labelFaults(
    unit,
    rows.map(({ head, line }) => ({ location: head.location, sku: line.sku })),
  );
  const newHeads: AnnouncedHead[] = [];
  const newLines: (AnnouncedLine & { reference: string })[] = [];
  const outcomes = rows.map(({ row, head, line }): RowOutcome => {
    const rejected = (field: string, reason: string): RowOutcome => ({ row, outcome: "REJECTED", field, reason });
    if (!defined.has(head.location)) return rejected("location", `no warehouse is called ${head.location}`);
    const known = heads.get(head.reference);
    if (known && !sameAnnouncement(known, head)) return rejected("reference", "was announced before with another head");
    const quantity = lines.get(head.reference)?.get(line.sku);
    if (quantity === line.quantity) return { row, outcome: "ALREADY_APPLIED" };
    if (quantity !== undefined) return rejected("sku", `${line.sku} was announced before with another quantity`);
    const label = faultOf(head.location, line.sku);
    if (label !== undefined) return rejected("sku", label);
    if (known?.closedAt != null) return rejected("reference", "the announcement is closed");
    if (!known) {
      heads.set(head.reference, head);
      newHeads.push(head);
    }
    lines.set(head.reference, (lines.get(head.reference) ?? new Map<string, number>()).set(line.sku, line.quantity));
    newLines.push({ reference: head.reference, ...line });
    return { row, outcome: "APPLIED" };
  });
  await created(() => createAnnouncements(unit, newHeads, newLines, { now: unit.now, actor }));
  const changed = [...new Set(newLines.map((line) => line.reference))];
  await closeComplete(unit, changed, { now: unit.now, actor, reason: COMPLETE });
  return outcomes;
}

async function created(create: () => Promise<void>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new StartOver("the same was announced meanwhile");
    throw error;
  }
}
