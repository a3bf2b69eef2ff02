import { type Fulfilment, openOf } from "../domain/fulfilment.js";

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** A fulfilment as clerks see it: pieces per line and what became of them, times in ISO 8601 UTC. */
export function fulfilmentView(fulfilment: Fulfilment) {
  const { fulfilmentId, orderId, location, state, tracking } = fulfilment;
  return {
    fulfilmentId,
    orderId,
    location,
    state,
    tracking,
    deliverBy: iso(fulfilment.deliverBy),
    requestedAt: iso(fulfilment.requestedAt),
    pickedAt: iso(fulfilment.pickedAt),
    closedAt: iso(fulfilment.closedAt),
    lines: fulfilment.lines.map((line) => ({ ...line, open: openOf(line) })),
  };
}
