import { movementDraft, supplierLocation } from "@septet/stock-contracts";
import type { BringIn } from "./commands.js";
import type { Taken } from "./outcomes.js";
import type { Workbench } from "./workbench.js";

/**
 * Goods of a supplier's become our own stock in a warehouse, whatever was offered of them: nobody can refuse what is there. Until
 * a report is as of later, the supplier's figure still contains them.
 */
export function bringIn(bench: Workbench, command: BringIn): Taken {
  const { supplierId, inboundId, warehouse, actor } = command;
  const supplier = supplierLocation(supplierId);
  for (const { sku, quantity } of command.lines) {
    const key = { supplierId, sku };
    const reference = { type: "receipt", id: `${supplier}/${inboundId}`, line: sku } as const;
    const about = { sku, quantity, supplier, warehouse, reference, actor };
    bench.movements.push(movementDraft("SUPPLIER_INBOUND", undefined, about));
    bench.changeOffer(key, { virtual: bench.offer(key).virtual - quantity }, "INBOUND", actor);
    bench.changeFacts(key, { departed: [{ at: bench.world.now, countedAt: null, pieces: quantity }] });
  }
  return { outcome: "TAKEN" };
}
