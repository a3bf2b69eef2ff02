import { openGaps, type Session } from "@septet/messaging";
import { isGapSubject } from "../domain/alert.js";
import type { AuditResult, StandingAlerts } from "../domain/audit.js";
import { scanIdentity } from "../store/identity-scan.js";
import { readAlerts } from "../store/raised-alerts.js";
import { readForks } from "../store/stream-forks.js";
import { readHeads } from "../store/streams.js";
import type { BalancesClient } from "./balances-client.js";
import { COMPARISON_LIMITS, type ComparisonLimits, compareService, type MovementsLog } from "./service-comparison.js";

export interface AuditorOptions {
  readonly session: Session;
  readonly clients: readonly BalancesClient[];
  readonly log: MovementsLog;
  wait(ms: number): Promise<void>;
  now(): number;
  /** Metrics and alerts; the audit is done when it has resolved. `before` is this process's audit before it. */
  publish(result: AuditResult, standing: StandingAlerts, before: AuditResult | undefined): Promise<void>;
  readonly limits?: ComparisonLimits;
}

/**
 * Runs audits, one at a time: an audit asked for while one runs begins when that has ended, so that whoever asks gets one
 * that began after the question, and those who wait share it.
 */
export class Auditor {
  readonly #options: AuditorOptions;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<AuditResult> | undefined;
  #before: AuditResult | undefined;

  constructor(options: AuditorOptions) {
    this.#options = options;
  }

  audit(): Promise<AuditResult> {
    this.#next ??= this.#after(this.#running);
    return this.#next;
  }

  async #after(running: Promise<void>): Promise<AuditResult> {
    await running;
    this.#next = undefined;
    const audit = this.#run();
    const ended = () => {};
    // Whoever waits for its turn does not care how the audit before ended; who asked for that one is told.
    this.#running = audit.then(ended, ended);
    return audit;
  }

  async #run(): Promise<AuditResult> {
    const { session, clients, limits = COMPARISON_LIMITS, log, wait, now } = this.#options;
    const startedAt = now();
    const standing = await readStanding(session);
    const watched = new Set([...standing.drift, ...standing.tail].flatMap(({ sku }) => sku ?? []));
    const services = await Promise.all(
      clients.map((client) => compareService(client, { session, log, wait, watched }, limits)),
    );
    const scan = await scanIdentity(session, limits.maxNamed);
    const forks = await readForks(session, limits.maxNamed);
    const result: AuditResult = {
      startedAt,
      scan,
      agrees: services.every((s) => s.error === null && s.driftCount === 0 && s.missingTailCount === 0),
      services,
      gaps: await openGaps(session, limits.maxNamed),
      forkCount: forks.count,
      forks: forks.items,
      heads: await readHeads(session),
      lagging: await log.behind(await log.end()),
      finishedAt: now(),
    };
    await this.#options.publish(result, standing, this.#before);
    this.#before = result;
    return result;
  }
}

async function readStanding(session: Session): Promise<StandingAlerts> {
  const gaps = await readAlerts(session, "MOVEMENT_GAP");
  return {
    drift: await readAlerts(session, "BALANCE_DRIFT"),
    tail: gaps.filter(({ subject }) => !isGapSubject(subject)),
    identity: await readAlerts(session, "IDENTITY_BROKEN"),
  };
}
