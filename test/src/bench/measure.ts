import type { OutboundRecord } from "@septet/messaging";
import { percentile } from "../platform/percentile.js";
import { waitFor } from "../platform/wait.js";
import type { Wire } from "../platform/wire.js";
import type { OrderLoad } from "./order-load.js";
import type { Outcomes } from "./outcomes.js";
import { cpuOf, type Watched } from "./processes.js";
import { offerSteadily } from "./steady-offer.js";

const BATCH_ORDERS = 250;
const OUTCOMES_WITHIN_MS = 300_000;

/** Consumers that work on what an order causes; CPU is counted until all of them have caught up. */
const FOLLOWERS = [
  ["order-reservation", "upstream.orders.v1"],
  ["warehouse", "stock.movements.v1"],
  ["ledger.movements", "stock.movements.v1"],
] as const;

export interface RateFigure {
  readonly orders: number;
  readonly lines: number;
  /** From the first order published to the last outcome received. */
  readonly perSecond: number;
  /** Until every service had read what the orders caused; by process name. */
  readonly cpuSecondsPer1000: ReadonlyMap<string, number>;
}

export interface LatencyFigure {
  /** Orders a second that were offered. */
  readonly offered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Publishes all orders as fast as the broker takes them and waits for all outcomes. */
export async function measureRate(
  wire: Wire,
  outcomes: Outcomes,
  load: OrderLoad,
  orders: number,
  processes: readonly Watched[],
): Promise<RateFigure> {
  const linesBefore = load.lines;
  const records = load.next(orders, wire);
  const cpuBefore = cpuOf(processes);
  const begin = performance.now();
  for (let at = 0; at < records.length; at += BATCH_ORDERS)
    await wire.eventLog.publish(records.slice(at, at + BATCH_ORDERS));
  await outcomes.untilArrived(orders, OUTCOMES_WITHIN_MS);
  const end = lastArrival(outcomes);
  await untilCaughtUp(wire);
  const cpuAfter = cpuOf(processes);
  await outcomes.checkAndForget();
  const cpuSecondsPer1000 = new Map(
    [...cpuAfter].map(([name, seconds]) => [name, ((seconds - (cpuBefore.get(name) ?? 0)) / orders) * 1_000]),
  );
  return { orders, lines: load.lines - linesBefore, perSecond: orders / ((end - begin) / 1_000), cpuSecondsPer1000 };
}

function lastArrival(outcomes: Outcomes): number {
  let last = 0;
  for (const at of outcomes.arrivedAt.values()) last = Math.max(last, at);
  return last;
}

/**
 * Offers orders at a steady rate and takes the time from when an order was due to when its outcome came in: an order that had
 * to wait because the one before was slow counts its wait.
 */
export async function measureLatency(
  wire: Wire,
  outcomes: Outcomes,
  load: OrderLoad,
  offered: number,
  seconds: number,
): Promise<LatencyFigure> {
  const records = load.next(Math.ceil(offered * seconds), wire);
  const dueAt = new Map<string, number>();
  const sending: Promise<void>[] = [];
  let at = 0;
  await offerSteadily({
    perSecond: offered,
    goesOn: (n) => n < records.length,
    take: (due) => {
      const batch: OutboundRecord[] = records.slice(at, at + due.length);
      batch.forEach((record, n) => {
        dueAt.set(record.key, due[n]!);
      });
      at += due.length;
      sending.push(wire.eventLog.publish(batch));
    },
  });
  await Promise.all(sending);
  await outcomes.untilArrived(records.length, OUTCOMES_WITHIN_MS);
  const latencies = [...dueAt].map(([orderId, due]) => outcomes.arrivedAt.get(orderId)! - due);
  await untilCaughtUp(wire);
  await outcomes.checkAndForget();
  return { offered, p50Ms: percentile(latencies, 50), p99Ms: percentile(latencies, 99) };
}

/** Waits until every follower has read its topic to the end of now. */
export async function untilCaughtUp(wire: Wire): Promise<void> {
  for (const [group, topic] of FOLLOWERS) {
    await waitFor(
      `${group} to have read ${topic}`,
      async () => {
        const ends = await wire.eventLog.endOffsets(topic);
        const committed = await wire.eventLog.committedOffsets(group, topic);
        return [...ends].every(([partition, end]) => end === 0 || (committed.get(partition) ?? 0) >= end);
      },
      { timeoutMs: OUTCOMES_WITHIN_MS, everyMs: 50 },
    );
  }
}
