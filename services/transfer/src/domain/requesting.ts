import { NOTHING, plus } from "./accounts.js";
import type { CreateTransfer, RequestTransfer } from "./commands.js";
import { unknownTransfer } from "./guards.js";
import type { TransferChanged } from "./outcomes.js";
import { type Refusal, refuse } from "./refusal.js";
import type { Transfer, TransferLine } from "./transfer.js";
import type { Workbench } from "./workbench.js";

/** Writes a transfer down, as a draft or asking for its goods at once. */
export function create(bench: Workbench, command: CreateTransfer): TransferChanged | Refusal {
  const known = bench.transfer(command.transferId);
  if (known !== undefined) {
    if (known.content === command.content) return { outcome: "CREATED", again: true, transfer: known };
    return refuse("TRANSFER_CONFLICT", "the transferId stands for another transfer: choose another, or none");
  }
  const { now } = bench.world;
  const lines = command.lines.map(({ lineId, sku, quantity }, position): TransferLine => {
    return { lineId, sku, position, accounts: plus(NOTHING, { requested: quantity }), version: 1 };
  });
  const requested = command.lines.reduce((sum, line) => sum + line.quantity, 0);
  const { transferId, content, source, destination, draft, allowPartial, reason, expectedAt } = command;
  const head: Transfer = {
    ...{ transferId, content, source, destination, draft, allowPartial, reason, expectedAt },
    returning: false,
    createdBy: command.actor,
    createdAt: now,
    requestedAt: draft ? null : now,
    closedAt: null,
    lineCount: lines.length,
    accounts: plus(NOTHING, { requested }),
    version: 1,
  };
  bench.create(head, lines);
  if (!draft) askTheSource(bench, head);
  return { outcome: "CREATED", again: false, transfer: head };
}

/** Sends a draft: from here on its lines ask for what was left in them. */
export function request(bench: Workbench, { transferId }: RequestTransfer): TransferChanged | Refusal {
  const transfer = bench.transfer(transferId);
  if (transfer === undefined) return unknownTransfer();
  if (!transfer.draft) return refuse("NOT_A_DRAFT", "the transfer was sent before");
  if (transfer.closedAt !== null) return refuse("NOT_A_DRAFT", "the draft was called off: write a new one");
  bench.change(transferId, { draft: false, requestedAt: bench.world.now });
  for (const { lineId, accounts } of bench.lines(transferId)) {
    bench.touch(transferId, lineId);
    // Nobody answers for what was taken out of the draft, so it is not waited for; a line taken out whole asks nothing.
    const { withdrawn } = accounts;
    if (withdrawn < accounts.requested)
      bench.book(transferId, lineId, { requested: -withdrawn, withdrawn: -withdrawn });
  }
  askTheSource(bench, bench.transfer(transferId)!);
  return { outcome: "CHANGED", again: false, transfer: bench.transfer(transferId)! };
}

/** One request per line, named after it, so that a repetition is the same one. */
function askTheSource(bench: Workbench, { transferId, source, destination, allowPartial }: Transfer): void {
  for (const { lineId, sku, accounts } of bench.lines(transferId)) {
    const quantity = accounts.requested - accounts.withdrawn;
    if (quantity === 0) continue;
    const eventId = `${transferId}/${lineId}/request`;
    const value = { eventId, transferId, lineId, sku, source, destination, quantity, allowPartial };
    bench.events.push({ name: "TransferReservationRequested", value });
  }
}
