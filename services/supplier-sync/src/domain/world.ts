import type { SupplierClock } from "./batches.js";
import type { CountedPieces, DepartedPieces } from "./offer.js";
import type { OfferRow } from "./offer-row.js";
import type { CancelAsked, SupplierOrder } from "./order.js";
import type { Supplier } from "./supplier.js";

/** A supplier as far as its offers follow from it. */
export interface KnownSupplier {
  readonly supplier: Supplier;
  readonly clock: SupplierClock;
}

/** What an offer follows from beside its own row. */
export interface OfferFacts {
  /** Open pieces of drop-ship orders. */
  readonly requested: number;
  readonly counted: readonly CountedPieces[];
  readonly departed: readonly DepartedPieces[];
  /** In 28 days. */
  readonly soldPieces: number;
}

export const NO_FACTS: OfferFacts = { requested: 0, counted: [], departed: [], soldPieces: 0 };

/** Everything a slice of commands is decided on; loaded under its locks and never changed by the decision. */
export interface World {
  /** Epoch ms by the database's clock. */
  readonly now: number;
  readonly suppliers: ReadonlyMap<string, KnownSupplier>;
  /** By `offerKey`. */
  readonly offers: ReadonlyMap<string, OfferRow>;
  readonly facts: ReadonlyMap<string, OfferFacts>;
  /** By fulfilmentId. */
  readonly orders: ReadonlyMap<string, SupplierOrder>;
  /** By fulfilmentId: cancel requests that came before their order, oldest first. */
  readonly waiting: ReadonlyMap<string, readonly CancelAsked[]>;
}
