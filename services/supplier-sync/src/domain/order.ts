import type { CountedPieces, DepartedPieces } from "./offer.js";

/** Where an order at a supplier stands. */
export const ORDER_STATES = {
  REQUESTED: "waits for the cut-off of its batch",
  SENT: "the supplier has it and has not answered for every open piece",
  CONFIRMED: "the supplier will ship every open piece",
  SHIPPED: "nothing is open, something was shipped",
  SHORT: "nothing is open, nothing was shipped: something was short",
  CANCELLED: "nothing is open, nothing was shipped: cancelled",
} as const;
export type OrderState = keyof typeof ORDER_STATES;

/** Pieces of one SKU of an order's line; a line that is a bundle has one for each part. */
export interface OrderLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly shipped: number;
  readonly short: number;
  readonly cancelled: number;
  /** Open pieces that the supplier has confirmed, oldest confirmation first. */
  readonly confirmed: readonly CountedPieces[];
  /** When no open piece of it waited for an answer any more, epoch ms. */
  readonly answeredAt: number | null;
}

/** What tells the pieces of an order apart. */
export interface LinePart {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** order-reservation wants pieces back, and waits for exactly one answer. */
export interface CancelAsked {
  /** Names the request, so that it is answered exactly once. */
  readonly requestId: string;
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly location: string;
  readonly lines: readonly LinePart[];
}

/** What one supplier is to ship for one order. Times are epoch ms. */
export interface SupplierOrder {
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly supplierId: string;
  readonly state: OrderState;
  readonly deliverBy: number | null;
  readonly requestedAt: number;
  /** The batch it goes with: the day whose cut-off ends it. */
  readonly batchDay: string;
  readonly sendAt: number;
  readonly sentAt: number | null;
  readonly confirmationDueAt: number;
  readonly closedAt: number | null;
  readonly tracking: string | null;
  readonly lines: readonly OrderLine[];
  /** Cancel requests that the supplier has not answered, oldest first. */
  readonly asks: readonly CancelAsked[];
}

export const lineKey = ({ lineId, sku }: Pick<OrderLine, "lineId" | "sku">): string => `${lineId}\u0000${sku}`;

/** What is still to be shipped of a line, in pieces. */
export const openOf = ({ quantity, shipped, short, cancelled }: OrderLine): number =>
  quantity - shipped - short - cancelled;

export const confirmedOf = ({ confirmed }: OrderLine): number => confirmed.reduce((sum, { pieces }) => sum + pieces, 0);

/** Open pieces that the supplier has not answered for. */
export const unansweredOf = (line: OrderLine): number => openOf(line) - confirmedOf(line);

export const isClosed = ({ state }: Pick<SupplierOrder, "state">): boolean =>
  state === "SHIPPED" || state === "SHORT" || state === "CANCELLED";

/** The order with these lines, in the state that follows from them. */
export function withLines(order: SupplierOrder, lines: readonly OrderLine[], now: number): SupplierOrder {
  const answered = lines.map((line) =>
    line.answeredAt === null && unansweredOf(line) === 0 ? { ...line, answeredAt: now } : line,
  );
  if (lines.every((line) => openOf(line) === 0)) {
    return { ...order, lines: answered, state: closedState(lines), closedAt: now };
  }
  if (order.sentAt === null) return { ...order, lines: answered };
  const waits = lines.some((line) => unansweredOf(line) > 0);
  return { ...order, lines: answered, state: waits ? "SENT" : "CONFIRMED" };
}

function closedState(lines: readonly OrderLine[]): OrderState {
  if (lines.some((line) => line.shipped > 0)) return "SHIPPED";
  return lines.some((line) => line.short > 0) ? "SHORT" : "CANCELLED";
}

/** A line with confirmed pieces taken out of it, and which those were. */
interface Taken {
  readonly confirmed: readonly CountedPieces[];
  readonly taken: readonly DepartedPieces[];
}

/** Pieces that leave by shipping: those confirmed longest ago first, then those that nobody confirmed. */
export function takeOldest(line: OrderLine, pieces: number, at: number): Taken {
  let left = pieces;
  const taken: DepartedPieces[] = [];
  const confirmed = line.confirmed.flatMap((part) => {
    const gone = Math.min(left, part.pieces);
    left -= gone;
    if (gone > 0) taken.push({ at, countedAt: part.at, pieces: gone });
    return gone === part.pieces ? [] : [{ ...part, pieces: part.pieces - gone }];
  });
  if (left > 0) taken.push({ at, countedAt: null, pieces: left });
  return { confirmed, taken };
}

/** Pieces that nobody will ship: those that nobody confirmed first, then those confirmed last. */
export function takeNewest(line: OrderLine, pieces: number, at: number): Taken {
  const unanswered = Math.min(pieces, unansweredOf(line));
  let left = pieces - unanswered;
  const taken: DepartedPieces[] = unanswered === 0 ? [] : [{ at, countedAt: null, pieces: unanswered }];
  const confirmed: CountedPieces[] = [];
  for (const part of [...line.confirmed].reverse()) {
    const gone = Math.min(left, part.pieces);
    left -= gone;
    if (gone > 0) taken.push({ at, countedAt: part.at, pieces: gone });
    if (gone < part.pieces) confirmed.unshift({ ...part, pieces: part.pieces - gone });
  }
  return { confirmed, taken };
}
