import { isoTime } from "@septet/service-kit";
import { type Fulfilment, openOf } from "../domain/fulfilment.js";

/** A fulfilment as clerks see it: pieces per line and what became of them, times in ISO 8601 UTC. */
export function fulfilmentView(fulfilment: Fulfilment) {
  const { fulfilmentId, orderId, location, state, tracking } = fulfilment;
  return {
    fulfilmentId,
    orderId,
    location,
    state,
    tracking,
    deliverBy: isoTime(fulfilment.deliverBy),
    requestedAt: isoTime(fulfilment.requestedAt),
    pickedAt: isoTime(fulfilment.pickedAt),
    closedAt: isoTime(fulfilment.closedAt),
    lines: fulfilment.lines.map((line) => ({ ...line, open: openOf(line) })),
  };
}
