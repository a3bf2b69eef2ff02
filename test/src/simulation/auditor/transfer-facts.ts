import type { StockMovement } from "@septet/stock-contracts";
import type { Exchange } from "../world/history.js";
import type { Evidence } from "./auditor.js";
import { movementsOf } from "./movement-rules.js";

/** Pieces of a transfer line as movements, refusals and clerks tell of them. */
export interface TransferLineFacts {
  readonly transferId: string;
  readonly lineId: string;
  /** Asked of the source; undefined: not at all. */
  asked: number | undefined;
  rejected: number;
  reserved: number;
  givenBack: number;
  short: number;
  damagedBefore: number;
  dispatched: number;
  received: number;
  damaged: number;
  returned: number;
  lost: number;
  surplus: number;
  surplusUnsellable: number;
  /** Receipts of the warehouse that name the transfer. */
  receipts: number;
  receiptsUnsellable: number;
  /** Something arrived or was given up that had not left, at some moment. */
  outOfNowhere: boolean;
}

export const keyOf = (transferId: string, lineId: string): string => JSON.stringify([transferId, lineId]);
export const isTaken = ({ answers }: Pick<Exchange, "answers">): boolean =>
  answers.some(({ status }) => status >= 200 && status < 300);

/** Adds up by line what the messages say. */
export function gatherTransferLines(evidence: Evidence): Map<string, TransferLineFacts> {
  const lines = new Map<string, TransferLineFacts>();
  const line = (transferId: string, lineId: string): TransferLineFacts => {
    const known = lines.get(keyOf(transferId, lineId));
    if (known !== undefined) return known;
    const facts = nothingKnown(transferId, lineId);
    lines.set(keyOf(transferId, lineId), facts);
    return facts;
  };
  const { history } = evidence;
  const heard = new Set<string>();
  const first = (eventId: string) => !heard.has(eventId) && heard.add(eventId) !== undefined;
  for (const { value } of history.records("TransferReservationRequested")) {
    if (first(value.eventId)) line(value.transferId, value.lineId).asked = value.quantity;
  }
  for (const { value } of history.records("TransferReservationRejected")) {
    if (first(value.eventId)) line(value.transferId, value.lineId).rejected += value.quantity;
  }
  for (const { value } of history.records("TransferSurplusArrived")) {
    if (!first(value.eventId)) continue;
    line(value.transferId, value.lineId).surplus += value.quantity;
    line(value.transferId, value.lineId).surplusUnsellable += value.unsellable;
  }
  for (const movement of movementsOf(evidence)) {
    const { type, id, line: lineId } = movement.reference;
    if (type === "transfer") addMovement(line(id, lineId ?? ""), movement);
    else if (movement.reverses === null && id.startsWith("transfer:")) {
      const facts = line(id.slice("transfer:".length).split("/")[0]!, lineId ?? "");
      facts.receipts += sumOf(movement, "total");
      facts.receiptsUnsellable += sumOf(movement, "unsellable");
    }
  }
  return lines;
}

function addMovement(facts: TransferLineFacts, movement: StockMovement): void {
  const promised = sumOf(movement, "transferReserved");
  switch (movement.kind) {
    case "TRANSFER_RESERVE":
      facts.reserved += promised;
      return;
    case "TRANSFER_CANCEL":
      facts.givenBack -= promised;
      return;
    case "TRANSFER_SHORT":
      facts.short -= promised;
      return;
    case "TRANSFER_DAMAGE":
      facts.damagedBefore -= promised;
      return;
    case "TRANSFER_DISPATCH":
      facts.dispatched += sumOf(movement, "inTransit");
      return;
    case "TRANSFER_LOSS":
      facts.lost -= promised;
      break;
    case "TRANSFER_RECEIVE": {
      facts.received -= promised;
      facts.damaged += sumOf(movement, "unsellable");
      const from = movement.legs.find(({ bucket }) => bucket === "inTransit")?.location;
      const at = movement.legs.find(({ bucket }) => bucket === "total")?.location;
      if (from === at) facts.returned -= promised;
    }
  }
  if (facts.received + facts.lost > facts.dispatched) facts.outOfNowhere = true;
}

function sumOf({ legs }: StockMovement, bucket: string): number {
  return legs.reduce((sum, leg) => (leg.bucket === bucket ? sum + leg.delta : sum), 0);
}

const nothingKnown = (transferId: string, lineId: string): TransferLineFacts => ({
  ...{ transferId, lineId, asked: undefined, rejected: 0, reserved: 0, givenBack: 0, short: 0, damagedBefore: 0 },
  ...{ dispatched: 0, received: 0, damaged: 0, returned: 0, lost: 0, surplus: 0, surplusUnsellable: 0 },
  ...{ receipts: 0, receiptsUnsellable: 0, outOfNowhere: false },
});
