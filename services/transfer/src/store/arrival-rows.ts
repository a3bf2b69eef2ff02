import type { Session } from "@septet/messaging";
import type { Of } from "../domain/decision.js";
import type { Arrival } from "../domain/transfer.js";
import { ms, time } from "./columns.js";

const LOAD = `SELECT a.transfer_id, a.arrival_id, a.content
  FROM unnest($1::text[], $2::text[]) AS asked (transfer_id, arrival_id)
  JOIN arrival a ON a.transfer_id = asked.transfer_id AND a.arrival_id = asked.arrival_id`;
const CREATE = `INSERT INTO arrival (transfer_id, arrival_id, content, location, arrived_at, actor)
  SELECT id, arrival_id, content, location, ${time("arrived_at")}, actor
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::text[])
    AS a (id, arrival_id, content, location, arrived_at, actor)`;
const CREATE_LINES = `INSERT INTO arrival_line (transfer_id, arrival_id, line_id, sellable, damaged, lost, surplus)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::int[])`;

/** The most arrivals of a transfer that are shown: a transfer of more has its figures in its accounts. */
const MAX_ARRIVALS_SHOWN_ROWS = 1_000;
const LIST = `SELECT a.arrival_id AS "arrivalId", a.location, ${ms("a.arrived_at", '"arrivedAt"')}, a.actor,
    sum(l.sellable)::float8 AS sellable, sum(l.damaged)::float8 AS damaged, sum(l.lost)::float8 AS lost,
    sum(l.surplus)::float8 AS surplus
  FROM (SELECT * FROM arrival WHERE transfer_id = $1 ORDER BY arrived_at DESC, arrival_id LIMIT $2) a
  JOIN arrival_line l ON l.transfer_id = a.transfer_id AND l.arrival_id = a.arrival_id
  GROUP BY a.arrival_id, a.location, a.arrived_at, a.actor ORDER BY a.arrived_at, a.arrival_id`;

/** An arrival with its pieces over all lines, by judgement; `surplus` are those that nobody had sent. Epoch ms. */
export interface ArrivalSums {
  readonly arrivalId: string;
  readonly location: string;
  readonly arrivedAt: number;
  readonly actor: string | null;
  readonly sellable: number;
  readonly damaged: number;
  readonly lost: number;
  readonly surplus: number;
}

/** The arrivals of a transfer, oldest first; of more than can be shown the newest. */
export function listArrivals(session: Session, transferId: string): Promise<ArrivalSums[]> {
  return session.query<ArrivalSums>(LIST, [transferId, MAX_ARRIVALS_SHOWN_ROWS]);
}

/** An arrival of a transfer, by name. */
export interface AskedArrival {
  readonly transferId: string;
  readonly arrivalId: string;
}

/** What those of the arrivals that were told before were told with; by transfer and arrival. */
export async function loadArrivals(
  session: Session,
  asked: readonly AskedArrival[],
): Promise<Map<string, Map<string, string>>> {
  const found = new Map<string, Map<string, string>>();
  if (asked.length === 0) return found;
  const rows = await session.query<{ transfer_id: string; arrival_id: string; content: string }>(LOAD, [
    asked.map((arrival) => arrival.transferId),
    asked.map((arrival) => arrival.arrivalId),
  ]);
  for (const { transfer_id, arrival_id, content } of rows) {
    const arrivals = found.get(transfer_id) ?? new Map<string, string>();
    found.set(transfer_id, arrivals.set(arrival_id, content));
  }
  return found;
}

/** Writes arrivals that were told just now. */
export async function createArrivals(session: Session, arrivals: readonly Of<Arrival>[]): Promise<void> {
  if (arrivals.length === 0) return;
  await session.query(CREATE, [
    arrivals.map((arrival) => arrival.transferId),
    arrivals.map(({ row }) => row.arrivalId),
    arrivals.map(({ row }) => row.content),
    arrivals.map(({ row }) => row.location),
    arrivals.map(({ row }) => row.arrivedAt),
    arrivals.map(({ row }) => row.actor),
  ]);
  const lines = arrivals.flatMap(({ transferId, row: { arrivalId, lines } }) =>
    lines.map((line) => ({ transferId, arrivalId, line })),
  );
  await session.query(CREATE_LINES, [
    lines.map(({ transferId }) => transferId),
    lines.map(({ arrivalId }) => arrivalId),
    lines.map(({ line }) => line.lineId),
    lines.map(({ line }) => line.sellable),
    lines.map(({ line }) => line.damaged),
    lines.map(({ line }) => line.lost),
    lines.map(({ line }) => line.surplus),
  ]);
}
