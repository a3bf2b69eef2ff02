import { movementDraft } from "@septet/stock-contracts";
import { isFinal, stateOf, underWayOf } from "./accounts.js";
import type { Lose, Receive, ReceivedLine } from "./commands.js";
import { chooseLines, stillADraft, unknownTransfer } from "./guards.js";
import type { TransferChanged } from "./outcomes.js";
import { type Refusal, type RefusedField, refuse } from "./refusal.js";
import type { ArrivalLine, Transfer, TransferLine } from "./transfer.js";
import type { Workbench } from "./workbench.js";

type Found = ReceivedLine & { readonly line: TransferLine };

/**
 * Goods arrive, once per arrivalId. What is under way of a line is received first, sellable before damaged; what is beyond
 * it was sent by nobody and is a receipt of the warehouse.
 */
export function receive(bench: Workbench, command: Receive): TransferChanged | Refusal {
  const { transferId, arrivalId, content, shipmentId } = command;
  const transfer = bench.transfer(transferId);
  if (transfer === undefined) return unknownTransfer();
  const known = bench.arrivalContent(transferId, arrivalId);
  if (known !== undefined) {
    if (known === content) return { outcome: "CHANGED", again: true, transfer };
    return refuse("ARRIVAL_CONFLICT", "the arrivalId stands for another arrival: choose another, or none");
  }
  const refused = cannotArrive(bench, transfer, command);
  if (refused !== undefined) return refused;
  const found = chooseFound(bench, transfer, command);
  if (found.outcome === "REFUSED") return found;
  const doubtful = command.named ? undefined : maybeToldBefore(found.lines);
  if (doubtful !== undefined) return doubtful;
  const location = command.location ?? (transfer.returning ? transfer.source : transfer.destination);
  const place: Place = { transfer, arrivalId, shipmentId, location, actor: command.actor };
  const lines = found.lines.map((line) => arrive(bench, place, line));
  const { actor } = command;
  bench.keepArrival(transferId, { arrivalId, content, location, actor, arrivedAt: bench.world.now, lines });
  return { outcome: "CHANGED", again: false, transfer: bench.transfer(transferId)! };
}

/** Nobody expects pieces any more that are under way. */
export function lose(bench: Workbench, command: Lose): TransferChanged | Refusal {
  const { transferId, shipmentId } = command;
  const transfer = bench.transfer(transferId);
  if (transfer === undefined) return unknownTransfer();
  if (transfer.draft) return stillADraft();
  const lines = command.lines?.map((line) => ({ lineId: line.lineId, sellable: 0, damaged: 0, lost: line.quantity }));
  const found = chooseFound(bench, transfer, { shipmentId, lines: lines ?? null, asLost: true });
  if (found.outcome === "REFUSED") return found;
  for (const one of found.lines) {
    moveOut(bench, transfer, one, "TRANSFER_LOSS", one.lost, command);
    bench.book(transferId, one.lineId, { lost: one.lost });
    takeFromShipments(bench, transferId, one.lineId, shipmentId, one.lost);
  }
  return { outcome: "CHANGED", again: false, transfer: bench.transfer(transferId)! };
}

/**
 * More than is under way, without a name, of a line of which something came before: another arrival, or the same told by
 * another clerk? Taken for another it would make stock of nothing.
 */
function maybeToldBefore(lines: readonly Found[]): Refusal | undefined {
  const doubtful = lines.filter(({ sellable, damaged, line: { accounts } }) => {
    return sellable + damaged > underWayOf(accounts) && accounts.received + accounts.surplus > 0;
  });
  if (doubtful.length === 0) return undefined;
  const errors = doubtful.map(({ lineId, line: { accounts } }): RefusedField => {
    const before = accounts.received + accounts.surplus;
    const reason = `of line ${lineId} ${before} pieces have arrived and ${underWayOf(accounts)} are under way`;
    return { field: "arrivalId", reason };
  });
  const detail =
    "it may have been told before: look at the transfer; if more goods came, give the arrival an arrivalId";
  return refuse("ARRIVAL_WITHOUT_NAME", detail, errors);
}

