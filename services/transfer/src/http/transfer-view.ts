import { type Accounts, awaitingOf, heldOf, stateOf, underWayOf } from "../domain/accounts.js";
import { type Shipment, type Transfer, type TransferLine, transferState } from "../domain/transfer.js";
import type { ArrivalSums } from "../store/arrival-rows.js";

export const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

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
    createdAt: iso(transfer.createdAt),
    requestedAt: iso(transfer.requestedAt),
    expectedAt: iso(transfer.expectedAt),
    closedAt: iso(transfer.closedAt),
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
    shippedAt: iso(shippedAt),
    expectedAt: iso(expectedAt),
    tracking,
    underWay: open,
    overdue: overdueSince !== null,
  };
}

export const arrivalView = (arrival: ArrivalSums) => ({ ...arrival, arrivedAt: iso(arrival.arrivedAt) });

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
