import type { RemedyKind, SettledBy, ShortageCause } from "@septet/stock-contracts";
import type { Order } from "./order.js";

/** What may be done about a shorted line; amounts in minor units of the order's currency, null: unknown, or none. */
export interface Remedy {
  kind: RemedyKind;
  /** The replacement, for EXCHANGE. */
  sku: string | null;
  refundMinor: number | null;
  couponMinor: number | null;
}

/** What was done about a shorted line, and on whose wish. */
export interface Settlement extends Remedy {
  by: SettledBy;
}

/** Pieces of a line that are not delivered. */
export interface ShortedPieces {
  lineId: string;
  sku: string;
  quantity: number;
  /** As they were offered; what a replacement's shelf holds now is looked at when it is chosen. */
  remedies: readonly Remedy[];
  /** Null until it is settled. */
  settled: Settlement | null;
}

/**
 * What one `OrderShorted` told, until each of its lines is settled and afterwards. Nothing of it changes in place: an order's
 * list is replaced.
 */
export interface Shortage {
  /** Counted per order: the shortageId is the orderId and this. */
  number: number;
  cause: ShortageCause;
  shortedAt: number;
  /** Unanswered then, the default is carried out; epoch ms. */
  decideBy: number;
  /** Neither settled nor acknowledged then, somebody is told; epoch ms, null: somebody was, or need not be. */
  escalateAt: number | null;
  /** Somebody of ours sees to it. */
  acknowledged: Acknowledgement | null;
  lines: readonly ShortedPieces[];
}

/** Who sees to a shortage, and since when (epoch ms). */
export interface Acknowledgement {
  at: number;
  by: string;
}

/** Nobody has handled it in time: the alert stands until it is settled or somebody sees to it. */
export const isEscalated = ({ escalateAt, acknowledged }: Shortage): boolean =>
  escalateAt === null && acknowledged === null;

export const shortageIdOf = (orderId: string, { number }: Pick<Shortage, "number">): string => `${orderId}/${number}`;

export const isSettled = ({ lines }: Shortage): boolean => lines.every(({ settled }) => settled !== null);

/** Does the shortage wait for somebody? As long as the order is not paid there is nothing to give back. */
export const isOwed = (order: Pick<Order, "paid">, shortage: Shortage): boolean => order.paid && !isSettled(shortage);

/** Told to be short, and given up by their shopper before they were paid: nothing is owed for them. */
export function forgetShorted(order: Order, lineId: string, pieces: number): void {
  let left = pieces;
  const kept = [...order.shortageList].reverse().map((shortage) => ({
    ...shortage,
    lines: shortage.lines.flatMap((line) => {
      const given = line.lineId === lineId && line.settled === null ? Math.min(left, line.quantity) : 0;
      left -= given;
      return given === line.quantity ? [] : [given === 0 ? line : withPieces(line, line.quantity - given)];
    }),
  }));
  order.shortageList = kept.filter(({ lines }) => lines.length > 0).reverse();
}

function withPieces(line: ShortedPieces, quantity: number): ShortedPieces {
  const remedies = line.remedies.map((remedy) =>
    remedy.refundMinor === null ? remedy : { ...remedy, refundMinor: (remedy.refundMinor / line.quantity) * quantity },
  );
  return { ...line, quantity, remedies };
}

/** How shortages are settled. */
export interface ShortageRule {
  /** What a remedy is sweetened with, minor units; null: nothing. */
  couponMinor: number | null;
  /** When the day's parcels leave, local time as hh:mm. */
  dispatchAt: string;
  /** How long before the next day's dispatch the shopper must have chosen. */
  decideMinutesBefore: number;
  /** Of the local time, east of Greenwich. */
  utcOffsetMinutes: number;
  /** What nobody has settled after so many minutes escalates. */
  handleWithinMinutes: number;
}

export const DEFAULT_SHORTAGE_RULE: ShortageRule = {
  couponMinor: null,
  dispatchAt: "08:00",
  decideMinutesBefore: 120,
  utcOffsetMinutes: 480,
  handleWithinMinutes: 60,
};

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * Until when the shopper can choose: before the dispatch of the next local day. Where that would be over already, half of
 * the time until the dispatch is left. Epoch ms.
 */
export function decideByOf(now: number, rule: ShortageRule): number {
  const [hours = 0, minutes = 0] = rule.dispatchAt.split(":").map(Number);
  const offset = rule.utcOffsetMinutes * MINUTE_MS;
  const tomorrow = (Math.floor((now + offset) / DAY_MS) + 1) * DAY_MS - offset;
  const dispatch = tomorrow + (hours * 60 + minutes) * MINUTE_MS;
  const wished = dispatch - rule.decideMinutesBefore * MINUTE_MS;
  return wished > now ? wished : now + Math.ceil((dispatch - now) / 2);
}