interface Place {
  readonly transfer: Transfer;
  readonly arrivalId: string;
  readonly shipmentId: string | null;
  readonly location: string;
  readonly actor: string | null;
}

function arrive(bench: Workbench, place: Place, found: Found): ArrivalLine {
  const { transfer, arrivalId, shipmentId, location, actor } = place;
  const { transferId, source } = transfer;
  const { lineId, line, lost } = found;
  const underWay = underWayOf(bench.line(transferId, lineId)!.accounts);
  const sellable = Math.min(found.sellable, underWay);
  const damaged = Math.min(found.damaged, underWay - sellable);
  const surplus = found.sellable - sellable + found.damaged - damaged;
  const about = { sku: line.sku, source, destination: location, actor };
  const reference = { type: "transfer", id: transferId, line: lineId } as const;
  if (sellable > 0) {
    bench.record(movementDraft("TRANSFER_RECEIVE", "sellable", { ...about, quantity: sellable, reference }));
  }
  if (damaged > 0) {
    bench.record(movementDraft("TRANSFER_RECEIVE", "unsellable", { ...about, quantity: damaged, reference }));
  }
  if (lost > 0) moveOut(bench, transfer, found, "TRANSFER_LOSS", lost, { actor, reason: null });
  const received = sellable + damaged;
  bench.book(transferId, lineId, { received, damaged, lost, surplus, returned: location === source ? received : 0 });
  takeFromShipments(bench, transferId, lineId, shipmentId, received + lost);
  if (surplus > 0) {
    const unsellable = found.damaged - damaged;
    const value = { transferId, arrivalId, lineId, sku: line.sku, location, quantity: surplus, unsellable, actor };
    bench.events.push({ name: "TransferSurplusArrived", value });
  }
  return { lineId, sellable: found.sellable, damaged: found.damaged, lost, surplus };
}

function moveOut(
  bench: Workbench,
  { transferId, source }: Transfer,
  { lineId, line }: Pick<Found, "lineId" | "line">,
  kind: "TRANSFER_LOSS",
  quantity: number,
  { actor, reason }: { readonly actor: string | null; readonly reason: string | null },
): void {
  const reference = { type: "transfer", id: transferId, line: lineId } as const;
  bench.record(movementDraft(kind, undefined, { sku: line.sku, source, quantity, reference, actor, reason }));
}

/** Of which shipments the pieces were: of the named one first, then of the oldest. */
function takeFromShipments(
  bench: Workbench,
  transferId: string,
  lineId: string,
  named: string | null,
  quantity: number,
): void {
  const open = bench.underWay(transferId, lineId);
  const order = [...open.filter((one) => one.shipmentId === named), ...open.filter((one) => one.shipmentId !== named)];
  let left = quantity;
  for (const line of order) {
    if (left === 0) return;
    const taken = Math.min(left, line.open);
    left -= taken;
    bench.keepShipmentLine(transferId, { ...line, open: line.open - taken });
    const shipment = bench.shipment(transferId, line.shipmentId)!;
    bench.keepShipment(transferId, { ...shipment, open: shipment.open - taken });
  }
  if (left > 0) throw new Error(`the shipments of ${transferId}/${lineId} hold ${left} pieces less than its line`);
}

function cannotArrive(bench: Workbench, transfer: Transfer, command: Receive): Refusal | undefined {
  const { transferId, source, destination } = transfer;
  const { location, shipmentId } = command;
  if (transfer.draft) return stillADraft();
  const early = notLeftYet(bench, transfer, command);
  if (early !== undefined) return early;
  if (location !== null && location !== source && location !== destination) {
    const reason = `goods of this transfer arrive at ${destination}, or come back to ${source}`;
    return refuse("WRONG_LOCATION", "the transfer does not go there", [{ field: "location", reason }]);
  }
  return unknownShipment(bench, transferId, shipmentId);
}

