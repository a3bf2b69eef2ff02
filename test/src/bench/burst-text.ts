import type { BurstFigures, BurstRun, CustomerKind, CustomersFigure, Spread } from "./burst-figures.js";
import { median } from "./figures.js";
import { markdownTable, whole } from "./markdown.js";

const WHO: Readonly<Record<CustomerKind, string>> = {
  "others-checkout": "other SKUs, at the checkout (HTTP)",
  "others-events": "other SKUs, by events",
  "hot-checkout": "the hot SKU, at the checkout (HTTP)",
  "hot-events": "the hot SKU, by events",
};
const PERCENTILES = [
  (spread: Spread) => spread.p50Ms,
  (spread: Spread) => spread.p95Ms,
  (spread: Spread) => spread.p99Ms,
];

/** What paying customers felt of bursts, as Markdown: a table for each way a burst arrived; then what became of it. */
export function burstText({ runs, machine, settings, date }: BurstFigures): string {
  const arrivals = [...new Set(runs.map(({ seconds }) => seconds))];
  const of = (seconds: number) => runs.filter((run) => run.seconds === seconds);
  return [
    ...arrivals.flatMap((seconds) => latencyTable(of(seconds))),
    ...arrivals.map((seconds) => fateLine(of(seconds))),
    ...machine.map((line) => `- ${line}`),
    `- ${settings}`,
    `- Measured ${date}; medians of the rounds, the ratios' too, each taken within one round.`,
  ].join("\n");
}

const arrival = ({ orders, seconds }: BurstRun): string =>
  `${whole(orders)} unpaid orders ${seconds === 0 ? "at once" : `within ${seconds} s`}`;

function latencyTable(runs: readonly BurstRun[]): string[] {
  const kinds = runs[0]!.customers.map(({ kind }) => kind);
  const rows = kinds.map((kind) => {
    const figures = runs.map(({ customers }) => customers.find((one) => one.kind === kind)!);
    const three = (text: (of: (spread: Spread) => number) => string) => PERCENTILES.map(text).join(" / ");
    const ms = (moment: "quiet" | "burst") => three((of) => whole(median(figures.map((one) => of(one[moment])))));
    const ratio = (of: (spread: Spread) => number) =>
      median(figures.map((one: CustomersFigure) => of(one.burst) / of(one.quiet)));
    return [WHO[kind], ms("quiet"), ms("burst"), three((of) => `${ratio(of).toFixed(1)} ×`)];
  });
  const head = [`paid orders beside ${arrival(runs[0]!)}`, "quiet, p50 / p95 / p99 ms", "during the burst", "ratio"];
  return markdownTable(head, rows);
}

function fateLine(runs: readonly BurstRun[]): string {
  const codes = [...new Set(runs.flatMap(({ refused }) => [...refused.keys()]))].sort();
  const refused = codes.map((code) => `${whole(median(runs.map((run) => run.refused.get(code) ?? 0)))} \`${code}\``);
  const of = (pick: (run: BurstRun) => number) => median(runs.map(pick));
  return `- ${arrival(runs[0]!)}: answered in ${of((run) => run.tookSeconds).toFixed(1)} s; ${whole(of((run) => run.taken))} taken, refused ${refused.join(", ")}; all ${whole(of((run) => run.paidBeside))} paid orders beside them served; ${of((run) => run.backSeconds).toFixed(1)} s after the holds' time the unpaid pieces were sellable again.`;
}
