import type { StockMovement } from "@septet/stock-contracts";
import type { OutsideWorld } from "./outside-world.js";
import { takeBack } from "./regrets.js";
import { unpaidPlacement } from "./selling.js";
import type { Drawn } from "./shop.js";

/** What clerks and operators put right afterwards. */
export type RightingMove =
  /**
   * Takes back one of the last movements of the warehouse, counted back from the latest (0) and round; with `of`, of those of
   * the document or order of this name.
   */
  | { readonly do: "reverse"; readonly nth: number; readonly of?: string }
  /** Whatever is requested for the order is picked and shipped, but for what is not found; so much of it is taken back. */
  | { readonly do: "regret"; readonly orderId: string; readonly notFound: number; readonly times: number }
  /** Holds a line of one of the last unpaid orders there, as soon as one is held elsewhere; `quantity` null: all that is held at its place. */
  | {
      readonly do: "relocate";
      readonly nth: number;
      readonly to: string;
      readonly quantity: number | null;
      /** What it came to when it was done. */
      readonly of?: {
        readonly orderId: string;
        readonly lineId: string;
        readonly sku: string | null;
        readonly from: string;
      };
    };

/** A mistake is noticed soon. */
const RECENT_MOVEMENTS = 12;

export const RIGHTING: Readonly<Record<string, Drawn>> = {
  reverse: {
    weight: 3,
    moves: ({ random }) => {
      const reverse = { do: "reverse", nth: random.below(1_000) } as const;
      return random.chance(0.2) ? [reverse, reverse] : [reverse];
    },
  },
  regret: {
    weight: 2,
    moves: ({ random, orders }) => {
      if (orders.size === 0) return [];
      const orderId = random.pick([...orders.keys()].slice(-6));
      const regret = { do: "regret", orderId, notFound: random.below(2), times: random.between(1, 3) } as const;
      return [{ do: "pay", orderId, succeeded: true }, regret];
    },
  },
  relocate: {
    weight: 12,
    always: true,
    moves: (shop) => {
      const { random, locations } = shop;
      if (locations.length === 1) return [];
      const quantity = random.chance(0.3) ? 1 : null;
      const relocate = { do: "relocate", nth: random.below(1_000), to: random.pick(locations), quantity } as const;
      return random.chance(0.5) ? [unpaidPlacement(shop), relocate] : [relocate];
    },
  },
};

export const rightingDone = {
  reverse: (outside: OutsideWorld, { nth, of }: Extract<RightingMove, { do: "reverse" }>) => {
    const own = new Map<string, StockMovement>();
    for (const { value } of outside.world.history.records("StockMovement")) {
      if (value.recordedBy !== "warehouse" || (of !== undefined && value.reference.id !== of)) continue;
      own.set(value.movementId, value);
    }
    const movement = [...own.values()].at(-1 - (nth % Math.max(1, Math.min(RECENT_MOVEMENTS, own.size))));
    if (movement !== undefined) takeBack(outside, movement.movementId);
  },
  regret: (outside: OutsideWorld, { orderId, notFound, times }: Extract<RightingMove, { do: "regret" }>) => {
    outside.deliveries.promise(orderId, notFound);
    outside.regrets.notice(orderId, times);
  },
  relocate: (outside: OutsideWorld, move: Extract<RightingMove, { do: "relocate" }>) => outside.movers.wish(move),
};
