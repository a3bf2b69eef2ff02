import type { Balance } from "@septet/stock-contracts";
import {
  type Alert,
  driftAlert,
  driftSubject,
  type Fork,
  identityAlert,
  missingTailAlert,
  type OpenGap,
  tailSubject,
} from "./alert.js";
import type { Drift, UnseenStream } from "./comparison.js";

/** What a look at every row of the books says; nothing is taken from the constraint's word. */
export interface IdentityScan {
  readonly skus: number;
  readonly rows: number;
  readonly identityHolds: boolean;
  /** Rows whose buckets do not add up; bounded. */
  readonly broken: readonly { readonly sku: string; readonly location: string }[];
  readonly network: Balance;
}

/** What one recorder's streams amount to. */
export interface RecorderHeads {
  readonly recordedBy: string;
  readonly streams: number;
  /** Movements folded with none missing before them, over all its streams. */
  readonly movements: number;
}

/** What the comparison with one service came to. */
export interface ServiceComparison {
  readonly service: string;
  /** Why the service could not be read to its end; null when it could. */
  readonly error: string | null;
  /** SKUs compared, each at the service's own positions. */
  readonly compared: number;
  /** SKUs of which the service has applied movements that the ledger has not seen, after all rereads. */
  readonly pending: number;
  /** Streams of which the ledger had folded more than the service had applied. */
  readonly lagging: number;
  readonly driftCount: number;
  /** The first drifts; bounded. */
  readonly drifts: readonly Drift[];
  readonly missingTailCount: number;
  /** The service's own streams that it has recorded further than they arrived, and staying so; bounded. */
  readonly missingTail: readonly UnseenStream[];
  /** Of the SKUs with a standing alert: those compared, and those among them that agree. */
  readonly watched: { readonly compared: ReadonlySet<string>; readonly agreeing: ReadonlySet<string> };
}

/** What an audit found. Times are epoch ms. */
export interface AuditResult {
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly scan: IdentityScan;
  /** Every service was read to its end, no figure drifts, and no stream has lost its end. */
  readonly agrees: boolean;
  readonly services: readonly ServiceComparison[];
  readonly gaps: readonly OpenGap[];
  readonly forkCount: number;
  readonly forks: readonly Fork[];
  readonly heads: readonly RecorderHeads[];
  /** Messages of stock.movements.v1 in Kafka that are not folded yet. */
  readonly lagging: number;
}

/** The subjects of standing alerts that an audit may clear. */
export interface StandingAlerts {
  readonly drift: readonly AlertSubject[];
  readonly tail: readonly AlertSubject[];
  readonly identity: readonly AlertSubject[];
}

/** What an alert is about. */
export interface AlertSubject {
  readonly subject: string;
  readonly sku: string | null;
  readonly location: string | null;
}

/** Alerts to raise, and subjects whose alert is over. */
export interface AlertChange {
  readonly raise: readonly Alert[];
  readonly clear: readonly string[];
}

function subjectsOf(
  result: AuditResult,
  skus: (of: ServiceComparison["watched"]) => ReadonlySet<string>,
  subjectOf: (service: string, sku: string) => string,
): Set<string> {
  return new Set(
    result.services.flatMap(({ service, watched }) => [...skus(watched)].map((sku) => subjectOf(service, sku))),
  );
}

function bySku(drifts: readonly Drift[]): Map<string, Drift[]> {
  const grouped = new Map<string, Drift[]>();
  for (const drift of drifts) grouped.set(drift.sku, [...(grouped.get(drift.sku) ?? []), drift]);
  return grouped;
}

/** Drifts are said at once, and over once a comparison of the SKU agrees; one that could not be compared keeps its alert. */
export function driftChange(result: AuditResult, standing: readonly AlertSubject[]): AlertChange {
  const agreeing = subjectsOf(result, (watched) => watched.agreeing, driftSubject);
  return {
    raise: result.services.flatMap(({ service, drifts }) =>
      [...bySku(drifts)].map(([sku, ofSku]) => driftAlert(service, sku, ofSku)),
    ),
    clear: standing.map(({ subject }) => subject).filter((subject) => agreeing.has(subject)),
  };
}

/**
 * A lost end is said when two audits in a row saw it, because the last movements may still be on their way; it is over
 * once the SKU could be compared.
 */
export function tailChange(
  result: AuditResult,
  standing: readonly AlertSubject[],
  before: AuditResult | undefined,
): AlertChange {
  const tails = (of: AuditResult | undefined) =>
    (of?.services ?? []).flatMap(({ missingTail }) => missingTail.map(missingTailAlert));
  const lostBefore = new Set(tails(before).map(({ subject }) => subject));
  const compared = subjectsOf(result, (watched) => watched.compared, tailSubject);
  return {
    raise: tails(result).filter(({ subject }) => lostBefore.has(subject)),
    clear: standing.map(({ subject }) => subject).filter((subject) => compared.has(subject)),
  };
}

/** The scan looks at every row, so an alert whose row is not named is over, unless more are broken than are named. */
export function identityChange(result: AuditResult, standing: readonly AlertSubject[], maxNamed: number): AlertChange {
  const raise = result.scan.broken.map(identityAlert);
  const broken = new Set(raise.map(({ subject }) => subject));
  const all = raise.length < maxNamed;
  return { raise, clear: standing.map(({ subject }) => subject).filter((subject) => all && !broken.has(subject)) };
}
