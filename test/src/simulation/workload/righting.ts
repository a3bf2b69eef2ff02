import type { StockMovement } from "@septet/stock-contracts";
import type { OutsideWorld } from "./outside-world.js";
import type { Drawn } from "./shop.js";

/** What clerks and operators put right afterwards. */
export type RightingMove =
  /** Takes back one of the last movements of the warehouse, counted back from the latest (0) and round. */
  | { readonly do: "reverse"; readonly nth: number }
  /** Holds pieces of an order elsewhere; `quantity` null: all that are held there. */
  | {
      readonly do: "relocate";
      readonly orderId: string;
      readonly lineId: string;
      readonly from: string;
      readonly to: string;
      readonly quantity: number | null;
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
  relocate: {
    weight: 3,
    moves: ({ random, orders, locations }) => {
      if (orders.size === 0) return [];
      const orderId = random.pick([...orders.keys()].slice(-4));
      const { lineId } = random.pick(orders.get(orderId)!);
      const from = random.pick(locations);
      const others = locations.filter((location) => location !== from);
      const to = random.pick(others.length > 0 && random.chance(0.9) ? others : locations);
      return [{ do: "relocate", orderId, lineId, from, to, quantity: random.chance(0.5) ? 1 : null }];
    },
  },
};

export const rightingDone = {
  reverse: (outside: OutsideWorld, move: Extract<RightingMove, { do: "reverse" }>) => {
    const own = new Map<string, StockMovement>();
    for (const { value } of outside.world.history.records("StockMovement")) {
      if (value.recordedBy === "warehouse") own.set(value.movementId, value);
    }
    const movement = [...own.values()].at(-1 - (move.nth % Math.max(1, Math.min(RECENT_MOVEMENTS, own.size))));
    if (movement === undefined) return;
    const body = { movementId: movement.movementId, reason: "entered by mistake" };
    outside.request(move, "warehouse", { method: "POST", path: "/v1/reversals", body });
  },
  relocate: (outside: OutsideWorld, move: Extract<RightingMove, { do: "relocate" }>) => {
    const { orderId, lineId, from, to, quantity } = move;
    const body = { lines: [{ lineId, from, to, ...(quantity === null ? {} : { quantity }) }] };
    outside.request(move, "order-reservation", { method: "POST", path: `/v1/reservations/${orderId}/move`, body });
  },
};
