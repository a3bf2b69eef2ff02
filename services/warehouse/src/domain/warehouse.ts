/** A place of our own where goods lie. */
export interface Warehouse {
  readonly code: string;
  readonly name: string;
  readonly region: string | null;
  /** An inactive warehouse sells nothing; goods may still come in and go out. */
  readonly active: boolean;
  /** Counted up with every change, from 1. */
  readonly version: number;
}

/** A code names a warehouse in events and documents: no `:` (suppliers have one) and no `/` (documents do). */
export const WAREHOUSE_CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export type WarehouseDefinition = Omit<Warehouse, "version">;

/** The warehouse as it is to stand, and whether that differs from how it stood. */
export function defineWarehouse(
  known: Warehouse | undefined,
  wanted: WarehouseDefinition,
): { readonly warehouse: Warehouse; readonly outcome: "CREATED" | "CHANGED" | "UNCHANGED" } {
  if (!known) return { warehouse: { ...wanted, version: 1 }, outcome: "CREATED" };
  const same = known.name === wanted.name && known.region === wanted.region && known.active === wanted.active;
  if (same) return { warehouse: known, outcome: "UNCHANGED" };
  return { warehouse: { ...wanted, version: known.version + 1 }, outcome: "CHANGED" };
}
