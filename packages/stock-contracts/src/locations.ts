import type { LocationKind } from "./closed-lists.js";

const SUPPLIER_PREFIX = "supplier:";

/** The location of a supplier: `supplier:<id>`. */
export function supplierLocation(supplierId: string): string {
  return `${SUPPLIER_PREFIX}${supplierId}`;
}

/** The kind of a location by its name alone; it holds for locations that nobody has defined yet, too. */
export function locationKindOf(location: string): LocationKind {
  return location.startsWith(SUPPLIER_PREFIX) ? "SUPPLIER" : "WAREHOUSE";
}
