import { openGaps } from "@septet/messaging";
import type { UnitOfWork } from "@septet/service-kit";
import { gapAlert, gapSubject, isGapSubject } from "../domain/alert.js";
import { readAlerts } from "../store/raised-alerts.js";
import { clear, raise } from "./alerts.js";

/** The most gaps that are looked at in one go, oldest first. */
const MAX_GAPS = 1_000;

/**
 * Raises an alert for every gap that has been open longer than the bound, and clears the alerts of gaps that are filled.
 * @returns how many gaps are open
 */
export async function watchGaps(unit: UnitOfWork, alertAfterMs: number): Promise<number> {
  const gaps = await openGaps(unit, MAX_GAPS);
  const stayed = gaps.filter((gap) => unit.now - gap.since >= alertAfterMs);
  await raise(unit, "MOVEMENT_GAP", stayed.map(gapAlert));
  if (gaps.length === MAX_GAPS) return gaps.length;
  const open = new Set(gaps.map(({ recordedBy, sku }) => gapSubject(recordedBy, sku)));
  const standing = await readAlerts(unit, "MOVEMENT_GAP");
  const filled = standing
    .map(({ subject }) => subject)
    .filter((subject) => isGapSubject(subject) && !open.has(subject));
  await clear(unit, "MOVEMENT_GAP", filled);
  return gaps.length;
}
