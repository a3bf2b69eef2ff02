import { type KitMetrics, observeDrift } from "@septet/service-kit";
import { Counter, Gauge } from "prom-client";
import type { AuditResult } from "./domain/audit.js";

/** What only the ledger measures. */
export interface LedgerMetrics {
  /** Counts what a slice came to. */
  count(outcome: { folded: number; duplicates: number; refused: number; forks: readonly unknown[] }): void;
  audited(result: AuditResult): void;
}

export function createLedgerMetrics(kit: KitMetrics): LedgerMetrics {
  const registers = [kit.registry];
  const movements = new Counter({
    name: "septet_ledger_movements_total",
    help: "Movements that arrived, by what became of them (folded, duplicate, refused)",
    labelNames: ["outcome"],
    registers,
  });
  const forks = new Counter({
    name: "septet_ledger_stream_forks_total",
    help: "Sequences that came with another movementId than before",
    registers,
  });
  const identity = new Gauge({
    name: "septet_ledger_identity_holds",
    help: "1 when the last scan found every row to add up, else 0",
    registers,
  });
  const tails = new Gauge({
    name: "septet_ledger_missing_tails",
    help: "Streams that a service has recorded further than they arrived, by service",
    labelNames: ["target"],
    registers,
  });
  const unread = new Gauge({
    name: "septet_ledger_audit_unread",
    help: "1 when the last audit could not read the service to its end, else 0, by service",
    labelNames: ["target"],
    registers,
  });
  const seconds = new Gauge({
    name: "septet_ledger_audit_seconds",
    help: "How long the last audit took, seconds",
    registers,
  });
  return {
    count(outcome) {
      movements.inc({ outcome: "folded" }, outcome.folded);
      movements.inc({ outcome: "duplicate" }, outcome.duplicates);
      movements.inc({ outcome: "refused" }, outcome.refused);
      forks.inc(outcome.forks.length);
    },
    audited(result) {
      identity.set(result.scan.identityHolds ? 1 : 0);
      seconds.set((result.finishedAt - result.startedAt) / 1_000);
      for (const { service, error, driftCount, missingTailCount } of result.services) {
        unread.set({ target: service }, error === null ? 0 : 1);
        // What was not looked at is not mended: only a service that was read to its end lowers its figures.
        if (error === null || driftCount > 0) observeDrift(kit, service, driftCount);
        if (error === null || missingTailCount > 0) tails.set({ target: service }, missingTailCount);
      }
    },
  };
}
