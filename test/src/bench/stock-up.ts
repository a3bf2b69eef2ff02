import { clientOf, type PlatformAccess } from "../platform/access.js";
import { defineWarehouses, readOnHand, receiveOpeningStock, waitUntilSellable } from "../replay/opening.js";
import { linesOf } from "../replay/opening-stock.js";
import { type LoadKind, SKUS_OF, skuOf } from "./order-load.js";

export const WAREHOUSE = "LEEDS";
const SELLABLE_WITHIN_MS = 120_000;

/** Pieces of each SKU: so many that no order of any run is refused. */
const PIECES: Readonly<Record<LoadKind, number>> = { hot: 1_000_000, skus: 1_000_000, retail: 1_000_000 };

/** Receives stock for the loads and waits until it can be sold. */
export function stockUp(access: PlatformAccess, kinds: readonly LoadKind[]): Promise<void> {
  const pieces = kinds.flatMap((kind) =>
    Array.from({ length: SKUS_OF[kind] }, (_, n) => [skuOf(kind, n), PIECES[kind]] as const),
  );
  return receiveAtOnce(access, new Map(pieces));
}

/** Receives so many pieces of each SKU at one warehouse and waits until they can be sold. */
export async function receiveAtOnce(access: PlatformAccess, pieces: ReadonlyMap<string, number>): Promise<void> {
  const warehouse = clientOf(access, "warehouse");
  await defineWarehouses(warehouse, [WAREHOUSE]);
  const lines = [...pieces].flatMap(([sku, quantity]) => linesOf(WAREHOUSE, sku, quantity));
  const refused = await receiveOpeningStock(warehouse, lines, "bench");
  if (refused.length > 0) throw new Error(`stock for the bench was refused: ${refused[0]}`);
  const { heads } = await readOnHand(warehouse);
  await waitUntilSellable(clientOf(access, "order-reservation"), heads, SELLABLE_WITHIN_MS);
}
