import type { IdempotencyClaim, LockPlan, ServiceContext, UnitOfWork } from "@septet/service-kit";
import { type AlertLine, lowStock } from "./domain/alert-line.js";
import { onHandKey } from "./domain/on-hand.js";
import { deleteAlertLine, loadOnHandAndLines, putAlertLines, setLow } from "./store/alert-line-rows.js";

/** Says what a change of lines does: true for those that changed. */
export type LinesChanged = readonly boolean[];

type Context = Pick<ServiceContext, "transact">;

/**
 * Sets lines and looks at once whether what lies there is at or below them: under the streams of their SKUs, like every
 * change of what lies there, so that each crossing is told once. Of several lines for one place the last one counts.
 */
export function setAlertLines(
  context: Context,
  defaultPieces: number,
  lines: readonly AlertLine[],
  actor: string,
): Promise<LinesChanged> {
  return context.transact(planOf(lines), (unit) => setHeld(unit, defaultPieces, lines, actor));
}

/** Takes a line away: the wider one holds again. False when there was none. */
export function dropAlertLine(
  context: Context,
  defaultPieces: number,
  { sku, location }: Pick<AlertLine, "sku" | "location">,
): Promise<boolean> {
  return context.transact({ skus: [sku] }, async (unit) => {
    if (!(await deleteAlertLine(unit, sku, location))) return false;
    await lookAgain(unit, defaultPieces, [sku]);
    return true;
  });
}

export function planOf(lines: readonly AlertLine[], claims: readonly IdempotencyClaim[] = []): LockPlan {
  return { idempotency: claims, skus: [...new Set(lines.map(({ sku }) => sku))] };
}

/** The same within a unit of work that holds the streams. */
export async function setHeld(
  unit: UnitOfWork,
  defaultPieces: number,
  lines: readonly AlertLine[],
  actor: string,
): Promise<LinesChanged> {
  const skus = [...new Set(lines.map(({ sku }) => sku))];
  const known = (await loadOnHandAndLines(unit, skus)).lines;
  const wanted = new Map(known);
  const changed = lines.map((line) => {
    const key = onHandKey(line.sku, line.location);
    const before = wanted.get(key);
    wanted.set(key, line);
    return before?.pieces !== line.pieces || before.buyer !== line.buyer;
  });
  await putAlertLines(
    unit,
    [...wanted].flatMap(([key, line]) => (line === known.get(key) ? [] : [line])),
    actor,
  );
  await lookAgain(unit, defaultPieces, skus);
  return changed;
}

async function lookAgain(unit: UnitOfWork, defaultPieces: number, skus: readonly string[]): Promise<void> {
  const { onHand, lines } = await loadOnHandAndLines(unit, skus);
  const steps = [...onHand.values()].map((row) => {
    return { before: row, after: row, wasUsable: row.total > row.unsellable };
  });
  const { changes, events } = lowStock(steps, { lines, defaultPieces });
  await setLow(unit, changes);
  for (const { name, value } of events) unit.publish(name, value);
}
