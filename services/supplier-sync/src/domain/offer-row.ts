/** A SKU at a supplier's. */
export interface OfferKey {
  readonly supplierId: string;
  readonly sku: string;
}

/** What is remembered of a SKU at a supplier's: our balance of it, and the report that it rests on. */
export interface OfferRow extends OfferKey {
  /** The bucket, never below 0. */
  readonly virtual: number;
  /** A copy of orderReserved there; may be below 0 while movements are under way. */
  readonly reserved: number;
  /** Pieces as last reported; null before the first report. */
  readonly reported: number | null;
  /** What that report stated as kept for us. */
  readonly kept: number | null;
  /** Epoch ms. */
  readonly asOf: number | null;
  /** The report's place among all of the supplier's. */
  readonly ordinal: number;
  readonly reportId: string | null;
  /** Why an operator or the supplier has stopped this SKU; null while it is not. */
  readonly stopped: string | null;
  /** The supplier's revision at which it was last computed. */
  readonly revision: number;
  /** When to look at it again: not after the clock alone changes it, epoch ms. */
  readonly dueAt: number | null;
  /** Whether it stands at or below its alert line; null before there was anything to sell. */
  readonly low: boolean | null;
}

export const offerKey = ({ supplierId, sku }: OfferKey): string => `${supplierId}\u0000${sku}`;

/** A SKU at a supplier's of which nothing is known yet. */
export const newOffer = ({ supplierId, sku }: OfferKey): OfferRow => ({
  supplierId,
  sku,
  virtual: 0,
  reserved: 0,
  reported: null,
  kept: null,
  asOf: null,
  ordinal: 0,
  reportId: null,
  stopped: null,
  revision: 0,
  dueAt: null,
  low: null,
});