/** What can still be dispatched is told so first; else the same pieces would be a receipt and in transit. */
function notLeftYet(bench: Workbench, transfer: Transfer, { lines }: Receive): Refusal | undefined {
  const waits = ({ accounts }: Pick<TransferLine, "accounts">) =>
    accounts.dispatched === 0 && !isFinal(stateOf(accounts, transfer));
  if (waits(transfer)) {
    return refuse("NOTHING_DISPATCHED", "nothing of this transfer has left its source: tell its dispatch first");
  }
  const waiting = (lines ?? []).flatMap(({ lineId }, index): RefusedField[] => {
    const line = bench.line(transfer.transferId, lineId);
    if (line === undefined || !waits(line)) return [];
    return [{ field: `lines[${index}].lineId`, reason: `nothing of line ${lineId} has left the source` }];
  });
  if (waiting.length === 0) return undefined;
  return refuse("NOTHING_DISPATCHED", "a line has not left its source: tell its dispatch first", waiting);
}

function unknownShipment(bench: Workbench, transferId: string, shipmentId: string | null): Refusal | undefined {
  if (shipmentId === null || bench.shipment(transferId, shipmentId) !== undefined) return undefined;
  const reason = `the transfer has no shipment ${shipmentId}`;
  return refuse("UNKNOWN_SHIPMENT", "no such shipment", [{ field: "shipmentId", reason }]);
}

/**
 * The named lines, or all that is under way (of the named shipment). Nothing may be lost that is not under way, and with a
 * shipment named nothing that is under way in another.
 */
function chooseFound(
  bench: Workbench,
  transfer: Transfer,
  o: { readonly shipmentId: string | null; readonly lines: readonly ReceivedLine[] | null; readonly asLost?: boolean },
): { readonly outcome: "CHOSEN"; readonly lines: readonly Found[] } | Refusal {
  const { transferId } = transfer;
  const unknown = unknownShipment(bench, transferId, o.shipmentId);
  if (unknown !== undefined) return unknown;
  if (o.lines === null) return chooseUnderWay(bench, transfer, o.shipmentId, o.asLost ?? false);
  const chosen = chooseLines(bench, transfer, o.lines, (a, b) => ({
    lineId: a.lineId,
    sellable: a.sellable + b.sellable,
    damaged: a.damaged + b.damaged,
    lost: a.lost + b.lost,
  }));
  if (chosen.outcome === "REFUSED") return chosen;
  const tooMany: RefusedField[] = chosen.lines.flatMap(({ lineId, sellable, damaged, lost, line }) => {
    const underWay =
      o.shipmentId !== null ? underWayIn(bench, transferId, lineId, o.shipmentId) : underWayOf(line.accounts);
    if (lost === 0 || sellable + damaged + lost <= underWay) return [];
    const index = o.lines!.findLastIndex((one) => one.lineId === lineId);
    const where = o.shipmentId !== null ? ` in shipment ${o.shipmentId}` : "";
    const field = `lines[${index}].${o.asLost ? "quantity" : "lost"}`;
    return [{ field, reason: `line ${lineId} has ${underWay} pieces under way${where}` }];
  });
  if (tooMany.length === 0) return chosen;
  return refuse("MORE_THAN_UNDER_WAY", "more pieces are given up than are under way", tooMany);
}

/** The pieces of a line that are under way, of one shipment or (null) of all. */
function underWayIn(bench: Workbench, transferId: string, lineId: string, shipmentId: string | null): number {
  return bench
    .underWay(transferId, lineId)
    .filter((one) => shipmentId === null || one.shipmentId === shipmentId)
    .reduce((sum, one) => sum + one.open, 0);
}

function chooseUnderWay(
  bench: Workbench,
  { transferId }: Transfer,
  shipmentId: string | null,
  asLost: boolean,
): { readonly outcome: "CHOSEN"; readonly lines: readonly Found[] } | Refusal {
  const lines = bench.lines(transferId).flatMap((line): Found[] => {
    const { lineId } = line;
    const quantity = underWayIn(bench, transferId, lineId, shipmentId);
    if (quantity === 0) return [];
    return [{ lineId, line, sellable: asLost ? 0 : quantity, damaged: 0, lost: asLost ? quantity : 0 }];
  });
  if (lines.length > 0) return { outcome: "CHOSEN", lines };
  return refuse("NOTHING_UNDER_WAY", "nothing is under way: name the lines and pieces that arrived all the same");
}
