import { SHORTAGE_RULE } from "./choosing.js";
import type { OutsideWorld } from "./outside-world.js";
import type { Drawn, Shop } from "./shop.js";
import { type SourcingRules, sourcingBody, sourcingOf } from "./sourcing.js";

/** An operator sets the rules of a scope. */
export interface PolicyPut {
  readonly do: "policy";
  readonly scope: string;
  readonly holdSeconds: number | null;
  readonly priority: readonly string[] | null;
  /** Unpaid orders of one device that are taken within a week; left out: any number. */
  readonly perDevice?: number;
  /** The same of one address; said with the other. */
  readonly perAddress?: number;
  /** Left out: nothing is said of how locations are found. */
  readonly sourcing?: SourcingRules;
}

const SCOPES = ["default", "channel:web"];

export const RULING: Readonly<Record<string, Drawn>> = {
  policy: {
    weight: 0.6,
    moves: ({ random, locations, rules }) => {
      const holdSeconds = random.chance(0.7) ? random.pick([3, 60, 600, 1_800]) : null;
      const priority = random.chance(0.5) ? random.shuffled(locations) : null;
      const scope = random.pick(SCOPES);
      return [{ do: "policy", scope, holdSeconds, priority, ...rulesOfTheDay(scope, rules) }];
    },
  },
  /** Rules about time alone change no end of a day that goes on past every hold. */
  holdTime: {
    weight: 0.4,
    ample: true,
    moves: ({ random, rules }) => {
      const priority = rules.priority.length > 0 ? rules.priority : null;
      const holdSeconds = random.pick([3, 60, 600, 1_800]);
      return [{ do: "policy", scope: "default", holdSeconds, priority, ...rulesOfTheDay("default", rules) }];
    },
  },
};

/** What is set of a scope is all of it: the rules of the whole day go on with every change of their scope. */
const rulesOfTheDay = (scope: string, { perDevice, perAddress, sourcing }: Shop["rules"]): Partial<PolicyPut> =>
  scope !== "default"
    ? {}
    : { ...(perDevice === null ? {} : { perDevice, perAddress }), ...(sourcing === null ? {} : { sourcing }) };

/** Every other day begins with an order in which locations are asked. */
export function openingRules(shop: Shop): PolicyPut[] {
  const { random, locations, rules, ample } = shop;
  if (!random.chance(0.5)) return [];
  rules.priority = random.shuffled(locations);
  if (!ample && random.chance(0.5)) {
    rules.perDevice = random.between(1, 4);
    rules.perAddress = random.between(1, 4);
  }
  rules.sourcing = sourcingOf(shop);
  const scope = "default";
  return [{ do: "policy", scope, holdSeconds: null, priority: rules.priority, ...rulesOfTheDay(scope, rules) }];
}

export const rulingDone = {
  policy: (outside: OutsideWorld, move: PolicyPut) => {
    const body = {
      shortage: SHORTAGE_RULE,
      ...(move.holdSeconds === null ? {} : { unpaidHoldSeconds: move.holdSeconds }),
      ...(move.priority === null ? {} : { locationPriority: move.priority }),
      ...(move.sourcing === undefined ? {} : sourcingBody(move.sourcing)),
      ...(move.perDevice === undefined
        ? {}
        : { velocity: { windowSeconds: 7 * 86_400, perDevice: move.perDevice, perIp: move.perAddress ?? 1_000 } }),
    };
    outside.request(move, "order-reservation", { method: "PUT", path: `/v1/policies/${move.scope}`, body });
  },
};
