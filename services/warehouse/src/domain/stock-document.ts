import { type MovementDraft, movementDraft } from "@septet/stock-contracts";
import type { BookedAs } from "./labelling.js";

/** The papers by which goods come, come back, or change their condition. Each line is booked once, for ever. */
export const DOCUMENT_KINDS = ["RECEIPT", "RETURN", "DAMAGE", "RESTORATION", "DISPOSAL"] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/**
 * One line as it is told, in pieces; the labels of its warehouse say what it comes to. `quantity` counts everything the line speaks of; of it `unsellable` pieces came in unsellable and
 * `missing` ones did not come at all (returns only). `lineId` is the order's line that came back, where known, and
 * `orderId` its order where lines of one document come back from several (uploads only; otherwise the head names it).
 */
export interface DocumentLine {
  readonly line: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unsellable: number;
  readonly missing: number;
  readonly lineId: string | null;
  readonly orderId: string | null;
  /** The area of the warehouse that the pieces came into. */
  readonly area?: string;
  /** The announcement that the pieces belong to (receipts only). */
  readonly inbound?: string;
  /** The claim that they are sent back on (disposals), or that they replace goods of (receipts). */
  readonly claim?: string;
}

/** A line with what it comes to by the labels of its warehouse. */
export interface ReadLine {
  readonly told: DocumentLine;
  readonly booked: BookedAs;
}

export interface DocumentHead {
  readonly kind: DocumentKind;
  readonly location: string;
  readonly reference: string;
  readonly orderId: string | null;
  readonly reason: string | null;
  readonly actor: string | null;
}

/** One name for (kind, location, reference): a warehouse's code never contains `/`, so no two documents share one. */
export const documentIdOf = (head: Pick<DocumentHead, "kind" | "location" | "reference">): string =>
  `${head.kind}/${head.location}/${head.reference}`;

const REFERENCE_TYPES = {
  RECEIPT: "receipt",
  RETURN: "return",
  DAMAGE: "damage",
  RESTORATION: "restoration",
  DISPOSAL: "disposal",
} as const;

/** The movements that book a line as it was read: one for its sellable, one for its unsellable part; none for missing pieces. */
export function movementsOf(head: DocumentHead, line: DocumentLine, { sku, unsellable }: BookedAs): MovementDraft[] {
  const reference = { type: REFERENCE_TYPES[head.kind], id: head.reference, line: line.line };
  const { quantity } = line;
  const about = { sku, at: head.location, reference, reason: head.reason, actor: head.actor };
  switch (head.kind) {
    case "RECEIPT":
    case "RETURN": {
      const sellable = quantity - unsellable - line.missing;
      const movements: MovementDraft[] = [];
      if (sellable > 0) movements.push(movementDraft(head.kind, "sellable", { ...about, quantity: sellable }));
      if (unsellable > 0) movements.push(movementDraft(head.kind, "unsellable", { ...about, quantity: unsellable }));
      return movements;
    }
    case "DAMAGE":
      return [movementDraft("DAMAGE", undefined, { ...about, quantity })];
    case "RESTORATION":
      return [movementDraft("RESTORE", undefined, { ...about, quantity })];
    case "DISPOSAL":
      return [movementDraft("DISPOSE", undefined, { ...about, quantity })];
  }
}

/** True when two lines say the same, so that the second is the first one told again. */
export const sameLine = (a: DocumentLine, b: DocumentLine): boolean =>
  a.sku === b.sku &&
  a.quantity === b.quantity &&
  a.unsellable === b.unsellable &&
  a.missing === b.missing &&
  a.lineId === b.lineId &&
  a.orderId === b.orderId &&
  a.area === b.area &&
  a.inbound === b.inbound &&
  a.claim === b.claim;
