import type { Random } from "../kernel/random.js";
import type { Fault, Script } from "./script.js";

const STEPS_PER_FAULT = 18;
const WEIGHTS = { crash: 3, stop: 1, freeze: 2, rebalance: 4, publish: 5, statement: 3, commit: 3, echo: 3 };

/** What goes wrong on a day of so many steps. Every fourth day sees no fault at all: what it finds is found the simple way. */
export function faultsOf(random: Random, steps: number): Script["faults"] {
  const faults: { step: number; fault: Fault }[] = [];
  const rate = random.chance(0.25) ? 0 : 1 / STEPS_PER_FAULT;
  for (let step = 1; step < steps; step++) if (random.chance(rate)) faults.push({ step, fault: faultOf(random) });
  return faults;
}

function faultOf(random: Random): Fault {
  const instance = random.below(1_000);
  switch (random.weighted(WEIGHTS)) {
    case "crash":
      return { fault: "crash", instance, backAfterMs: random.between(1, 400) };
    case "stop":
      return { fault: "stop", instance, backAfterMs: random.between(1, 400) };
    case "freeze": {
      const frozen = { forMs: random.pick([50, 6_000, 12_000]), forSteps: random.between(5, 60) };
      return { fault: "freeze", instance, ...frozen, evicted: random.chance(0.6) };
    }
    case "rebalance":
      return { fault: "rebalance", first: random.below(4) };
    case "publish":
      return { fault: "publish", instance, fate: random.pick(["unacknowledged", "lost", "partly"] as const) };
    case "statement":
      return {
        fault: "statement",
        instance,
        fate: random.pick(["before-any", "before-commit", "after-commit"] as const),
      };
    case "commit":
      return { fault: "commit", instance };
    case "echo":
      return { fault: "echo", nth: random.below(120) };
  }
}
