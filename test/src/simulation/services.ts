import type { AnyDefinition } from "./world/instance.js";

/** The services that stand, by name: their real definitions. Imported late, so that the simulated globals come first. */
export async function standingServices(): Promise<Map<string, () => AnyDefinition>> {
  const { orderReservation } = await import("@septet/order-reservation");
  const { warehouseService } = await import("@septet/warehouse");
  const { transferService } = await import("@septet/transfer");
  const { ledgerService } = await import("@septet/ledger");
  return new Map<string, () => AnyDefinition>([
    ["order-reservation", () => orderReservation],
    ["warehouse", () => warehouseService()],
    ["transfer", () => transferService()],
    ["ledger", () => ledgerService()],
  ]);
}
