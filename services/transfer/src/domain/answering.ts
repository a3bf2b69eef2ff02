import { movementDraft } from "@septet/stock-contracts";
import { awaitingOf } from "./accounts.js";
import type { ApplyMovement, TakeRejection, TakeReservation } from "./commands.js";
import type { Taken } from "./outcomes.js";
import type { Workbench } from "./workbench.js";

/**
 * The source has promised pieces. Those that are still wanted stay promised; the others, of a line called off or of none
 * that is known here, are given back at once.
 */
export function takeReservation(bench: Workbench, command: TakeReservation): Taken {
  const { transferId, lineId, sku, source, quantity } = command;
  bench.balances.apply(sku, command.legs);
  const transfer = bench.transfer(transferId);
  const line = transfer && bench.line(transferId, lineId);
  const ours = line !== undefined && !transfer!.draft && line.sku === sku && transfer!.source === source;
  const kept = ours ? Math.min(quantity, awaitingOf(line.accounts)) : 0;
  const withdrawn = ours ? Math.min(quantity - kept, line.accounts.withdrawn) : 0;
  if (kept + withdrawn > 0) {
    bench.book(transferId, lineId, { reserved: kept + withdrawn, withdrawn: -withdrawn, cancelled: withdrawn });
  }
  if (kept === quantity) return { outcome: "TAKEN" };
  bench.record(
    movementDraft("TRANSFER_CANCEL", undefined, {
      sku,
      source,
      quantity: quantity - kept,
      reference: { type: "transfer", id: transferId, line: lineId },
      reason: "nobody waits for these pieces any more",
    }),
  );
  return { outcome: "GIVEN_BACK" };
}

/** The source cannot spare pieces: those that were called off meanwhile first, so that the order of answers is the same. */
export function takeRejection(bench: Workbench, { transferId, lineId, sku, quantity }: TakeRejection): Taken {
  const transfer = bench.transfer(transferId);
  const line = transfer && bench.line(transferId, lineId);
  if (line === undefined || line.sku !== sku || transfer!.draft) return { outcome: "TAKEN" };
  const withdrawn = Math.min(quantity, line.accounts.withdrawn);
  const refused = Math.min(quantity - withdrawn, awaitingOf(line.accounts));
  if (withdrawn + refused > 0) {
    bench.book(transferId, lineId, { rejected: withdrawn + refused, withdrawn: -withdrawn });
  }
  return { outcome: "TAKEN" };
}

/** Another service moved something in our buckets that belongs to no line of ours. */
export function applyMovement(bench: Workbench, { sku, legs }: ApplyMovement): Taken {
  bench.balances.apply(sku, legs);
  return { outcome: "TAKEN" };
}
