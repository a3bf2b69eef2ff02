/** Goods that are on their way to a warehouse, as far as somebody said. */
export interface Announcement {
  /** The inbound reference that receipts name. */
  readonly reference: string;
  readonly location: string;
  readonly supplier: string | null;
  /** Epoch ms, or null when nobody knows. */
  readonly expectedAt: number | null;
  /** Epoch ms. */
  readonly announcedAt: number;
  readonly announcedBy: string;
  readonly closedAt: number | null;
  readonly closedBy: string | null;
  readonly closeReason: string | null;
}

export interface AnnouncedLine {
  readonly sku: string;
  /** Whole pieces, above 0. */
  readonly quantity: number;
}

/** What was announced and what has arrived of a SKU, in pieces; `announced` is 0 of what nobody had announced. */
export interface ComparedLine {
  readonly sku: string;
  readonly announced: number;
  readonly receivedSellable: number;
  readonly receivedUnsellable: number;
}

/** Open: more may come. Late: open, and its time is over. Closed: all has come, or a clerk said that no more will. */
export const ANNOUNCEMENT_STATES = ["OPEN", "LATE", "CLOSED"] as const;
export type AnnouncementState = (typeof ANNOUNCEMENT_STATES)[number];

/** Why an announcement that is complete was closed. */
export const COMPLETE = "COMPLETE";

export function stateOf(
  { closedAt, expectedAt }: Pick<Announcement, "closedAt" | "expectedAt">,
  now: number,
): AnnouncementState {
  if (closedAt !== null) return "CLOSED";
  return expectedAt !== null && expectedAt < now ? "LATE" : "OPEN";
}

/** Arrived less announced: above 0 too much came, below 0 something is missing. */
export const differenceOf = (line: Omit<ComparedLine, "sku">): number =>
  line.receivedSellable + line.receivedUnsellable - line.announced;

/** True when two announcements say the same, so that the second is the first one told again. */
export function sameAnnouncement(
  a: Pick<Announcement, "location" | "supplier" | "expectedAt">,
  b: Pick<Announcement, "location" | "supplier" | "expectedAt">,
): boolean {
  return a.location === b.location && a.supplier === b.supplier && a.expectedAt === b.expectedAt;
}
