import { type BenchFigures, median } from "./figures.js";
import { markdownTable as table, whole } from "./markdown.js";
import type { RateFigure } from "./measure.js";
import { LOAD_KINDS, type LoadKind } from "./order-load.js";

const TITLE: Readonly<Record<LoadKind, string>> = {
  hot: "one hot SKU",
  skus: "1,000 SKUs",
  retail: "Online Retail shaped",
};

/** The figures as Markdown: rates beside the floor, latency, CPU, memory; then machine and versions. */
export function figuresText(figures: BenchFigures): string {
  const kinds = LOAD_KINDS.filter((kind) => figures.rates.has(kind));
  return [
    ...rateTable(figures, kinds),
    ...latencyTable(figures, kinds),
    ...cpuTable(figures, kinds),
    ...memoryTable(figures),
    ...figures.machine.map((line) => `- ${line}`),
    `- ${figures.settings}`,
    `- Measured ${figures.date}; medians of the rounds, the lowest and highest round in parentheses.`,
  ].join("\n");
}

function spread(values: readonly number[]): string {
  if (values.length < 2) return whole(median(values));
  return `${whole(median(values))} (${whole(Math.min(...values))}–${whole(Math.max(...values))})`;
}

function rateTable({ rates, floors }: BenchFigures, kinds: readonly LoadKind[]): string[] {
  const rows = kinds.map((kind) => {
    const figures = rates.get(kind) ?? [];
    const rate = figures.map((figure) => figure.perSecond);
    const lines = figures.map((figure) => (figure.perSecond * figure.lines) / figure.orders);
    const floor = kind === "retail" ? undefined : floors.get(kind)?.map((figure) => figure.perSecond);
    const ratio = floor ? `${(median(rate) / median(floor)).toFixed(1)} ×` : "";
    return [TITLE[kind], spread(rate), whole(median(lines)), floor ? spread(floor) : "", ratio];
  });
  return table(["orders", "orders a second", "lines a second", "the floor, orders a second", "ratio"], rows);
}

function latencyTable({ latencies }: BenchFigures, kinds: readonly LoadKind[]): string[] {
  const rows = kinds.flatMap((kind) => {
    const figures = latencies.get(kind) ?? [];
    if (figures.length === 0) return [];
    const of = (pick: (figure: (typeof figures)[number]) => number) => whole(median(figures.map(pick)));
    return [[TITLE[kind], of((figure) => figure.offered), of((figure) => figure.p50Ms), of((figure) => figure.p99Ms)]];
  });
  return table(["at half the rate", "orders a second", "p50 ms", "p99 ms"], rows);
}

function cpuTable({ rates }: BenchFigures, kinds: readonly LoadKind[]): string[] {
  const names = [...new Set([...rates.values()].flat().flatMap((rate) => [...rate.cpuSecondsPer1000.keys()]))];
  const of = (name: string, figures: readonly RateFigure[]) =>
    median(figures.map((figure) => figure.cpuSecondsPer1000.get(name) ?? 0));
  const row = (name: string) => [name, ...kinds.map((kind) => of(name, rates.get(kind) ?? []).toFixed(3))];
  const sum = kinds.map((kind) => names.reduce((total, name) => total + of(name, rates.get(kind) ?? []), 0).toFixed(3));
  return table(
    ["CPU seconds per 1,000 orders", ...kinds.map((kind) => TITLE[kind])],
    [...names.map(row), ["sum", ...sum]],
  );
}

function memoryTable({ memory }: BenchFigures): string[] {
  const rows = [...memory].map(([name, { residentMiB, peakMiB }]) => [name, whole(residentMiB), whole(peakMiB)]);
  return table(["resident memory, MiB", "at the end", "at most"], rows);
}
