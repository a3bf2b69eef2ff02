import { orderPlaced } from "./order-placed.js";
import type { OutsideWorld } from "./outside-world.js";
import type { Move } from "./script.js";
import { orderOf } from "./selling.js";
import type { Drawn, Shop } from "./shop.js";

/** What nobody should do, what comes again, and time. */
export type DisturbingMove =
  /** Sends one of the last upstream messages again, byte for byte, counted back from the latest (0). */
  | { readonly do: "repeat"; readonly nth: number }
  | { readonly do: "garbage"; readonly topic: string; readonly key: string }
  /** An order that breaks the contract and can still be named. */
  | { readonly do: "misplace"; readonly orderId: string }
  | { readonly do: "jump"; readonly ms: number }
  /** To so long after the end of the order's hold (before it when negative), if it has one that is still to come. */
  | { readonly do: "jumpToEnd"; readonly orderId: string; readonly ms: number };

const HOLD_MS = 30 * 60_000;
const GRACE_MS = 120_000;
/** Who sends something again does so soon. */
const RECENT_MESSAGES = 8;
const READ_TOPICS = ["upstream.orders.v1", "upstream.payments.v1", "stock.movements.v1", "stock.fulfilments.v1"];

export const DISTURBING: Readonly<Record<string, Drawn>> = {
  repeat: { weight: 5, ample: true, moves: ({ random }) => [{ do: "repeat", nth: random.below(1_000) }] },
  garbage: {
    weight: 0.4,
    ample: true,
    moves: ({ random }) => [{ do: "garbage", topic: random.pick(READ_TOPICS), key: `g${random.below(5)}` }],
  },
  misplace: {
    weight: 0.4,
    ample: true,
    moves: (shop) => {
      const known = !shop.ample && shop.random.chance(0.3);
      return [{ do: "misplace", orderId: known ? orderOf(shop, 0.7) : `bad${shop.random.below(4)}` }];
    },
  },
  expire: { weight: 0.8, ample: true, moves: (shop) => [...latePayments(shop), jump(shop)] },
  lastMoment: { weight: 0.8, ample: true, moves: (shop) => lastMoment(shop) },
};

const latePayments = (shop: Shop): Move[] =>
  Array.from({ length: shop.random.below(3) }, () => ({ do: "pay", orderId: orderOf(shop, 1), succeeded: true }));

/** Time jumps to about the end of the holds; often with payments that came just in time and nobody has read. */
const jump = ({ random }: Shop): Move => ({
  do: "jump",
  ms: HOLD_MS + random.pick([-1_000, 0, 1_000, GRACE_MS, 2 * GRACE_MS]),
});

/** Just before a hold ends, perhaps with its payment in the very last moment, and then past it. */
function lastMoment(shop: Shop): Move[] {
  const { random } = shop;
  const orderId = orderOf(shop, 1);
  const moves: Move[] = [{ do: "jumpToEnd", orderId, ms: random.pick([-1_900, -1_500, -400, -1]) }];
  if (random.chance(0.5)) moves.push({ do: "pay", orderId, succeeded: true });
  if (random.chance(0.5)) moves.push({ do: "jumpToEnd", orderId, ms: random.pick([0, 1, 500, GRACE_MS - 1_000]) });
  return moves;
}

export const disturbingDone = {
  repeat: ({ upstream, world }: OutsideWorld, { nth }: Extract<DisturbingMove, { do: "repeat" }>) => {
    if (upstream.length === 0) return;
    const { topic, key, value } = upstream.at(-1 - (nth % Math.min(RECENT_MESSAGES, upstream.length)))!;
    world.broker.append({ topic, key: key!, value }, world.scheduler.now);
  },
  garbage: (outside: OutsideWorld, { topic, key }: Extract<DisturbingMove, { do: "garbage" }>) =>
    outside.append(topic, key, Buffer.from("not a record")),
  misplace: (outside: OutsideWorld, { orderId }: Extract<DisturbingMove, { do: "misplace" }>) =>
    outside.send("OrderPlaced", { ...orderPlaced(orderId, "PENDING", false), lines: [] }),
  jump: ({ world }: OutsideWorld, { ms }: Extract<DisturbingMove, { do: "jump" }>) => world.scheduler.jump(ms),
  jumpToEnd: ({ world }: OutsideWorld, { orderId, ms }: Extract<DisturbingMove, { do: "jumpToEnd" }>) => {
    const holds = world.history.records("OrderReserved").filter(({ value }) => value.orderId === orderId);
    const end = holds.findLast(({ value }) => value.expiresAt !== null)?.value.expiresAt ?? 0;
    world.scheduler.jump(Math.max(0, end + ms - world.scheduler.now));
  },
};
