import { isoTime } from "@septet/service-kit";
import { type Accounts, awaitingOf, heldOf, stateOf, underWayOf } from "../domain/accounts.js";
import { type Shipment, type Transfer, type TransferLine, transferState } from "../domain/transfer.js";
import type { ArrivalSums } from "../store/arrival-rows.js";

/** A transfer as clerks see it: pieces by account over all its lines, times in ISO 8601 UTC. */
export function transferView(transfer: Transfer) {
  const { transferId, source, destination, returning, allowPartial, reason, createdBy, lineCount, version } = transfer;
  return {
    transferId,
    source,
    destination,
    state: transferState(transfer),
    returning,
    allowPartial,
    reason,
    createdBy,
    createdAt: isoTime(transfer.createdAt),
    requestedAt: isoTime(transfer.requestedAt),
    expectedAt: isoTime(transfer.expectedAt),
    closedAt: isoTime(transfer.closedAt),
    version,
    lineCount,
    pieces: piecesView(transfer.accounts),
  };
}

export function lineView(transfer: Transfer, { lineId, sku, accounts, version }: TransferLine) {
  return { lineId, sku, state: stateOf(accounts, transfer), version, ...piecesView(accounts) };
}

export function shipmentView({ shipmentId, shippedAt, expectedAt, tracking, open, overdueSince }: Shipment) {
  return {
    shipmentId,
    shippedAt: isoTime(shippedAt),
    expectedAt: isoTime(expectedAt),
    tracking,
    underWay: open,
    overdue: overdueSince !== null,
  };
}

export const arrivalView = (arrival: ArrivalSums) => ({ ...arrival, arrivedAt: isoTime(arrival.arrivedAt) });

function piecesView(accounts: Accounts) {
  const { damagedBefore, ...told } = accounts;
  return {
    ...told,
    damagedBeforeDispatch: damagedBefore,
    awaiting: awaitingOf(accounts),
    held: heldOf(accounts),
    underWay: underWayOf(accounts),
  };
}
