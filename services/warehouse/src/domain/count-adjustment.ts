import { LIMITS, type MovementDraft, movementDraft } from "@septet/stock-contracts";

/** What an adjustment is about. */
export interface AboutAdjustment {
  readonly sku: string;
  readonly location: string;
  /** The adjustment or stocktake, and its line. */
  readonly id: string;
  readonly line: string;
  readonly reason: string | null;
  readonly actor: string | null;
}

/**
 * The movements that change total and unsellable by these pieces; none for 0 and 0. What is not unsellable is sellable:
 * two pieces more in all of which three are more unsellable are three unsellable ones more and one sellable one less.
 */
export function countAdjustments(
  about: AboutAdjustment,
  { total, unsellable }: { readonly total: number; readonly unsellable: number },
): MovementDraft[] {
  return [...piecesOf(about, "unsellable", unsellable), ...piecesOf(about, "sellable", total - unsellable)];
}

/** One movement, or several where the pieces are more than one may speak of. */
function piecesOf(about: AboutAdjustment, variant: "sellable" | "unsellable", pieces: number): MovementDraft[] {
  const { sku, location: at, id, line, reason, actor } = about;
  const movements: MovementDraft[] = [];
  for (let rest = pieces; rest !== 0; ) {
    const quantity = Math.max(-LIMITS.MAX_QUANTITY_PIECES, Math.min(LIMITS.MAX_QUANTITY_PIECES, rest));
    const reference = { type: "adjustment", id, line } as const;
    movements.push(movementDraft("COUNT_ADJUST", variant, { sku, at, reference, quantity, reason, actor }));
    rest -= quantity;
  }
  return movements;
}
