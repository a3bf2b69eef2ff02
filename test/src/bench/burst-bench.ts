import { clientOf } from "../platform/access.js";
import { auditWhenStill } from "../platform/audit.js";
import { Wire } from "../platform/wire.js";
import type { BenchPlatform } from "./bench-platform.js";
import { Burst, CUSTOMERS_PER_SECOND, HOT_PIECES } from "./burst.js";
import type { BurstRun } from "./burst-figures.js";
import type { BenchOptions } from "./options.js";
import { Outcomes } from "./outcomes.js";
import { receiveAtOnce } from "./stock-up.js";

const OTHER_SKUS = 1_000;
const OTHER_PIECES = 1_000_000;
const AUDIT_WITHIN_MS = 120_000;
/** Unpaid orders of a small burst that nobody measures: code gets warm, pools fill. */
const WARM_UP = { orders: 1_000, seconds: 1, quietSeconds: 3 };

/** What the figures were measured with, in words. */
export const burstSettings = ({ rounds, instances }: BenchOptions): string =>
  `${rounds} ${rounds === 1 ? "round" : "rounds"}; 20 devices, each of them in every one of five IPv6 /64, and at most 5 unpaid orders of a device, 20 of a network; ${CUSTOMERS_PER_SECOND} paid orders a second of each kind, other SKUs being ${OTHER_SKUS.toLocaleString("en-GB")}; ${instances} × order-reservation, 1 × warehouse, 1 × ledger, 12 partitions; everything on this machine, load generator and broker included.`;

/** Every round: bursts that arrive within so many seconds each, and one that arrives at once. */
export async function measureBursts(
  platform: BenchPlatform,
  options: BenchOptions,
  tell: (line: string) => void,
): Promise<BurstRun[]> {
  const { rounds, orders, latencySeconds, burstSeconds } = options;
  const wire = new Wire(platform.access, "septet-bench");
  const burst = new Burst(platform, await Outcomes.follow(wire));
  try {
    await burst.ready();
    const bursts = Array.from({ length: rounds }, (_, n) =>
      [...burstSeconds, 0].map((seconds) => ({
        seconds,
        name: `${seconds === 0 ? "flood" : `burst-${seconds}`}-${n + 1}`,
      })),
    ).flat();
    const otherSkus = Array.from({ length: OTHER_SKUS }, (_, n) => `bench-other-${n}`);
    await receiveAtOnce(
      platform.access,
      new Map([
        ...["warm-up", ...bursts.map(({ name }) => name)].map((name) => [`bench-${name}`, HOT_PIECES] as const),
        ...otherSkus.map((sku) => [sku, OTHER_PIECES] as const),
      ]),
    );
    await burst.run({ name: "warm-up", hotSku: "bench-warm-up", otherSkus, ...WARM_UP });
    const runs: BurstRun[] = [];
    for (const { name, seconds } of bursts) {
      const run = await burst.run({
        name,
        hotSku: `bench-${name}`,
        otherSkus,
        orders,
        seconds,
        quietSeconds: latencySeconds,
      });
      tell(told(name, run));
      runs.push(run);
    }
    const audit = await auditWhenStill(clientOf(platform.access, "ledger"), AUDIT_WITHIN_MS);
    if (audit.failures.length > 0) throw new Error(`the figures are worth nothing: ${audit.failures.join("; ")}`);
    return runs;
  } finally {
    await burst.close();
    await wire.close();
  }
}

const told = (name: string, { tookSeconds, taken, customers }: BurstRun): string =>
  `${name}: ${taken} taken, answered in ${tookSeconds.toFixed(1)} s; ${customers
    .map(
      ({ kind, quiet, burst }) =>
        `${kind} p50 ${quiet.p50Ms.toFixed(0)} → ${burst.p50Ms.toFixed(0)} ms, p99 ${quiet.p99Ms.toFixed(0)} → ${burst.p99Ms.toFixed(0)} ms`,
    )
    .join("; ")}`;
