import { ACCOUNTS, type Account, OWNER } from "@septet/stock-contracts";
import { covers, head, NOTHING, type Position } from "./position.js";

/** Positions of one SKU by recorder. */
export type Positions = ReadonlyMap<string, Position>;

/** One figure that a service keeps, or that the ledger folds: pieces of a SKU in an account at a location. */
export interface Figure {
  readonly location: string;
  readonly bucket: string;
  readonly quantity: number;
}

/** What a service answered about one SKU in one snapshot. */
export interface ServiceReading {
  readonly sku: string;
  readonly positions: Positions;
  readonly figures: readonly Figure[];
}

/** What the ledger holds of the same SKU: its positions, and the fold of exactly the movements within the service's. */
export interface LedgerReading {
  readonly positions: Positions;
  readonly foldWithin: readonly Figure[];
}

export interface Drift {
  readonly sku: string;
  readonly location: string;
  readonly bucket: string;
  /** The service's figure, pieces. */
  readonly service: number;
  /** The fold at the same positions, pieces. */
  readonly ledger: number;
  /** service − ledger. */
  readonly difference: number;
  readonly positions: Record<string, Position>;
}

/** A stream of which the service has applied more than the ledger has folded. */
export interface UnseenStream {
  readonly recordedBy: string;
  readonly sku: string;
  /** Highest sequence the service has applied. */
  readonly head: number;
  /** Highest sequence the ledger has folded. */
  readonly seen: number;
}

export type Comparison =
  | { readonly kind: "AGREES"; readonly streamsBehind: number }
  | { readonly kind: "PENDING"; readonly unseen: readonly UnseenStream[] }
  | { readonly kind: "DRIFTS"; readonly drifts: readonly Drift[]; readonly streamsBehind: number };

/** The accounts a service answers for. */
export function accountsOf(service: string): Account[] {
  return ACCOUNTS.filter((account) => OWNER[account] === service);
}

/** The streams that the ledger has to fold further before the service's figures can be judged. */
export function unseenStreams(sku: string, service: Positions, ledger: Positions): UnseenStream[] {
  const unseen: UnseenStream[] = [];
  for (const [recordedBy, position] of service) {
    const mine = ledger.get(recordedBy) ?? NOTHING;
    if (!covers(mine, position)) unseen.push({ recordedBy, sku, head: head(position), seen: head(mine) });
  }
  return unseen;
}

function streamsBehind(service: Positions, ledger: Positions): number {
  let behind = 0;
  for (const [recordedBy, position] of ledger) if (!covers(service.get(recordedBy) ?? NOTHING, position)) behind += 1;
  return behind;
}

function byPlace(figures: readonly Figure[], accounts: ReadonlySet<string>): Map<string, Figure> {
  const places = new Map<string, Figure>();
  for (const figure of figures) {
    if (!accounts.has(figure.bucket)) continue;
    const key = `${figure.location}\u0000${figure.bucket}`;
    const quantity = (places.get(key)?.quantity ?? 0) + figure.quantity;
    places.set(key, { ...figure, quantity });
  }
  return places;
}

/**
 * Compares a service's figures of one SKU with the fold of exactly the movements it has applied. A service that has
 * applied what the ledger has not folded yet is `PENDING`: nothing can be said, so nothing is called a drift. A place
 * that one side does not name counts as 0 there.
 */
export function compare(service: string, reading: ServiceReading, ledger: LedgerReading): Comparison {
  const unseen = unseenStreams(reading.sku, reading.positions, ledger.positions);
  if (unseen.length > 0) return { kind: "PENDING", unseen };
  const accounts = new Set<string>(accountsOf(service));
  const theirs = byPlace(reading.figures, accounts);
  const ours = byPlace(ledger.foldWithin, accounts);
  const drifts: Drift[] = [];
  for (const key of new Set([...theirs.keys(), ...ours.keys()])) {
    const figure = theirs.get(key) ?? ours.get(key)!;
    const serviceQuantity = theirs.get(key)?.quantity ?? 0;
    const ledgerQuantity = ours.get(key)?.quantity ?? 0;
    if (serviceQuantity === ledgerQuantity) continue;
    drifts.push({
      sku: reading.sku,
      location: figure.location,
      bucket: figure.bucket,
      service: serviceQuantity,
      ledger: ledgerQuantity,
      difference: serviceQuantity - ledgerQuantity,
      positions: Object.fromEntries(reading.positions),
    });
  }
  const behind = streamsBehind(reading.positions, ledger.positions);
  return drifts.length > 0
    ? { kind: "DRIFTS", drifts, streamsBehind: behind }
    : { kind: "AGREES", streamsBehind: behind };
}
