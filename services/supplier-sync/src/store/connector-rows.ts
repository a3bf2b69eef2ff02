import type { Session } from "@septet/messaging";
import type { PullState } from "../domain/connector.js";
import type { Tier } from "../domain/terms.js";
import type { PullSource, Validators } from "../pulling/pull.js";
import { ms, time } from "./columns.js";

/** A way to a supplier's own system. */
export interface Connector {
  readonly supplierId: string;
  readonly connectorId: string;
  readonly source: Omit<PullSource, "headers">;
  readonly headers: PullSource["headers"];
  readonly tier: Tier;
  /** Whether the feed names all that the supplier has. */
  readonly full: boolean;
  readonly enabled: boolean;
}

/** A connector and how it went. Times in epoch ms. */
export interface ConnectorRow extends Connector, PullState, Validators {
  /** When its figures were last read, not only found unchanged. */
  readonly readAt: number | null;
  readonly pulledAt: number | null;
  readonly lastOutcome: "PULLED" | "UNCHANGED" | "FAILED" | null;
  readonly lastFault: string | null;
}

/** A connector that is ours to pull, and the moment at which it became so, epoch ms. */
export interface ClaimedConnector extends ConnectorRow {
  readonly claimedAt: number;
}

const COLUMNS = `c.supplier_id AS "supplierId", c.connector_id AS "connectorId", c.source, c.headers, c.tier, c.is_full AS full,
  c.enabled, ${ms("c.next_at", '"nextAt"')}, c.failures, c.circuit, c.etag, c.last_modified AS "lastModified",
  ${ms("c.read_at", '"readAt"')}, ${ms("c.pulled_at", '"pulledAt"')}, c.last_outcome AS "lastOutcome",
  c.last_fault AS "lastFault"`;
const LOAD = `SELECT ${COLUMNS} FROM connector c WHERE c.supplier_id = $1 AND c.connector_id = $2`;
const LIST = `SELECT ${COLUMNS} FROM connector c WHERE c.supplier_id = $1 AND c.connector_id > $2
  ORDER BY c.connector_id LIMIT $3`;
// A changed connector begins anew: what was said of the old source is not said of the new.
const PUT = `INSERT INTO connector (supplier_id, connector_id, source, headers, tier, is_full, enabled, next_at, circuit)
  VALUES ($1, $2, $3, $4, $5, $6, $7, septet_now(), $8)
  ON CONFLICT (supplier_id, connector_id) DO UPDATE SET source = excluded.source, headers = excluded.headers,
    tier = excluded.tier, is_full = excluded.is_full, enabled = excluded.enabled, next_at = excluded.next_at, failures = 0,
    circuit = excluded.circuit, claim = NULL, claimed_until = NULL, etag = NULL, last_modified = NULL, read_at = NULL`;
const DELETE = "DELETE FROM connector WHERE supplier_id = $1 AND connector_id = $2 RETURNING connector_id";
const CALL = `UPDATE connector SET next_at = septet_now() WHERE supplier_id = $1 AND connector_id = $2 RETURNING connector_id`;
// One at a time: what somebody else is about to take is passed over, and nobody waits.
const CLAIM = `UPDATE connector c SET claim = $1, claimed_until = septet_now() + $2 * interval '1 ms'
  FROM (SELECT d.supplier_id, d.connector_id FROM connector d
      JOIN supplier s ON s.supplier_id = d.supplier_id AND s.state <> 'ENDED'
      WHERE d.enabled AND d.next_at <= (SELECT septet_now())
        AND (d.claimed_until IS NULL OR d.claimed_until <= (SELECT septet_now()))
      ORDER BY d.next_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED) due
  WHERE c.supplier_id = due.supplier_id AND c.connector_id = due.connector_id
  RETURNING ${COLUMNS}, ${ms("septet_now()", '"claimedAt"')}`;
const FINISH = `UPDATE connector SET next_at = ${time("$4::float8")}, failures = $5, circuit = $6, claim = NULL,
    claimed_until = NULL, pulled_at = septet_now(), last_outcome = $7, last_fault = $8
  WHERE supplier_id = $1 AND connector_id = $2 AND claim = $3`;
const READ = `UPDATE connector SET etag = $4, last_modified = $5, read_at = ${time("$6::float8")}
  WHERE supplier_id = $1 AND connector_id = $2 AND claim = $3`;

export async function loadConnector(
  session: Session,
  supplierId: string,
  id: string,
): Promise<ConnectorRow | undefined> {
  return (await session.query<ConnectorRow>(LOAD, [supplierId, id]))[0];
}

/** At most `limit` connectors of a supplier after one, by id. */
export function listConnectors(
  session: Session,
  supplierId: string,
  after: string,
  limit: number,
): Promise<ConnectorRow[]> {
  return session.query<ConnectorRow>(LIST, [supplierId, after, limit]);
}

/** Writes a connector as it is to stand; it is due at once. The caller holds the supplier. */
export async function putConnector(session: Session, connector: Connector, { circuit }: PullState): Promise<void> {
  const { supplierId, connectorId, source, headers, tier, full, enabled } = connector;
  const json = JSON.stringify;
  await session.query(PUT, [supplierId, connectorId, json(source), json(headers), tier, full, enabled, json(circuit)]);
}

/** Takes a connector away; false when there is none. */
export async function deleteConnector(session: Session, supplierId: string, id: string): Promise<boolean> {
  return (await session.query(DELETE, [supplierId, id])).length > 0;
}

/** Makes a connector due now; false when there is none. */
export async function callConnector(session: Session, supplierId: string, id: string): Promise<boolean> {
  return (await session.query(CALL, [supplierId, id])).length > 0;
}

/** Takes the connector that is due longest for so long, under a name of the caller's; undefined when none is due. */
export async function claimConnector(
  session: Session,
  claim: string,
  forMs: number,
): Promise<ClaimedConnector | undefined> {
  return (await session.query<ClaimedConnector>(CLAIM, [claim, forMs]))[0];
}

/** Keeps what a feed said of itself and when it was read; changes nothing once the claim is over. */
export async function keepValidators(
  session: Session,
  { supplierId, connectorId }: Connector,
  claim: string,
  { etag, lastModified }: Validators,
  readAt: number,
): Promise<void> {
  await session.query(READ, [supplierId, connectorId, claim, etag, lastModified, readAt]);
}

/** Gives a claim back with how it went; changes nothing once the claim is over. */
export async function finishPull(
  session: Session,
  { supplierId, connectorId }: Connector,
  claim: string,
  state: PullState,
  outcome: NonNullable<ConnectorRow["lastOutcome"]>,
  fault: string | null,
): Promise<void> {
  const { nextAt, failures, circuit } = state;
  const how = [nextAt, failures, JSON.stringify(circuit), outcome, fault];
  await session.query(FINISH, [supplierId, connectorId, claim, ...how]);
}
