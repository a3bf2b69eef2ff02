import { StartOver, type UnitOfWork } from "@septet/service-kit";
import type { Command, World } from "../domain/index.js";
import type { SlicePlan } from "../slice-plan.js";
import { loadPromotedSkus, loadPromotions } from "./promotions.js";

/**
 * The world with the promotions of its SKUs, read under the locks of their streams.
 * @throws StartOver when a promotion that is scheduled or ended was made, or got another SKU, since the slice was planned
 */
export async function withPromotions(
  unit: Pick<UnitOfWork, "query" | "lockedRows">,
  world: World,
  plan: SlicePlan,
  commands: readonly Command[],
  graceMs: number,
): Promise<World> {
  const changed = [...plan.promotionIds];
  const byId = await loadPromotions(unit, changed);
  if (byId.size > (unit.lockedRows.get("promotion") ?? 0)) throw new StartOver("a promotion was created meanwhile");
  const ofSku = await loadPromotedSkus(unit, { skus: [...plan.skus], named: namedBy(world, commands), changed });
  for (const sku of ofSku.keys()) {
    if (!world.heldSkus.has(sku)) throw new StartOver(`a promotion has other SKUs than planned: ${sku}`);
  }
  return { ...world, promotions: { ofSku, byId, graceMs } };
}

/** Promotions that an order names which is placed or changed, and those whose locks somebody gives back. */
function namedBy(world: World, commands: readonly Command[]): string[] {
  const named = new Set<string>();
  for (const { promotionId } of world.orders.values()) if (promotionId !== null) named.add(promotionId);
  for (const command of commands) {
    if (command.type === "ReleaseLock") named.add(command.lock.promotionId);
    if (command.type !== "PlaceOrder") continue;
    if (command.placement.promotionId !== null) named.add(command.placement.promotionId);
  }
  return [...named];
}
