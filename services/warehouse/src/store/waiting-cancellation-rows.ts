import type { Session } from "@septet/messaging";
import type { CancelFulfilment } from "../domain/commands.js";

const LOAD = `SELECT command FROM waiting_cancellation WHERE fulfilment_id = ANY($1::text[]) ORDER BY received_at, request_id`;
const CREATE = `INSERT INTO waiting_cancellation (request_id, fulfilment_id, command)
  SELECT * FROM unnest($1::text[], $2::text[], $3::jsonb[])`;
const DELETE = `DELETE FROM waiting_cancellation WHERE request_id = ANY($1::text[])`;

/** The cancel requests that came before these fulfilments, by fulfilment, oldest first. */
export async function loadWaitingCancellations(
  session: Session,
  fulfilmentIds: readonly string[],
): Promise<Map<string, CancelFulfilment[]>> {
  const waiting = new Map<string, CancelFulfilment[]>();
  if (fulfilmentIds.length === 0) return waiting;
  for (const { command } of await session.query<{ command: CancelFulfilment }>(LOAD, [fulfilmentIds])) {
    waiting.set(command.fulfilmentId, [...(waiting.get(command.fulfilmentId) ?? []), command]);
  }
  return waiting;
}

/** Keeps those that must wait, and forgets those that were answered. */
export async function keepWaitingCancellations(
  session: Session,
  waiting: readonly CancelFulfilment[],
  answered: readonly string[],
): Promise<void> {
  if (waiting.length > 0) {
    await session.query(CREATE, [
      waiting.map((command) => command.requestId),
      waiting.map((command) => command.fulfilmentId),
      waiting.map((command) => JSON.stringify(command)),
    ]);
  }
  if (answered.length > 0) await session.query(DELETE, [answered]);
}
