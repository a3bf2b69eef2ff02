import type { OutsideWorld } from "./outside-world.js";
import type { Drawn, Shop } from "./shop.js";

/** An operator sets the rules of a scope. */
export interface PolicyPut {
  readonly do: "policy";
  readonly scope: string;
  readonly holdSeconds: number | null;
  readonly priority: readonly string[] | null;
}

const SCOPES = ["default", "channel:web"];

export const RULING: Readonly<Record<string, Drawn>> = {
  policy: {
    weight: 0.6,
    moves: ({ random, locations }) => {
      const holdSeconds = random.chance(0.7) ? random.pick([3, 60, 600, 1_800]) : null;
      const priority = random.chance(0.5) ? random.shuffled(locations) : null;
      return [{ do: "policy", scope: random.pick(SCOPES), holdSeconds, priority }];
    },
  },
  /** Rules about time alone change no end of a day that goes on past every hold. */
  holdTime: {
    weight: 0.4,
    ample: true,
    moves: ({ random, rules }) => {
      const priority = rules.priority.length > 0 ? rules.priority : null;
      return [{ do: "policy", scope: "default", holdSeconds: random.pick([3, 60, 600, 1_800]), priority }];
    },
  },
};

/** Every other day begins with an order in which locations are asked. */
export function openingRules(shop: Shop): PolicyPut[] {
  const { random, locations, rules } = shop;
  if (!random.chance(0.5)) return [];
  rules.priority = random.shuffled(locations);
  return [{ do: "policy", scope: "default", holdSeconds: null, priority: rules.priority }];
}

export const rulingDone = {
  policy: (outside: OutsideWorld, move: PolicyPut) => {
    const body = {
      ...(move.holdSeconds === null ? {} : { unpaidHoldSeconds: move.holdSeconds }),
      ...(move.priority === null ? {} : { locationPriority: move.priority }),
    };
    outside.request(move, "order-reservation", { method: "PUT", path: `/v1/policies/${move.scope}`, body });
  },
};
