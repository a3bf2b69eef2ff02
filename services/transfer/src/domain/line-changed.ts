import type { RecordOf } from "@septet/stock-contracts";
import { stateOf } from "./accounts.js";
import type { Transfer, TransferLine } from "./transfer.js";

/** What the record can say; surplus alone has no bound, since anything can arrive again and again. */
const MAX_INT = 2_147_483_647;

/** A line as the others see it now. */
export function lineChanged(
  head: Transfer,
  { lineId, sku, accounts, version }: TransferLine,
): Omit<RecordOf<"TransferLineChanged">, "eventId" | "occurredAt"> {
  const { transferId, source, destination, expectedAt } = head;
  return {
    transferId,
    lineId,
    sku,
    source,
    destination,
    state: stateOf(accounts, head),
    requested: accounts.requested,
    reserved: accounts.reserved,
    dispatched: accounts.dispatched,
    received: accounts.received,
    damaged: accounts.damaged,
    lost: accounts.lost,
    cancelled: accounts.cancelled,
    expectedAt,
    version,
    rejected: accounts.rejected,
    short: accounts.short,
    damagedBeforeDispatch: accounts.damagedBefore,
    returned: accounts.returned,
    surplus: Math.min(accounts.surplus, MAX_INT),
    withdrawn: accounts.withdrawn,
  };
}
