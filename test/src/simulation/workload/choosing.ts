import type { OutsideWorld } from "./outside-world.js";
import type { PolicyPut } from "./ruling.js";
import { orderOf } from "./selling.js";
import type { Drawn, Shop } from "./shop.js";

/** What shoppers and operators do about what is short; a shortage is named by its order and number, whether there is one or not. */
export type ChoosingMove =
  | {
      readonly do: "choose";
      readonly via: "topic" | "http";
      readonly orderId: string;
      readonly shortage: number;
      readonly choices: readonly {
        readonly lineId: string;
        readonly kind: "REFUND" | "EXCHANGE";
        readonly sku: string | null;
      }[];
    }
  /** The same for one of the last shortages that were told, counted back from the latest (0); a SKU for each line, null: refund. */
  | {
      readonly do: "chooseTold";
      readonly via: "topic" | "http";
      readonly nth: number;
      readonly wishes: readonly (string | null)[];
    }
  /** Time goes on to so many ms before or after the end of the time to choose for an order's latest shortage. */
  | { readonly do: "jumpToChoice"; readonly orderId: string; readonly ms: number };

/** What a SKU costs, minor units; all are of one group, so that the cheaper ones are replaced by the others. */
export const priceOf = (sku: string): number => (sku === "R" ? 1_200 : 1_000);
export const CURRENCY = "CNY";
export const SUBSTITUTION_GROUP = "socks";

/**
 * How shortages are settled on days with rules: the day's dispatch of the other side of the world is near, so that the time
 * to choose ends within the day, and nobody is given long to handle one.
 */
export const SHORTAGE_RULE = {
  ...{ couponMinor: 500, dispatchAt: "00:01", utcOffsetMinutes: 840 },
  ...{ decideMinutesBefore: 1_440, handleWithinMinutes: 20 },
};

const RECENT_SHORTAGES = 3;

export const CHOOSING: Readonly<Record<string, Drawn>> = {
  chooseTold: {
    weight: 5,
    moves: ({ random, skus }) => {
      const wishes = Array.from({ length: 2 }, () => (random.chance(0.75) ? random.pick(skus) : null));
      const via = random.chance(0.4) ? "http" : "topic";
      return [{ do: "chooseTold", via, nth: random.between(0, RECENT_SHORTAGES - 1), wishes }];
    },
  },
  choose: { weight: 1.5, moves: (shop) => (shop.orders.size === 0 ? [] : [choice(shop)]) },
  choiceInTime: {
    weight: 0.6,
    moves: (shop) => {
      if (shop.orders.size === 0) return [];
      const move = choice(shop);
      return [{ do: "jumpToChoice", orderId: move.orderId, ms: shop.random.pick([-1_500, -1, 0, 1_500]) }, move];
    },
  },
};

function choice(shop: Shop): Extract<ChoosingMove, { do: "choose" }> {
  const { random, orders, skus } = shop;
  const orderId = orderOf(shop, 1);
  const lines = (orders.get(orderId) ?? []).filter(() => random.chance(0.8));
  const named = lines.length > 0 ? lines.map(({ lineId }) => lineId) : ["l1"];
  const choices = named.map((lineId) => {
    const sku = random.chance(0.7) ? random.pick(skus) : null;
    return { lineId, kind: sku === null ? ("REFUND" as const) : ("EXCHANGE" as const), sku };
  });
  const via = random.chance(0.4) ? "http" : "topic";
  return { do: "choose", via, orderId, shortage: random.pick([1, 1, 1, 2]), choices };
}

/** Most days without rules of their own get those of shortages. */
export function openingChoices({ random, ample }: Shop, rules: readonly PolicyPut[]): PolicyPut[] {
  if (ample || rules.length > 0 || random.chance(0.2)) return [];
  return [{ do: "policy", scope: "default", holdSeconds: null, priority: null }];
}

export const choosingDone = {
  chooseTold: (outside: OutsideWorld, { via, nth, wishes }: Extract<ChoosingMove, { do: "chooseTold" }>) => {
    const told = outside.world.history.records("OrderShorted");
    const shortage = told.at(-1 - (nth % Math.min(RECENT_SHORTAGES, told.length)))?.value;
    if (shortage === undefined) return;
    const { orderId, shortageId, lines } = shortage;
    const choices = lines.map(({ lineId }, i) => {
      const sku = wishes[i % wishes.length] ?? null;
      return { lineId, kind: sku === null ? ("REFUND" as const) : ("EXCHANGE" as const), sku };
    });
    const number = Number(shortageId.slice(orderId.length + 1));
    choosingDone.choose(outside, { do: "choose", via, orderId, shortage: number, choices });
  },
  choose: (outside: OutsideWorld, move: Extract<ChoosingMove, { do: "choose" }>) => {
    const { orderId, shortage } = move;
    const choices = [...move.choices];
    const shortageId = `${orderId}/${shortage}`;
    if (move.via === "topic") outside.send("ShortageChoiceMade", { orderId, shortageId, choices });
    else {
      const path = `/v1/shortages/${orderId}/settle`;
      outside.request(move, "order-reservation", { method: "POST", path, body: { shortageId, choices } });
    }
  },
  jumpToChoice: ({ world }: OutsideWorld, { orderId, ms }: Extract<ChoosingMove, { do: "jumpToChoice" }>) => {
    const last = world.history.records("OrderShorted").findLast(({ value }) => value.orderId === orderId);
    world.scheduler.jump(Math.max(0, (last?.value.decideBy ?? 0) + ms - world.scheduler.now));
  },
};
