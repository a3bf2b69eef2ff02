import { locationKindOf, movementDraft } from "@septet/stock-contracts";
import type {
  CancelFulfilment,
  PickFulfilment,
  RequestFulfilment,
  ShipFulfilment,
  ShortFulfilment,
} from "./commands.js";
import type { Fulfilment, LineQuantity } from "./fulfilment.js";
import { isClosed, lineKey } from "./fulfilment.js";
import { cancel, pick, ship, short } from "./handing-over.js";
import type { Contradiction, FulfilmentChanged, Taken } from "./outcomes.js";
import { type Refusal, refuse } from "./refusal.js";
import { noteSettled } from "./reversing.js";
import type { Workbench } from "./workbench.js";

/** What is asked of a supplier's location is not the warehouse's to serve. */
const isOurs = (location: string): boolean => locationKindOf(location) === "WAREHOUSE";

/** A fulfilment comes into being, and the cancellations that overtook it are answered at once. */
export function request(bench: Workbench, command: RequestFulfilment): Taken | Contradiction {
  const known = bench.fulfilment(command.fulfilmentId);
  if (!known) noteSettled(bench, { ...command, decision: "RE_SOURCED" });
  if (!isOurs(command.location)) return { outcome: "NOT_OURS" };
  if (known) return sameRequest(known, command) ? { outcome: "KNOWN" } : contradiction(command);
  bench.keep({
    fulfilmentId: command.fulfilmentId,
    orderId: command.orderId,
    location: command.location,
    state: "REQUESTED",
    deliverBy: command.deliverBy,
    requestedAt: bench.world.now,
    pickedAt: null,
    closedAt: null,
    tracking: null,
    lines: command.lines.map((line) => ({ ...line, shipped: 0, short: 0, damaged: 0, cancelled: 0, reversed: 0 })),
  });
  for (const waiting of bench.takeWaiting(command.fulfilmentId)) answerCancellation(bench, waiting);
  return { outcome: "TAKEN" };
}

/** Answers a cancel request exactly once; one that overtook its fulfilment waits for it. */
export function cancelRequested(bench: Workbench, command: CancelFulfilment): Taken {
  if (!isOurs(command.location)) return { outcome: "NOT_OURS" };
  if (!bench.fulfilment(command.fulfilmentId)) {
    bench.wait(command);
    return { outcome: "WAITING" };
  }
  answerCancellation(bench, command);
  return { outcome: "TAKEN" };
}

export function startPicking(bench: Workbench, { fulfilmentId }: PickFulfilment): FulfilmentChanged | Refusal {
  const fulfilment = bench.fulfilment(fulfilmentId);
  if (!fulfilment) return unknown();
  const step = pick(fulfilment, bench.world.now);
  return step.outcome === "REFUSED" ? step : changed(bench, step.next);
}

/** Shipping is a physical fact: it is booked whatever the book says is there. */
export function shipOut(bench: Workbench, command: ShipFulfilment): FulfilmentChanged | Refusal {
  const fulfilment = bench.fulfilment(command.fulfilmentId);
  if (!fulfilment) return unknown();
  const step = ship(fulfilment, command, bench.world.now);
  if (step.outcome === "REFUSED") return step;
  for (const line of step.lines) moveLine(bench, "SHIP", fulfilment, line, command.actor);
  const { fulfilmentId, orderId, location, tracking } = step.next;
  const lines = step.lines.map((line) => ({ ...line, reason: null }));
  const final = isClosed(step.next);
  bench.events.push({ name: "FulfilmentShipped", value: { fulfilmentId, orderId, location, lines, final, tracking } });
  return changed(bench, step.next);
}

/** Missing pieces leave the promise and the count; damaged ones leave the promise and become unsellable. */
export function shortOut(bench: Workbench, command: ShortFulfilment): FulfilmentChanged | Refusal {
  const fulfilment = bench.fulfilment(command.fulfilmentId);
  if (!fulfilment) return unknown();
  const step = short(fulfilment, command, bench.world.now);
  if (step.outcome === "REFUSED") return step;
  for (const line of step.lines) moveLine(bench, "PICK_SHORT", fulfilment, line, command.actor);
  for (const line of step.damaged) moveLine(bench, "PICK_DAMAGE", fulfilment, line, command.actor);
  const lines = [
    ...step.lines.map((line) => ({ ...line, reason: "NOT_FOUND" })),
    ...step.damaged.map((line) => ({ ...line, reason: "DAMAGED" })),
  ];
  const { fulfilmentId, orderId, location } = fulfilment;
  const value = { fulfilmentId, orderId, location, lines, final: isClosed(step.next), tracking: null };
  bench.events.push({ name: "FulfilmentShort", value });
  return changed(bench, step.next);
}

function answerCancellation(bench: Workbench, command: CancelFulfilment): void {
  const fulfilment = bench.fulfilment(command.fulfilmentId)!;
  const step = cancel(fulfilment, command, bench.world.now);
  if (step.next !== fulfilment) bench.keep(step.next);
  const { fulfilmentId, orderId, location } = fulfilment;
  bench.events.push({
    name: "FulfilmentCancelled",
    value: { fulfilmentId, orderId, location, lines: [...step.lines] },
  });
}

function moveLine(
  bench: Workbench,
  kind: "SHIP" | "PICK_SHORT" | "PICK_DAMAGE",
  { fulfilmentId, orderId, location }: Fulfilment,
  { lineId, sku, quantity }: LineQuantity,
  actor: string | null,
): void {
  const reference = { type: "order", id: orderId, line: lineId } as const;
  bench.record({ ...movementDraft(kind, undefined, { sku, quantity, at: location, reference, actor }), fulfilmentId });
}

function changed(bench: Workbench, fulfilment: Fulfilment): FulfilmentChanged {
  bench.keep(fulfilment);
  return { outcome: "FULFILMENT_CHANGED", fulfilment };
}

const unknown = (): Refusal => refuse("UNKNOWN_FULFILMENT", "no fulfilment has this id");

function sameRequest(known: Fulfilment, command: RequestFulfilment): boolean {
  if (known.orderId !== command.orderId || known.location !== command.location) return false;
  if (known.lines.length !== command.lines.length) return false;
  const quantities = new Map(known.lines.map((line) => [lineKey(line), line.quantity]));
  return command.lines.every((line) => quantities.get(lineKey(line)) === line.quantity);
}

const contradiction = ({ fulfilmentId }: RequestFulfilment): Contradiction => ({
  outcome: "CONTRADICTION",
  code: "FULFILMENT_CONFLICT",
  message: `fulfilment ${fulfilmentId} was requested before with other content`,
});
