import {
  isMovementKind,
  type MovementDraft,
  type MovingKind,
  movementDraft,
  movementKind,
  type Reference,
} from "@septet/stock-contracts";

/** How order-reservation went on with the line of a picking loss. */
export type LineDecision = "RE_SOURCED" | "SHORTED" | "CANCELLED";

/** A movement that the warehouse has recorded, as far as taking it back needs it. */
export interface RecordedMovement {
  readonly movementId: string;
  readonly sku: string;
  /** In the SKU's own stream; 0 where nobody knows any more. */
  readonly sequence: number;
  /** When it happened, epoch ms, where it was told later: then this and not the sequence says whether a count saw it. */
  readonly toldLater: number | null;
  readonly location: string;
  readonly kind: string;
  /** The bucket that the goods came into, of kinds that have a choice; else `only`. */
  readonly variant: string;
  /** Pieces, above 0. */
  readonly quantity: number;
  readonly reference: Reference;
  /** The fulfilment that it handed over, where it did. */
  readonly fulfilmentId: string | null;
  readonly reverses: string | null;
  /** The movementId of the movement that took it back. */
  readonly reversedBy: string | null;
  /** Of losses at picking: what has become of the order's line since. */
  readonly decided: LineDecision | null;
}

/** What kind of goods a movement was about: the warehouse's kinds move one quantity at one location. */
export function outlineOf({ kind, legs }: Pick<MovementDraft, "kind" | "legs">): {
  location: string;
  variant: string;
  quantity: number;
} {
  const [first] = legs;
  if (first === undefined) throw new Error(`${kind} moves nothing`);
  const { variants } = movementKind(kind) ?? { variants: { only: {} } };
  const variant = Object.keys(variants).find((name) => name === "only" || legs.some(({ bucket }) => bucket === name));
  return { location: first.location, variant: variant ?? "only", quantity: Math.abs(first.delta) };
}

/** The movement of the same kind, legs negated, that names the one it takes back. */
export function reversalOf(
  { movementId, kind, variant, sku, location, quantity, reference }: RecordedMovement,
  reason: string | null,
  actor: string | null,
): MovementDraft {
  if (!isMovementKind(kind) || kind === "VOID") throw new Error(`${kind} cannot be taken back`);
  const about = { sku, at: location, quantity, reference, reason, actor, reverses: movementId };
  // The catalogue judges kind, variant and places; which of them they are is known to the stored row only.
  return (movementDraft as (kind: MovingKind, variant: string, about: object) => MovementDraft)(kind, variant, about);
}
