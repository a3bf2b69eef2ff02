import { movementKind, type WireLeg } from "@septet/stock-contracts";
import { isOnHand } from "./on-hand.js";

/** A movement of anybody, as far as what lies here is concerned. */
export interface BookedMovement {
  readonly sku: string;
  readonly kind: string;
  readonly recordedBy: string;
  readonly sequence: number;
  readonly movementId: string;
  /** Epoch ms. */
  readonly occurredAt: number;
  readonly reverses: string | null;
  readonly legs: readonly WireLeg[];
}

/**
 * What one movement did to what lies at one location: deltas of total and unsellable, in pieces. A count is compared with
 * the book through these: what came and went after it, and what only corrected the book.
 */
export interface PhysicalEntry {
  readonly sku: string;
  readonly location: string;
  readonly kind: string;
  readonly recordedBy: string;
  readonly sequence: number;
  readonly movementId: string;
  readonly total: number;
  readonly unsellable: number;
  /** When it happened, epoch ms. */
  readonly occurredAt: number;
  /** It reached the book later than it happened, so `occurredAt` and not the sequence says whether a count saw it. */
  readonly toldLater: boolean;
  /** Nothing moved: the book was put right (`COUNT_ADJUST`, `PICK_SHORT`, `TRANSFER_SHORT`). */
  readonly correctsBook: boolean;
  /** The movementId of the movement that it undoes. */
  readonly reverses: string | null;
}

/** What says whether a count has seen an entry. */
export type WhenBooked = Pick<PhysicalEntry, "sequence" | "occurredAt" | "toldLater">;

/**
 * The entries of a movement, one per location whose total or unsellable it changes; none of a movement that changes
 * neither. A kind that nobody here knows yet counts as physical.
 */
export function physicalEntries(movement: BookedMovement, toldLater: boolean): PhysicalEntry[] {
  const places = new Map<string, { total: number; unsellable: number }>();
  for (const { location, bucket, delta } of movement.legs) {
    if (!isOnHand(bucket)) continue;
    const place = places.get(location) ?? { total: 0, unsellable: 0 };
    place[bucket] += delta;
    places.set(location, place);
  }
  const { sku, kind, recordedBy, sequence, movementId, occurredAt, reverses } = movement;
  const correctsBook = movementKind(kind)?.correctsBook === true;
  return [...places].map(([location, deltas]) => {
    return {
      sku,
      location,
      kind,
      recordedBy,
      sequence,
      movementId,
      ...deltas,
      occurredAt,
      toldLater,
      correctsBook,
      reverses,
    };
  });
}
