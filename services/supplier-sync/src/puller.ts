import { type Database, type Job, type ServiceContext, transact } from "@septet/service-kit";
import { DEFAULT_BACKOFF } from "./domain/backoff.js";
import { termsAt } from "./domain/batches.js";
import { DEFAULT_CIRCUIT } from "./domain/circuit-breaker.js";
import { CLAIM_MS, type PullState, pulled, pullFailed } from "./domain/connector.js";
import { spreadOf } from "./domain/spread.js";
import type { SupplierTerms } from "./domain/terms.js";
import type { PULL_VARIABLES } from "./pull-config.js";
import { type AllowedAddresses, allowedAddresses } from "./pulling/allowed-addresses.js";
import { FetchFault } from "./pulling/guarded-request.js";
import { type Pulled, pull } from "./pulling/pull.js";
import { takeReport } from "./reporting.js";
import {
  type ClaimedConnector,
  type ConnectorRow,
  claimConnector,
  finishPull,
  keepValidators,
} from "./store/connector-rows.js";
import { loadSupplier } from "./store/supplier-rows.js";
import { loadTerms } from "./store/terms-rows.js";

const EVERY_MS = 1_000;
/** Pulls under way at once, each with at most a page in memory besides its lines. */
const MAX_PULLS = 4;
const MINUTE_MS = 60_000;

type Context = ServiceContext<typeof PULL_VARIABLES>;

/**
 * Pulls what is due, by the database's clock. Each connector is claimed before it is pulled, so that of several instances one
 * pulls it; a claim whose holder died ends by itself. A slow supplier holds up nobody else.
 */
export function puller(context: Context): Job {
  const { db, every, logger, newId, config } = context;
  const allowed = allowedAddresses(config.PULL_ALLOWED_NETWORKS);
  const stop = new AbortController();
  const underWay = new Set<Promise<void>>();
  const start = (connector: ClaimedConnector, claim: string) => {
    const work = pullOne(db, connector, claim, allowed, stop.signal)
      .catch((err) =>
        logger.error({ err, supplierId: connector.supplierId }, "a pull was not finished, it is due again"),
      )
      .finally(() => underWay.delete(work));
    underWay.add(work);
  };
  context.onStop("pulls", async () => {
    stop.abort();
    await Promise.all(underWay);
  });
  return every(EVERY_MS, "pulls", async () => {
    while (underWay.size < MAX_PULLS && !stop.signal.aborted) {
      const claim = newId();
      const connector = await transact(db, {}, (unit) => claimConnector(unit, claim, CLAIM_MS));
      if (connector === undefined) return;
      start(connector, claim);
    }
  });
}

/** Pulls a connector, applies what it said down the path of every report, and says when it is due again. */
async function pullOne(
  db: Database,
  connector: ClaimedConnector,
  claim: string,
  allowed: AllowedAddresses,
  stop: AbortSignal,
): Promise<void> {
  const terms = await termsOf(db, connector);
  const spread = spreadOf(`${connector.supplierId}/${connector.connectorId}/${connector.claimedAt}`);
  try {
    const source = { ...connector.source, headers: connector.headers };
    const found = await pull(source, allowed, newsOnly(connector, terms), stop);
    if (found.outcome === "PULLED") await report(db, connector, found);
    await transact(db, {}, async (unit) => {
      if (found.outcome === "PULLED") {
        await keepValidators(unit, connector, claim, found.validators, connector.claimedAt);
      }
      const state = pulled(terms.tiers, connector.tier, unit.now, spread);
      await finishPull(unit, connector, claim, state, found.outcome, null);
    });
  } catch (error) {
    if (!(error instanceof FetchFault)) throw error;
    await transact(db, {}, (unit) => {
      const rules = { backoff: DEFAULT_BACKOFF, circuit: DEFAULT_CIRCUIT };
      const state: PullState = pullFailed(connector, rules, unit.now, spread, error.afterMs);
      return finishPull(unit, connector, claim, state, "FAILED", error.message.slice(0, 500));
    });
  }
}

/**
 * What the feed said of itself, so that it answers with news only; nothing once its figures begin to age: "unchanged" tells
 * nobody which figures are fresh again, so that they are read whole in good time.
 */
function newsOnly({ etag, lastModified, readAt, claimedAt }: ClaimedConnector, { freshness }: SupplierTerms) {
  const young = readAt !== null && claimedAt - readAt < (freshness.fadeAfterMinutes * MINUTE_MS) / 2;
  return young ? { etag, lastModified } : { etag: null, lastModified: null };
}

async function report(db: Database, connector: ClaimedConnector, found: Pulled & { outcome: "PULLED" }): Promise<void> {
  const { supplierId, connectorId, claimedAt, full } = connector;
  const faults = found.errors.map(({ row, column, fault, reason, code, sku }) => {
    const told = { row, column, code: fault, reason };
    const article = code ?? sku;
    return article === null ? told : { ...told, article };
  });
  const result = await takeReport(db, {
    supplierId,
    reportId: `pull-${connectorId}-${claimedAt}`,
    kind: "SNAPSHOT",
    source: "API",
    sequence: null,
    // It was so no earlier than when we asked.
    asOf: claimedAt,
    scheduled: false,
    toldBy: `connector:${connectorId}`,
    full,
    doubted: false,
    lines: found.lines,
    faults,
  });
  if (result.outcome === "REFUSED") throw new FetchFault(`was not taken: ${result.detail}`, { again: true });
}

function termsOf(db: Database, { supplierId }: ConnectorRow): Promise<SupplierTerms> {
  return transact(db, {}, async (unit) => {
    const supplier = await loadSupplier(unit, supplierId);
    if (supplier === undefined) throw new Error(`no supplier ${supplierId}`);
    const versions = (await loadTerms(unit, [supplierId])).get(supplierId) ?? [];
    return termsAt({ zone: supplier.timeZone, versions }, unit.now).terms;
  });
}
