import type { OutsideWorld } from "./outside-world.js";
import type { Drawn, Shop } from "./shop.js";

export interface LockWish {
  readonly sku: string;
  readonly location: string;
  readonly lockedQuantity: number;
  readonly releasePolicy: "AT_ZERO" | "ON_PROMOTION_ENDED";
}

/** What is kept out of promotions. */
export type PromotingMove =
  | {
      readonly do: "promote";
      readonly via: "topic" | "http";
      readonly promotionId: string;
      /** From the time of the move on, ms. */
      readonly startsInMs: number;
      readonly lastsMs: number;
      readonly items: readonly LockWish[];
    }
  | { readonly do: "endPromotion"; readonly promotionId: string }
  | {
      readonly do: "releaseLock";
      readonly promotionId: string;
      readonly sku: string;
      readonly location: string;
      /** null: all of it. */
      readonly quantity: number | null;
    };

/** Two at a time, and new ones for so many orders: one that is over stays over. */
const PROMOTIONS = [
  ["spring", "summer"],
  ["autumn", "winter"],
  ["early", "late"],
] as const;
const ORDERS_PER_SEASON = 12;

const seasonOf = (orders: number): readonly string[] =>
  PROMOTIONS[Math.floor(orders / ORDERS_PER_SEASON) % PROMOTIONS.length]!;

/** The promotion that an order names: it follows from its number, so that everybody knows. */
export function promotionOf(orderId: string): string | null {
  const n = Number(/^o(\d+)$/.exec(orderId)?.[1] ?? Number.NaN);
  return Number.isNaN(n) ? null : (seasonOf(n)[n % 3] ?? null);
}

const promotionNow = ({ random, orders }: Shop): string => random.pick(seasonOf(orders.size));

export const PROMOTING: Readonly<Record<string, Drawn>> = {
  promote: { weight: 1.5, ample: true, moves: (shop) => [promotion(shop)] },
  endPromotion: {
    weight: 0.5,
    ample: true,
    moves: (shop) => [{ do: "endPromotion", promotionId: promotionNow(shop) }],
  },
  releaseLock: {
    weight: 0.4,
    ample: true,
    moves: (shop) => {
      const { random, skus, locations } = shop;
      const quantity = random.chance(0.5) ? null : random.between(1, 2);
      const promotionId = promotionNow(shop);
      return [{ do: "releaseLock", promotionId, sku: random.pick(skus), location: random.pick(locations), quantity }];
    },
  },
};

function promotion(shop: Shop): PromotingMove {
  const { random, skus, locations } = shop;
  const sku = random.pick(skus);
  const items = locations
    .filter((_, index) => index === 0 || random.chance(0.5))
    .map((location): LockWish => {
      const releasePolicy = random.chance(0.6) ? "AT_ZERO" : "ON_PROMOTION_ENDED";
      return { sku, location, lockedQuantity: random.between(1, 5), releasePolicy };
    });
  return {
    do: "promote",
    via: random.chance(0.5) ? "topic" : "http",
    promotionId: promotionNow(shop),
    startsInMs: random.pick([-1_000, 0, 2_000, 60_000]),
    lastsMs: random.pick([5_000, 60_000, 600_000, 1_000_000]),
    items,
  };
}

export const promotingDone = {
  promote: (outside: OutsideWorld, move: Extract<PromotingMove, { do: "promote" }>) => {
    const { promotionId, startsInMs, lastsMs } = move;
    const startsAt = outside.world.scheduler.now + startsInMs;
    const endsAt = startsAt + lastsMs;
    const items = [...move.items];
    if (move.via === "topic") {
      outside.send("PromotionScheduled", { promotionId, startsAt, endsAt, items });
      return;
    }
    const times = { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(endsAt).toISOString() };
    const body = { promotionId, ...times, items };
    outside.request(move, "order-reservation", { method: "POST", path: "/v1/locks", body });
  },
  endPromotion: (outside: OutsideWorld, { promotionId }: Extract<PromotingMove, { do: "endPromotion" }>) => {
    outside.send("PromotionEnded", { promotionId });
  },
  releaseLock: (outside: OutsideWorld, move: Extract<PromotingMove, { do: "releaseLock" }>) => {
    const { promotionId, sku, location, quantity } = move;
    const path = `/v1/locks/${[promotionId, sku, location].map(encodeURIComponent).join(encodeURIComponent(":"))}/release`;
    const body = quantity === null ? {} : { quantity };
    outside.request(move, "order-reservation", { method: "POST", path, body });
  },
};
