import { Random } from "../kernel/random.js";
import { faultsOf } from "./faults.js";
import type { Script } from "./script.js";

/**
 * The same moves, so the same facts, on a day on which everything is delivered otherwise: another order of steps, other
 * faults, and the moves themselves in another order.
 */
export function otherDelivery(script: Script): Script {
  const random = new Random(`other delivery of ${script.seed}`);
  const later = script.moves.filter(({ step }) => step > 0);
  const shuffled = random.shuffled(later.map(({ move }) => move));
  return {
    ...script,
    seed: script.seed + 1_000_003,
    moves: [
      ...script.moves.filter(({ step }) => step === 0),
      ...later.map(({ step }, index) => ({ step, move: shuffled[index]! })),
    ],
    faults: faultsOf(random.fork("faults"), script.steps),
  };
}
