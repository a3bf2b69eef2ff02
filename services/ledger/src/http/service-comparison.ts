import type { Session } from "@septet/messaging";
import type { ServiceComparison } from "../domain/audit.js";
import { accountsOf, compare, type Drift, type ServiceReading, type UnseenStream } from "../domain/comparison.js";
import { readLedger } from "../store/ledger-readings.js";
import { readStreamsOf } from "../store/streams.js";
import { type BalancesClient, BalancesUnavailableError } from "./balances-client.js";

/** Bounds of one comparison. */
export interface ComparisonLimits {
  /** How often SKUs are looked at again that the ledger has not seen all of, with a pause before it. */
  readonly rereads: number;
  readonly rereadPauseMs: number;
  /** Drifts and streams that are named; the rest is counted. */
  readonly maxNamed: number;
  /** SKUs kept to be looked at again; the rest is counted as pending. */
  readonly maxPendingSkus: number;
}

export const COMPARISON_LIMITS: ComparisonLimits = {
  rereads: 20,
  rereadPauseMs: 150,
  maxNamed: 100,
  maxPendingSkus: 5_000,
};

/** The end of stock.movements.v1 at one moment: the next offset by partition. */
export type LogEnd = ReadonlyMap<number, number>;

/** How far the ledger has read the movements. */
export interface MovementsLog {
  /** Where the topic ends now. */
  end(): Promise<LogEnd>;
  /** Messages before that end that are not folded yet. */
  behind(end: LogEnd): Promise<number>;
}

/** Streams of the ledger looked through at a time for SKUs that a service does not name. */
const STREAMS_AT_A_TIME = 5_000;

/** What a comparison reads and waits with. */
export interface ComparisonMeans {
  readonly session: Session;
  readonly log: MovementsLog;
  /** SKUs with a standing alert: the result says of each whether it was compared. */
  readonly watched: ReadonlySet<string>;
  wait(ms: number): Promise<void>;
}

class Tally {
  compared = 0;
  lagging = 0;
  driftCount = 0;
  readonly drifts: Drift[] = [];
  readonly watched = { compared: new Set<string>(), agreeing: new Set<string>() };
  waiting: ServiceReading[] = [];
  waitingBeyond = 0;
  unseen: UnseenStream[] = [];
}

/**
 * Compares all figures of a service with the ledger's fold at the service's positions. What the ledger has not seen yet
 * is looked at again, a bounded number of times, with the same reading: the movements are either on their way, or lost.
 */
export async function compareService(
  client: BalancesClient,
  means: ComparisonMeans,
  limits: ComparisonLimits = COMPARISON_LIMITS,
): Promise<ServiceComparison> {
  const tally = new Tally();
  let error: string | null = null;
  try {
    const named = new Set<string>();
    for await (const readings of client.all()) {
      for (const { sku } of readings) named.add(sku);
      await judge(client.service, readings, tally, means, limits);
    }
    await judgeForgotten(client, named, tally, means, limits);
  } catch (failure) {
    if (!(failure instanceof BalancesUnavailableError)) throw failure;
    error = failure.message;
  }
  for (let reread = 0; reread < limits.rereads && tally.waiting.length > 0; reread++) {
    await means.wait(limits.rereadPauseMs);
    const again = tally.waiting;
    tally.waiting = [];
    tally.unseen = [];
    await judge(client.service, again, tally, means, limits);
  }
  const lost = await missingTails(client.service, tally, means, limits);
  return {
    service: client.service,
    error,
    compared: tally.compared,
    pending: tally.waiting.length + tally.waitingBeyond,
    lagging: tally.lagging,
    driftCount: tally.driftCount,
    drifts: tally.drifts,
    missingTailCount: lost.length,
    missingTail: lost.slice(0, limits.maxNamed),
    watched: tally.watched,
  };
}

/**
 * A service that has recorded movements of a SKU must name it. One that does not is asked again, because the SKU may be
 * new; what it still knows nothing of stands at 0 there, at the positions that its own movements have reached.
 */
async function judgeForgotten(
  client: BalancesClient,
  named: ReadonlySet<string>,
  tally: Tally,
  means: ComparisonMeans,
  limits: ComparisonLimits,
): Promise<void> {
  let asked = 0;
  for (let after = ""; ; ) {
    const streams = await readStreamsOf(means.session, client.service, after, STREAMS_AT_A_TIME);
    for (const { sku, position } of streams) {
      if (named.has(sku)) continue;
      if (++asked > limits.maxNamed) return;
      const reading = await client.one(sku);
      const positions = new Map([[client.service, position], ...reading.positions]);
      await judge(client.service, [{ ...reading, positions }], tally, means, limits);
    }
    if (streams.length < STREAMS_AT_A_TIME) return;
    after = streams.at(-1)!.sku;
  }
}

async function judge(
  service: string,
  readings: readonly ServiceReading[],
  tally: Tally,
  means: ComparisonMeans,
  limits: ComparisonLimits,
): Promise<void> {
  if (readings.length === 0) return;
  const ledger = await readLedger(means.session, readings, accountsOf(service));
  for (const reading of readings) {
    const comparison = compare(service, reading, ledger.get(reading.sku)!);
    if (comparison.kind === "PENDING") {
      if (tally.waiting.length < limits.maxPendingSkus) tally.waiting.push(reading);
      else tally.waitingBeyond += 1;
      tally.unseen.push(...comparison.unseen);
      continue;
    }
    tally.compared += 1;
    tally.lagging += comparison.streamsBehind;
    const watched = means.watched.has(reading.sku);
    if (watched) tally.watched.compared.add(reading.sku);
    if (comparison.kind === "AGREES") {
      if (watched) tally.watched.agreeing.add(reading.sku);
    } else {
      tally.driftCount += comparison.drifts.length;
      tally.drifts.push(...comparison.drifts.slice(0, Math.max(0, limits.maxNamed - tally.drifts.length)));
    }
  }
}

/**
 * Only a ledger that has read everything in Kafka can say that something is not there: everything up to an end that is
 * fetched now, because a topic that trade goes on in has no moment at which nothing is under way.
 */
async function missingTails(
  service: string,
  tally: Tally,
  means: ComparisonMeans,
  limits: ComparisonLimits,
): Promise<UnseenStream[]> {
  const tails = () => tally.unseen.filter((stream) => stream.recordedBy === service && stream.head > stream.seen);
  if (tails().length === 0 || !(await hasReadToItsEnd(means, limits))) return [];
  const again = tally.waiting;
  tally.waiting = [];
  tally.unseen = [];
  await judge(service, again, tally, means, limits);
  return tails();
}

async function hasReadToItsEnd({ log, wait }: ComparisonMeans, limits: ComparisonLimits): Promise<boolean> {
  const end = await log.end();
  for (let reread = 0; (await log.behind(end)) > 0; reread++) {
    if (reread === limits.rereads) return false;
    await wait(limits.rereadPauseMs);
  }
  return true;
}
