import type { AlertCode, AlertSeverity } from "@septet/stock-contracts";
import type { Drift, UnseenStream } from "./comparison.js";

/** Something an engineer has to look at; one subject has at most one alert of a code standing. */
export interface Alert {
  readonly code: AlertCode;
  readonly severity: AlertSeverity;
  readonly subject: string;
  readonly sku: string | null;
  readonly location: string | null;
  readonly message: string;
  readonly details: Record<string, string> | null;
}

/** A gap of a stream that stays open. */
export interface OpenGap {
  readonly recordedBy: string;
  readonly sku: string;
  /** The missing sequences as closed ranges, ascending. */
  readonly missing: readonly (readonly [from: number, to: number])[];
  /** Since when, epoch ms. */
  readonly since: number;
}

/** A sequence that came with two movements. */
export interface Fork {
  readonly sku: string;
  readonly recordedBy: string;
  readonly sequence: number;
  readonly keptMovementId: string;
  readonly refusedMovementId: string;
}

/** "…, …" of at most ten. */
function listed(items: readonly string[]): string {
  return items.length > 10 ? `${items.slice(0, 10).join(", ")} and ${items.length - 10} more` : items.join(", ");
}

/** The subject under which a gap of a stream stands. */
export function gapSubject(recordedBy: string, sku: string): string {
  return `gap/${recordedBy}/${sku}`;
}

/** The subject under which the lost end of a stream stands. */
export function tailSubject(recordedBy: string, sku: string): string {
  return `tail/${recordedBy}/${sku}`;
}

/** Whether a standing MOVEMENT_GAP alert is about a gap, and not about a lost end. */
export function isGapSubject(subject: string): boolean {
  return subject.startsWith("gap/");
}

/** Sequences of a stream have been missing for too long. */
export function gapAlert(gap: OpenGap): Alert {
  const missing = listed(gap.missing.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)));
  return {
    code: "MOVEMENT_GAP",
    severity: "CRITICAL",
    subject: gapSubject(gap.recordedBy, gap.sku),
    sku: gap.sku,
    location: null,
    message: `movements ${missing} of ${gap.sku} recorded by ${gap.recordedBy} have not arrived: republish them`,
    details: { recordedBy: gap.recordedBy, missing, since: new Date(gap.since).toISOString() },
  };
}

/** The last movements of a stream have not arrived, which no gap shows. */
export function missingTailAlert(stream: UnseenStream): Alert {
  return {
    code: "MOVEMENT_GAP",
    severity: "CRITICAL",
    subject: tailSubject(stream.recordedBy, stream.sku),
    sku: stream.sku,
    location: null,
    message: `the last movements of ${stream.sku} recorded by ${stream.recordedBy} have not arrived: recorded up to ${stream.head}, seen up to ${stream.seen}; republish them`,
    details: { recordedBy: stream.recordedBy, head: `${stream.head}`, seen: `${stream.seen}` },
  };
}

/** One sequence came with two movements: a database was restored. */
export function forkAlert(fork: Fork): Alert {
  return {
    code: "STREAM_FORKED",
    severity: "CRITICAL",
    subject: `${fork.recordedBy}/${fork.sku}/${fork.sequence}/${fork.refusedMovementId}`,
    sku: fork.sku,
    location: null,
    message: `sequence ${fork.sequence} of ${fork.sku} recorded by ${fork.recordedBy} came with two movements; the second was not applied`,
    details: {
      recordedBy: fork.recordedBy,
      sequence: `${fork.sequence}`,
      keptMovementId: fork.keptMovementId,
      refusedMovementId: fork.refusedMovementId,
    },
  };
}

/** A service keeps other figures of a SKU than its movements give. */
export function driftAlert(service: string, sku: string, drifts: readonly Drift[]): Alert {
  const figures = listed(
    drifts.map(
      (d) =>
        `${d.bucket} at ${d.location}: ${d.service} instead of ${d.ledger} (${d.difference > 0 ? "+" : ""}${d.difference})`,
    ),
  );
  return {
    code: "BALANCE_DRIFT",
    severity: "CRITICAL",
    subject: driftSubject(service, sku),
    sku,
    location: null,
    message: `${service} keeps figures of ${sku} that its movements do not give: ${figures}`,
    details: { service, positions: JSON.stringify(drifts[0]?.positions ?? {}) },
  };
}

/** The subject under which the drift of a service's SKU stands. */
export function driftSubject(service: string, sku: string): string {
  return `${service}/${sku}`;
}

/** The buckets of a row do not add up, whatever the constraint should have done. */
export function identityAlert(place: { sku: string; location: string }): Alert {
  return {
    code: "IDENTITY_BROKEN",
    severity: "CRITICAL",
    subject: `${place.sku}/${place.location}`,
    sku: place.sku,
    location: place.location,
    message: `the buckets of ${place.sku} at ${place.location} do not add up to its total`,
    details: null,
  };
}
