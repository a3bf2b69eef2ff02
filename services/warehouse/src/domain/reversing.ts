import { type MovementDraft, movementKind } from "@septet/stock-contracts";
import type { LineSettled, ReverseMovement } from "./commands.js";
import { type LineAccount, takeBack } from "./fulfilment.js";
import type { Reversed, Taken } from "./outcomes.js";
import { type LineDecision, type RecordedMovement, reversalOf } from "./recorded-movement.js";
import { type Refusal, type RefusalCode, refuse } from "./refusal.js";
import { type DocumentKind, documentIdOf } from "./stock-document.js";
import type { Workbench } from "./workbench.js";

/** For how long what was recorded can be taken back, days. */
export const REVERSIBLE_DAYS = 90;

const ACCOUNTS: Readonly<Record<string, LineAccount>> = {
  SHIP: "shipped",
  PICK_SHORT: "short",
  PICK_DAMAGE: "damaged",
};
const DOCUMENTS: Readonly<Record<string, DocumentKind>> = {
  receipt: "RECEIPT",
  return: "RETURN",
  disposal: "DISPOSAL",
};
/** What to do about kinds that are not reversed. */
const INSTEAD: Readonly<Record<string, string>> = {
  DAMAGE: "book a restoration",
  RESTORE: "book a damage",
  COUNT_ADJUST: "count again, or adjust by the difference",
};
const DECIDED: Readonly<Record<LineDecision, { code: RefusalCode; how: string }>> = {
  RE_SOURCED: { code: "LINE_RE_SOURCED", how: "is served from elsewhere since" },
  SHORTED: { code: "LINE_SHORTED", how: "is shorted since" },
  CANCELLED: { code: "LINE_CANCELLED", how: "is cancelled since" },
};

/**
 * Takes back a movement that was recorded by mistake, once. What was handed over by it leaves its fulfilment; of a
 * shipment order-reservation asks again, under a new fulfilment.
 */
export function reverse(bench: Workbench, { movementId, reason, actor }: ReverseMovement): Reversed | Refusal {
  const known = bench.recorded(movementId);
  if (known === undefined) {
    const told = `the warehouse has recorded no such movement within ${REVERSIBLE_DAYS} days`;
    return refuse("UNKNOWN_MOVEMENT", `${told}; others are taken back by their recorder`);
  }
  const refused = refusalOf(known);
  if (refused !== undefined) return refused;
  const reversal = reversalOf(known, reason, actor);
  if (takesMissingUnsellable(bench, known, reversal)) {
    return refuse("NOT_ON_HAND", "the unsellable pieces it brought are not there any more", [
      { field: "movementId", reason: `not that many unsellable ${known.sku} are there` },
    ]);
  }
  bench.recordReversal(known, reversal);
  leaveFulfilment(bench, known);
  const kind = DOCUMENTS[known.reference.type];
  if (kind !== undefined && known.reference.line !== null) {
    const unsellable = known.variant === "unsellable" ? known.quantity : 0;
    const documentId = documentIdOf({ kind, location: known.location, reference: known.reference.id });
    bench.reverseDocumentLine({ documentId, line: known.reference.line, quantity: known.quantity, unsellable });
  }
  return { outcome: "REVERSED", reversed: known, reversal };
}

/** order-reservation has gone on with a line: what was lost of it at picking cannot be promised to it again. */
export function noteSettled(bench: Workbench, { orderId, lines, decision }: Omit<LineSettled, "type">): Taken {
  bench.settleLines(
    orderId,
    lines.map(({ lineId }) => lineId),
    decision,
  );
  return { outcome: "TAKEN" };
}

function refusalOf({ kind, reverses, reversedBy, decided, reference }: RecordedMovement): Refusal | undefined {
  if (reverses !== null) return refuse("IS_REVERSAL", "it takes another one back itself: enter the fact anew");
  if (reversedBy !== null) return refuse("ALREADY_REVERSED", "it has been taken back before");
  if (movementKind(kind)?.reversible !== true) {
    const instead = INSTEAD[kind] ?? "book its opposite";
    return refuse("NOT_REVERSIBLE", `a ${kind} is not taken back: ${instead}`);
  }
  if (decided === null) return undefined;
  const { code, how } = DECIDED[decided];
  const found = "what is found again is counted, or adjusted by the difference";
  return refuse(code, `line ${reference.line} of order ${reference.id} ${how}: ${found}`);
}

function takesMissingUnsellable(
  bench: Workbench,
  { sku, location }: RecordedMovement,
  { legs }: MovementDraft,
): boolean {
  const taken = legs.find(({ bucket, delta }) => bucket === "unsellable" && delta < 0);
  return taken !== undefined && bench.onHand.at(sku, location).unsellable + taken.delta < 0;
}

function leaveFulfilment(bench: Workbench, known: RecordedMovement): void {
  const { kind, fulfilmentId, reference, sku, quantity } = known;
  const account = ACCOUNTS[kind];
  const fulfilment = fulfilmentId === null ? undefined : bench.fulfilment(fulfilmentId);
  if (account === undefined || fulfilment === undefined || reference.line === null) return;
  bench.keep(takeBack(fulfilment, account, { lineId: reference.line, sku, quantity }));
}
