import { dropSpares } from "./bundles.js";
import { cancelLines, cancelWhole } from "./cancelling.js";
import { holdCart } from "./cart-holding.js";
import { expireCart, isWholeHere, releaseFromCartAt } from "./cart-release.js";
import type { Command } from "./commands.js";
import { examineDeficit } from "./deficits.js";
import { Draft } from "./draft.js";
import { expire, isReleasable } from "./expiring.js";
import { extend } from "./extending.js";
import { takeCancelled, takeShipped } from "./fulfilment-answers.js";
import { tendAllLocks, tendLocksAfter } from "./locking.js";
import { applyMovement } from "./movements.js";
import { moveReservation } from "./moving.js";
import { copyOfOrder } from "./order.js";
import { settle } from "./outcome-events.js";
import type { Decision, Outcome } from "./outcomes.js";
import { pay } from "./paying.js";
import { place, refuseInvalid } from "./placing.js";
import { endPromotion, releaseLock, schedulePromotion } from "./promotion-scheduling.js";
import { acknowledgeShortage, chooseRemedies, settleOverdue } from "./settling-shortages.js";
import { reserveTransfer } from "./transferring.js";
import type { World } from "./world.js";

/**
 * Decides a slice of commands in arrival order: outcomes, movements and events in the order in which they were
 * decided, and what to write. The same world and commands give the same decision; the world is not changed.
 * Answers `NEEDS` when the outcome depends on orders that are not loaded: add them to the world and decide again.
 * @param wantsCopy commands whose outcome must show the order as this command left it, whatever follows in the slice
 */
export function decide(world: World, commands: readonly Command[], wantsCopy?: (index: number) => boolean): Decision {
  const draft = new Draft(world);
  const outcomes: Outcome[] = [];
  draft.command = TIME;
  tendAllLocks(draft);
  for (let i = 0; i < commands.length; i++) {
    draft.command = i;
    const effects = draft.effects.length;
    const outcome = decideOne(draft, commands[i]!);
    tendLocksAfter(draft, commands[i]!, effects);
    if (wantsCopy?.(i) === true && "order" in outcome && outcome.order !== undefined) {
      outcome.order = copyOfOrder(outcome.order);
    }
    if (outcome.type === "CART_DECIDED" && outcome.hold !== undefined) outcome.hold = { ...outcome.hold };
    outcomes.push(outcome);
  }
  const needs = draft.needs();
  if (needs !== undefined) return needs;
  return { type: "DECIDED", outcomes, effects: draft.effects, ...draft.changes() };
}

/** In place of a command's index: nobody's doing. */
const TIME = -1;

function decideOne(draft: Draft, command: Command): Outcome {
  switch (command.type) {
    case "PlaceOrder":
      return place(draft, command.placement);
    case "RefuseInvalidOrder":
      return refuseInvalid(draft, command);
    case "CancelOrder": {
      const order = draft.orderOrNew(command.orderId);
      return command.lines === null
        ? cancelWhole(draft, order)
        : cancelLines(draft, order, command.lines, command.asks);
    }
    case "PaymentSucceeded":
      return pay(draft, draft.orderOrNew(command.orderId));
    case "PaymentFailed":
      // The hold stays until its time: shoppers try again.
      return { type: "NOTHING", order: draft.order(command.orderId) };
    case "ExpireHold": {
      const order = draft.order(command.orderId);
      if (order === undefined || !isReleasable(draft, order)) return { type: "NOTHING", order };
      expire(draft, order);
      return { type: "RECORDED", order };
    }
    case "ExtendHold":
      return extend(draft, draft.order(command.orderId), command.seconds);
    case "HoldCart":
      return holdCart(draft, command.wish);
    case "ExpireCart": {
      const hold = draft.carts.take(command.cartId, command.sku);
      if (hold === undefined || hold.expiresAt > draft.now || !isWholeHere(draft, hold))
        return { type: "NOTHING", order: undefined };
      expireCart(draft, hold);
      return { type: "APPLIED" };
    }
    case "YieldCart": {
      const hold = draft.carts.take(command.cartId, command.sku);
      if (hold === undefined || !isWholeHere(draft, hold)) return { type: "NOTHING", order: undefined };
      releaseFromCartAt(draft, hold, command.missing, command.missing.pieces, "SHORTED");
      return { type: "APPLIED" };
    }
    case "ApplyMovement":
      return applyMovement(draft, command.movement);
    case "FulfilmentCancelled": {
      const order = draft.order(command.orderId);
      if (order === undefined) return { type: "NOTHING", order };
      return takeCancelled(draft, order, command.fulfilmentId, command.lines);
    }
    case "FulfilmentShipped": {
      const order = draft.order(command.orderId);
      if (order === undefined) return { type: "NOTHING", order };
      return takeShipped(order, command.fulfilmentId, command.tracking);
    }
    case "MoveReservation":
      return moveReservation(draft, command.orderId, command.moves);
    case "ReserveTransfer":
      return reserveTransfer(draft, command.request);
    case "ExamineDeficit":
      examineDeficit(draft, command.sku, command.location);
      return { type: "APPLIED" };
    case "SchedulePromotion":
      return schedulePromotion(draft, command.schedule);
    case "EndPromotion":
      return endPromotion(draft, command.promotionId);
    case "ReleaseLock":
      return releaseLock(draft, command.lock, command.quantity);
    case "TendLocks":
      // What time asks of the locks of the slice is done before its first command.
      return { type: "APPLIED" };
    case "ListSku":
      return listSku(draft, command);
    case "ChooseRemedies":
      return chooseRemedies(draft, command);
    case "AcknowledgeShortage":
      return acknowledgeShortage(draft, command);
    case "DropSpares": {
      const order = draft.order(command.orderId);
      if (order === undefined || !order.hasSpares) return { type: "NOTHING", order };
      dropSpares(draft, order);
      settle(draft, order);
      return { type: "RECORDED", order };
    }
    case "SettleOverdue":
      return settleOverdue(draft, draft.order(command.orderId));
    case "DefineLocation":
      return defineLocation(draft, command);
    case "ShowOrder":
      return { type: "NOTHING", order: draft.order(command.orderId) };
  }
}

function listSku(draft: Draft, { type: _type, ...listing }: Extract<Command, { type: "ListSku" }>): Outcome {
  draft.list(listing);
  return { type: "APPLIED" };
}

function defineLocation(draft: Draft, command: Extract<Command, { type: "DefineLocation" }>): Outcome {
  const { location, active, version } = command;
  if (version > draft.location(location).version) {
    draft.define({ location, kind: command.kind === "SUPPLIER" ? "SUPPLIER" : "WAREHOUSE", active, version });
  }
  return { type: "APPLIED" };
}
