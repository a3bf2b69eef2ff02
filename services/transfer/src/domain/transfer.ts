import type { TransferLineState } from "@septet/stock-contracts";
import { type Accounts, stateOf } from "./accounts.js";

/** Goods on their way from one warehouse to another, as a document with lines. Times are epoch ms. */
export interface Transfer {
  readonly transferId: string;
  readonly source: string;
  readonly destination: string;
  /** Written down only; nothing is asked of the source yet. */
  readonly draft: boolean;
  /** Called back: what is under way is expected at the source again, and nothing more is dispatched. */
  readonly returning: boolean;
  readonly allowPartial: boolean;
  readonly reason: string | null;
  readonly createdBy: string | null;
  readonly createdAt: number;
  readonly requestedAt: number | null;
  readonly closedAt: number | null;
  /** When its shipments should arrive, where they say nothing themselves. */
  readonly expectedAt: number | null;
  /** What it was created from, so that an id told again with other content is noticed. */
  readonly content: string;
  readonly lineCount: number;
  /** The sums over its lines. */
  readonly accounts: Accounts;
  /** Counted up with every change, from 1. */
  readonly version: number;
}

export interface TransferLine {
  readonly lineId: string;
  /** Place in the document, from 0. */
  readonly position: number;
  readonly sku: string;
  readonly accounts: Accounts;
  readonly version: number;
}

/** Goods that left together. */
export interface Shipment {
  readonly shipmentId: string;
  readonly content: string;
  readonly shippedAt: number;
  readonly expectedAt: number | null;
  readonly tracking: string | null;
  readonly actor: string | null;
  /** Pieces of it still under way. */
  readonly open: number;
  /** Since when the alert of its lateness stands; null when none does. */
  readonly overdueSince: number | null;
}

export interface ShipmentLine {
  readonly shipmentId: string;
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  /** Pieces of it still under way: arrivals that name no shipment are of the oldest one. */
  readonly open: number;
}

/** What somebody saw arrive, or gave up. */
export interface Arrival {
  readonly arrivalId: string;
  readonly content: string;
  readonly location: string;
  readonly arrivedAt: number;
  readonly actor: string | null;
  readonly lines: readonly ArrivalLine[];
}

/** Pieces by judgement; `surplus` are those of sellable and damaged that nobody had sent. */
export interface ArrivalLine {
  readonly lineId: string;
  readonly sellable: number;
  readonly damaged: number;
  readonly lost: number;
  readonly surplus: number;
}

export const transferState = (transfer: Transfer): TransferLineState => stateOf(transfer.accounts, transfer);
