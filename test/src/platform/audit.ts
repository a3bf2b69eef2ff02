import type { ServiceClient } from "./service-client.js";

/** What of `GET /v1/audit` is looked at. */
interface AuditBody {
  readonly agrees: boolean;
  readonly identityHolds: boolean;
  readonly skus: number;
  readonly rows: number;
  readonly services: readonly {
    readonly service: string;
    readonly error: string | null;
    readonly compared: number;
    readonly pending: number;
    readonly lagging: number;
    readonly driftCount: number;
    readonly drifts: readonly { sku: string; location: string; bucket: string; service: number; ledger: number }[];
    readonly missingTailCount: number;
  }[];
  readonly gaps: readonly unknown[];
  readonly forkCount: number;
  readonly lagging: number;
}

/** The ledger's audit in words, and what of it is no success. */
export interface AuditSummary {
  readonly lines: readonly string[];
  readonly failures: readonly string[];
  readonly raw: unknown;
}

const EVERY_MS = 500;

/** The services with buckets of their own; an audit that leaves one out says nothing. */
const AUDITED = ["order-reservation", "warehouse"] as const;

/** Asks for the audit until nothing is under way any more, or until patience ends: then what stays is a failure. */
export async function auditWhenStill(ledger: ServiceClient, patienceMs: number): Promise<AuditSummary> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const { body } = (await ledger.get("/v1/audit")) as { body: AuditBody };
    const summary = summaryOf(body);
    if (summary.failures.length === 0 || Date.now() > deadline) return summary;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

/** An audit agrees with us only if every service was compared to the end, at the same positions, with nothing on the way. */
export function summaryOf(audit: AuditBody): AuditSummary {
  const failures: string[] = [];
  if (!audit.identityHolds) failures.push("audit: the identity does not hold");
  if (audit.forkCount > 0) failures.push(`audit: ${audit.forkCount} streams are forked`);
  if (audit.gaps.length > 0) failures.push(`audit: ${audit.gaps.length} gaps in the streams`);
  if (audit.lagging > 0) failures.push(`audit: the ledger is ${audit.lagging} movements behind`);
  const silent = AUDITED.filter((name) => !audit.services.some(({ service }) => service === name));
  if (silent.length > 0) failures.push(`audit: nobody compared ${silent.join(" and ")}: the ledger's AUDIT_TARGETS`);
  for (const service of audit.services) failures.push(...serviceFailures(service));
  if (failures.length === 0 && !audit.agrees) failures.push("audit: the ledger says that somebody disagrees");
  const lines = [
    `identity ${audit.identityHolds ? "holds" : "BROKEN"} for ${audit.skus} SKUs in ${audit.rows} places`,
    ...audit.services.map((service) => {
      const drift = service.driftCount === 0 ? "agrees with the ledger" : `${service.driftCount} figures DRIFT`;
      return `${service.service} ${drift} on ${service.compared} SKUs`;
    }),
  ];
  return { lines, failures, raw: audit };
}

function serviceFailures(service: AuditBody["services"][number]): string[] {
  const failures: string[] = [];
  const name = `audit: ${service.service}`;
  const [drift] = service.drifts;
  if (service.error !== null) failures.push(`${name} could not be read: ${service.error}`);
  if (service.driftCount > 0)
    failures.push(
      `${name} drifts in ${service.driftCount} figures, such as ${drift?.bucket} of ${drift?.sku} at ${drift?.location}: ${drift?.service}, ledger ${drift?.ledger}`,
    );
  if (service.pending > 0) failures.push(`${name}: ${service.pending} SKUs could not be compared`);
  if (service.lagging > 0) failures.push(`${name} is behind in ${service.lagging} streams`);
  if (service.missingTailCount > 0) failures.push(`${name}: the end of ${service.missingTailCount} streams is lost`);
  return failures;
}
