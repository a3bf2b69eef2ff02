import type { InboundMessage } from "@septet/messaging";
import { deadLetterRefused, type RefusedMessage, takeMovements, type UnitOfWork } from "@septet/service-kit";
import type { StockMovement } from "@septet/stock-contracts";
import { type Fork, forkAlert } from "../domain/alert.js";
import { foldSlice, placesOf } from "../domain/running-balances.js";
import { readBalances } from "../store/read-balances.js";
import { recordForks } from "../store/stream-forks.js";
import { writeBalances } from "../store/write-balances.js";
import { writeHistory, writeMovements } from "../store/write-movements.js";
import { raise } from "./alerts.js";

/** A message of stock.movements.v1, with the movement it carries or the reason why it carries none. */
export type Arrival = { readonly message: InboundMessage; readonly movement: StockMovement } | RefusedMessage;

export function isMovement(arrival: Arrival): arrival is { message: InboundMessage; movement: StockMovement } {
  return "movement" in arrival;
}

/** What a slice came to. */
export interface FoldOutcome {
  readonly folded: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly forks: readonly Fork[];
}

/**
 * Folds a slice, in the transaction that holds the streams of its SKUs. A movement whose sequence was folded before is
 * dropped; when it is another movement than then, somebody's database was restored, and that is said aloud.
 */
export async function foldArrivals(
  unit: UnitOfWork,
  groupId: string,
  arrivals: readonly Arrival[],
): Promise<FoldOutcome> {
  const movements = arrivals.flatMap((arrival) => (isMovement(arrival) ? [arrival.movement] : []));
  const { fresh, duplicates } = await takeMovements(unit, "ledger", movements);
  const before = await readBalances(unit, placesOf(fresh));
  // Later in the books is never earlier in time, whatever the clock does: history is read by instant.
  const recordedAt = Math.max(unit.now, before.latestRecordedAt);
  const { changes, history } = foldSlice(before.balances, fresh);
  await writeBalances(unit, changes, recordedAt);
  await writeMovements(unit, fresh, before.ledgerSeq, recordedAt);
  await writeHistory(unit, history, before.ledgerSeq, recordedAt);
  const forks = await recordForks(unit, duplicates, recordedAt);
  await raise(unit, "STREAM_FORKED", forks.map(forkAlert));
  const refused = arrivals.filter((arrival) => !isMovement(arrival)) as RefusedMessage[];
  deadLetterRefused(unit, refused);
  unit.consumed(
    groupId,
    arrivals.map((arrival) => arrival.message),
  );
  return { folded: fresh.length, duplicates: duplicates.length, refused: refused.length, forks };
}
