import { SHORTAGE_RULE } from "./choosing.js";
import type { OutsideWorld } from "./outside-world.js";
import type { Drawn, Shop } from "./shop.js";

/** An operator sets the rules of a scope. */
export interface PolicyPut {
  readonly do: "policy";
  readonly scope: string;
  readonly holdSeconds: number | null;
  readonly priority: readonly string[] | null;
  /** Unpaid orders of one device that are taken within a week; left out: any number. */
  readonly perDevice?: number;
}

const SCOPES = ["default", "channel:web"];

export const RULING: Readonly<Record<string, Drawn>> = {
  policy: {
    weight: 0.6,
    moves: ({ random, locations, rules }) => {
      const holdSeconds = random.chance(0.7) ? random.pick([3, 60, 600, 1_800]) : null;
      const priority = random.chance(0.5) ? random.shuffled(locations) : null;
      const scope = random.pick(SCOPES);
      return [{ do: "policy", scope, holdSeconds, priority, ...devicesOf(scope, rules) }];
    },
  },
  /** Rules about time alone change no end of a day that goes on past every hold. */
  holdTime: {
    weight: 0.4,
    ample: true,
    moves: ({ random, rules }) => {
      const priority = rules.priority.length > 0 ? rules.priority : null;
      const holdSeconds = random.pick([3, 60, 600, 1_800]);
      return [{ do: "policy", scope: "default", holdSeconds, priority, ...devicesOf("default", rules) }];
    },
  },
};

/** What is set of a scope is all of it: the rule about devices goes on with every change of its scope. */
const devicesOf = (scope: string, { perDevice }: Shop["rules"]): { perDevice?: number } =>
  scope === "default" && perDevice !== null ? { perDevice } : {};

/** Every other day begins with an order in which locations are asked. */
export function openingRules(shop: Shop): PolicyPut[] {
  const { random, locations, rules, ample } = shop;
  if (!random.chance(0.5)) return [];
  rules.priority = random.shuffled(locations);
  if (!ample && random.chance(0.5)) rules.perDevice = random.between(1, 3);
  const scope = "default";
  return [{ do: "policy", scope, holdSeconds: null, priority: rules.priority, ...devicesOf(scope, rules) }];
}

export const rulingDone = {
  policy: (outside: OutsideWorld, move: PolicyPut) => {
    const body = {
      shortage: SHORTAGE_RULE,
      ...(move.holdSeconds === null ? {} : { unpaidHoldSeconds: move.holdSeconds }),
      ...(move.priority === null ? {} : { locationPriority: move.priority }),
      ...(move.perDevice === undefined
        ? {}
        : { velocity: { windowSeconds: 7 * 86_400, perDevice: move.perDevice, perIp: 1_000 } }),
    };
    outside.request(move, "order-reservation", { method: "PUT", path: `/v1/policies/${move.scope}`, body });
  },
};
