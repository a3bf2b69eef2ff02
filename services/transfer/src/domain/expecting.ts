import type { Expect } from "./commands.js";
import { unknownTransfer } from "./guards.js";
import type { TransferChanged } from "./outcomes.js";
import { arrivedEvent } from "./overdue.js";
import { type Refusal, refuse } from "./refusal.js";
import type { Shipment } from "./transfer.js";
import type { Workbench } from "./workbench.js";

/** Moves the time of arrival; an alert of lateness ends with it, and comes again when the new time passes too. */
export function expect(bench: Workbench, command: Expect): TransferChanged | Refusal {
  const { transferId, shipmentId, expectedAt, version } = command;
  const transfer = bench.transfer(transferId);
  if (transfer === undefined) return unknownTransfer();
  if (transfer.version !== version) {
    return refuse("STALE_VERSION", `the transfer has version ${transfer.version} now: look at it again first`);
  }
  if (transfer.closedAt !== null) return refuse("NOTHING_UNDER_WAY", "nothing of this transfer is to come any more");
  if (shipmentId !== null) {
    const shipment = bench.shipment(transferId, shipmentId);
    if (shipment === undefined) {
      const reason = `the transfer has no shipment ${shipmentId}`;
      return refuse("UNKNOWN_SHIPMENT", "no such shipment", [{ field: "shipmentId", reason }]);
    }
    if (shipment.open === 0) return refuse("NOTHING_UNDER_WAY", "nothing of this shipment is to come any more");
    bench.change(transferId, {});
    move(bench, transferId, shipment, expectedAt);
    return { outcome: "CHANGED", again: false, transfer: bench.transfer(transferId)! };
  }
  bench.change(transferId, { expectedAt });
  for (const shipment of bench.shipments(transferId)) {
    if (shipment.open > 0) move(bench, transferId, shipment, expectedAt);
  }
  for (const { lineId } of bench.lines(transferId)) {
    bench.touch(transferId, lineId);
  }
  return { outcome: "CHANGED", again: false, transfer: bench.transfer(transferId)! };
}

function move(bench: Workbench, transferId: string, shipment: Shipment, expectedAt: number | null): void {
  if (shipment.overdueSince !== null) bench.events.push(arrivedEvent(bench.transfer(transferId)!, shipment));
  bench.keepShipment(transferId, { ...shipment, expectedAt, overdueSince: null });
}
