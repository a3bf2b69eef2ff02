import { type Route, route } from "@septet/service-kit";
import { z } from "zod";
import type { AuditResult } from "../domain/audit.js";
import type { Auditor } from "./auditor.js";
import { BALANCE_BODY, shown } from "./stock-body.js";

const count = z.number().int();
const time = z.iso.datetime();
const range = z.tuple([count, count]);
const position = z.object({ contiguous: count, ahead: z.array(range) });
const stream = z.object({ recordedBy: z.string(), sku: z.string(), head: count, seen: count });
const drift = z.object({
  sku: z.string(),
  location: z.string(),
  bucket: z.string(),
  service: count,
  ledger: count,
  difference: count,
  positions: z.record(z.string(), position),
});

const AUDIT_BODY = z.object({
  identityHolds: z.boolean(),
  agrees: z.boolean(),
  startedAt: time,
  finishedAt: time,
  skus: count,
  rows: count,
  network: z.object(BALANCE_BODY),
  broken: z.array(z.object({ sku: z.string(), location: z.string() })),
  services: z.array(
    z.object({
      service: z.string(),
      error: z.string().nullable(),
      compared: count,
      pending: count,
      lagging: count,
      driftCount: count,
      drifts: z.array(drift),
      missingTailCount: count,
      missingTail: z.array(stream),
    }),
  ),
  gaps: z.array(z.object({ recordedBy: z.string(), sku: z.string(), missing: z.array(range), since: time })),
  forkCount: count,
  forks: z.array(
    z.object({
      sku: z.string(),
      recordedBy: z.string(),
      sequence: count,
      keptMovementId: z.string(),
      refusedMovementId: z.string(),
    }),
  ),
  heads: z.array(z.object({ recordedBy: z.string(), streams: count, movements: count })),
  lagging: count,
});

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

function auditBody({ scan, services, gaps, startedAt, finishedAt, ...result }: AuditResult) {
  return {
    identityHolds: scan.identityHolds,
    agrees: result.agrees,
    startedAt: instant(startedAt),
    finishedAt: instant(finishedAt),
    skus: scan.skus,
    rows: scan.rows,
    network: shown(scan.network),
    broken: scan.broken,
    services: services.map(({ watched: _, ...service }) => service),
    gaps: gaps.map(({ recordedBy, sku, missing, since }) => ({ recordedBy, sku, missing, since: instant(since) })),
    forkCount: result.forkCount,
    forks: result.forks,
    heads: result.heads,
    lagging: result.lagging,
  };
}

/** Scans and compares, now. */
export function auditRoute(auditor: Auditor): Route {
  return route({
    method: "GET",
    path: "/v1/audit",
    roles: ["operator", "sre"],
    summary: "Scans the identity of every row and compares every service's balances with the movements it has applied",
    query: z.strictObject({}),
    responses: { 200: { description: "what was found; it began after the question", body: AUDIT_BODY } },
    handler: async () => ({ status: 200, body: auditBody(await auditor.audit()) }),
  });
}
