import { movementDraft } from "@septet/stock-contracts";
import { awaitingOf, heldOf, openOf, underWayOf } from "./accounts.js";
import type { CallOff } from "./commands.js";
import { chooseLines, unknownTransfer } from "./guards.js";
import type { TransferChanged } from "./outcomes.js";
import { type Refusal, type RefusedField, refuse } from "./refusal.js";
import type { Transfer, TransferLine } from "./transfer.js";
import type { Workbench } from "./workbench.js";

/**
 * Calls a transfer off, or lines of it: what is promised and has not left is given back; what the source has not answered
 * for yet is given back when it does. Of a whole transfer, what is under way is a return from here on.
 */
export function callOff(bench: Workbench, command: CallOff): TransferChanged | Refusal {
  const transfer = bench.transfer(command.transferId);
  if (transfer === undefined) return unknownTransfer();
  const refused =
    command.lines === null ? callOffWhole(bench, transfer, command) : callOffLines(bench, transfer, command);
  return refused ?? { outcome: "CHANGED", again: false, transfer: bench.transfer(command.transferId)! };
}

function callOffWhole(bench: Workbench, transfer: Transfer, command: CallOff): Refusal | undefined {
  const { transferId, accounts } = transfer;
  const turnsRound = underWayOf(accounts) > 0 && !transfer.returning;
  if (command.asReturn && !turnsRound) {
    return refuse("NOTHING_UNDER_WAY", "nothing is under way that could turn round");
  }
  if (!turnsRound && openOf(accounts) - underWayOf(accounts) === 0) {
    return refuse("NOTHING_TO_CALL_OFF", "nothing of this transfer is open that is not on its way back");
  }
  if (turnsRound) bench.change(transferId, { returning: true });
  for (const line of bench.lines(transferId)) {
    giveBack(bench, transfer, line, heldOf(line.accounts) + awaitingOf(line.accounts), command);
    if (turnsRound && underWayOf(line.accounts) > 0) bench.touch(transferId, line.lineId);
  }
  return undefined;
}

function callOffLines(bench: Workbench, transfer: Transfer, command: CallOff): Refusal | undefined {
  const asked = command.lines!;
  const chosen = chooseLines(bench, transfer, asked, (a, b) => ({
    lineId: a.lineId,
    quantity: a.quantity === null || b.quantity === null ? null : a.quantity + b.quantity,
  }));
  if (chosen.outcome === "REFUSED") return chosen;
  const tooMany: RefusedField[] = [];
  for (const { lineId, quantity, line } of chosen.lines) {
    const most = heldOf(line.accounts) + awaitingOf(line.accounts);
    if (most > 0 && (quantity ?? most) <= most) continue;
    const index = asked.findLastIndex((one) => one.lineId === lineId);
    tooMany.push({ field: `lines[${index}]`, reason: `of line ${lineId} ${most} pieces have not left` });
  }
  if (tooMany.length > 0) {
    return refuse("MORE_THAN_OPEN", "pieces that have left come back by a return of the whole transfer", tooMany);
  }
  for (const { quantity, line } of chosen.lines) {
    giveBack(bench, transfer, line, quantity ?? heldOf(line.accounts) + awaitingOf(line.accounts), command);
  }
  return undefined;
}

function giveBack(
  bench: Workbench,
  { transferId, source }: Transfer,
  { lineId, sku, accounts }: TransferLine,
  quantity: number,
  { reason, actor }: CallOff,
): void {
  if (quantity === 0) return;
  const cancelled = Math.min(quantity, heldOf(accounts));
  if (cancelled > 0) {
    const reference = { type: "transfer", id: transferId, line: lineId } as const;
    const about = { sku, source, quantity: cancelled, reference, reason, actor };
    bench.record(movementDraft("TRANSFER_CANCEL", undefined, about));
  }
  bench.book(transferId, lineId, { cancelled, withdrawn: quantity - cancelled });
}
