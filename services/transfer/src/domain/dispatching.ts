import { movementDraft } from "@septet/stock-contracts";
import { heldOf } from "./accounts.js";
import type { Dispatch, LinePieces, ReportShort } from "./commands.js";
import { type Chosen, chooseLines, stillADraft, unknownTransfer } from "./guards.js";
import type { TransferChanged } from "./outcomes.js";
import { type Refusal, type RefusedField, refuse } from "./refusal.js";
import type { Transfer } from "./transfer.js";
import type { Workbench } from "./workbench.js";

/** A transfer is read with all its shipments. */
export const MAX_SHIPMENTS_OF_A_TRANSFER = 1_000;

/** Promised pieces leave the source together; once per shipmentId, whoever tells it. */
export function dispatch(bench: Workbench, command: Dispatch): TransferChanged | Refusal {
  const { transferId, shipmentId } = command;
  const transfer = bench.transfer(transferId);
  if (transfer === undefined) return unknownTransfer();
  const known = bench.shipment(transferId, shipmentId);
  if (known !== undefined) {
    if (known.content === command.content) return { outcome: "CHANGED", again: true, transfer };
    return refuse("SHIPMENT_CONFLICT", "the shipmentId stands for another shipment: choose another, or none");
  }
  const refused = cannotLeave(bench, transfer);
  if (refused !== undefined) return refused;
  const chosen = chooseHeld(bench, transfer, command.lines);
  if (chosen.outcome === "REFUSED") return chosen;
  leave(bench, transfer, command, chosen);
  return { outcome: "CHANGED", again: false, transfer: bench.transfer(transferId)! };
}

function leave(bench: Workbench, transfer: Transfer, command: Dispatch, { lines }: Chosen<LinePieces>): void {
  const { transferId, source } = transfer;
  const { shipmentId, content, tracking, actor } = command;
  for (const { lineId, quantity, line } of lines) {
    const { sku } = line;
    const reference = { type: "transfer", id: transferId, line: lineId } as const;
    bench.record(movementDraft("TRANSFER_DISPATCH", undefined, { sku, source, quantity, reference, actor }));
    bench.book(transferId, lineId, { dispatched: quantity });
    bench.keepShipmentLine(transferId, { shipmentId, lineId, sku, quantity, open: quantity });
  }
  bench.keepShipment(transferId, {
    ...{ shipmentId, content, tracking, actor },
    shippedAt: bench.world.now,
    expectedAt: command.expectedAt === undefined ? transfer.expectedAt : command.expectedAt,
    open: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    overdueSince: null,
  });
}

/** Promised pieces were not found (they leave the count) or found damaged (they become unsellable) before they left. */
export function reportShort(bench: Workbench, command: ReportShort): TransferChanged | Refusal {
  const { transferId, actor } = command;
  const transfer = bench.transfer(transferId);
  if (transfer === undefined) return unknownTransfer();
  if (transfer.draft) return stillADraft();
  const all = chooseHeld(bench, transfer, command.lines);
  if (all.outcome === "REFUSED") return all;
  for (const cause of ["NOT_FOUND", "DAMAGED"] as const) {
    const kind = cause === "NOT_FOUND" ? "TRANSFER_SHORT" : "TRANSFER_DAMAGE";
    const chosen = chooseHeld(
      bench,
      transfer,
      command.lines.filter((line) => line.cause === cause),
    );
    if (chosen.outcome === "REFUSED") return chosen;
    for (const { lineId, quantity, line } of chosen.lines) {
      const reference = { type: "transfer", id: transferId, line: lineId } as const;
      bench.record(
        movementDraft(kind, undefined, { sku: line.sku, source: transfer.source, quantity, reference, actor }),
      );
      bench.book(transferId, lineId, cause === "NOT_FOUND" ? { short: quantity } : { damagedBefore: quantity });
    }
  }
  return { outcome: "CHANGED", again: false, transfer: bench.transfer(transferId)! };
}

function cannotLeave(bench: Workbench, transfer: Transfer): Refusal | undefined {
  if (transfer.draft) return stillADraft();
  if (transfer.returning) {
    return refuse("CALLED_BACK", "the transfer was called back: write a new one for what is to leave");
  }
  if (heldOf(transfer.accounts) === 0) {
    return refuse("NOTHING_RESERVED", "nothing is promised to this transfer that has not left: see its state");
  }
  if (bench.shipments(transfer.transferId).length >= MAX_SHIPMENTS_OF_A_TRANSFER) {
    const most = `a transfer has ${MAX_SHIPMENTS_OF_A_TRANSFER} shipments at most`;
    return refuse("TOO_MANY_SHIPMENTS", `${most}: call off what has not left, and write a new one for it`);
  }
  return undefined;
}

/** The named lines, or all that have something to leave; none may take more than is promised and still there. */
function chooseHeld(
  bench: Workbench,
  transfer: Transfer,
  asked: readonly LinePieces[] | null,
): Chosen<LinePieces> | Refusal {
  if (asked === null) {
    const lines = bench.lines(transfer.transferId).flatMap((line) => {
      const quantity = heldOf(line.accounts);
      return quantity > 0 ? [{ lineId: line.lineId, quantity, line }] : [];
    });
    return { outcome: "CHOSEN", lines };
  }
  const chosen = chooseLines(bench, transfer, asked, (a, b) => ({ ...a, quantity: a.quantity + b.quantity }));
  if (chosen.outcome === "REFUSED") return chosen;
  const tooMany: RefusedField[] = chosen.lines.flatMap(({ lineId, quantity, line }) => {
    if (quantity <= heldOf(line.accounts)) return [];
    const index = asked.findLastIndex((one) => one.lineId === lineId);
    return [{ field: `lines[${index}].quantity`, reason: `line ${lineId} has ${heldOf(line.accounts)} to leave` }];
  });
  if (tooMany.length === 0) return chosen;
  return refuse("MORE_THAN_RESERVED", "more pieces than are promised and still there", tooMany);
}
