import { batchOf } from "./batches.js";
import type { RequestOrder } from "./commands.js";
import {
  type CancelAsked,
  isClosed,
  type LinePart,
  lineKey,
  type OrderLine,
  openOf,
  type SupplierOrder,
  takeNewest,
  withLines,
} from "./order.js";
import type { Contradiction, Taken } from "./outcomes.js";
import type { Workbench } from "./workbench.js";

/** Where nobody has said in which zone a supplier lives. */
const NO_ZONE = { zone: "UTC", versions: [] };

/** An order comes into being, for the batch of the moment; the cancellations that overtook it are answered at once. */
export function request(bench: Workbench, command: RequestOrder): Taken | Contradiction {
  const known = bench.order(command.fulfilmentId);
  if (known !== undefined) return isSame(known, command) ? { outcome: "TAKEN" } : contradiction(command);
  const { now, suppliers } = bench.world;
  const { fulfilmentId, orderId, supplierId, deliverBy } = command;
  const batch = batchOf(suppliers.get(supplierId)?.clock ?? NO_ZONE, now);
  bench.keepOrder({
    ...{ fulfilmentId, orderId, supplierId, deliverBy },
    state: "REQUESTED",
    requestedAt: now,
    batchDay: batch.day,
    sendAt: batch.cutOffAt,
    sentAt: null,
    confirmationDueAt: batch.confirmationDueAt,
    closedAt: null,
    tracking: null,
    lines: command.lines.map(
      (line): OrderLine => ({
        ...line,
        ...{ shipped: 0, short: 0, cancelled: 0, confirmed: [], answeredAt: null },
      }),
    ),
    asks: [],
  });
  for (const { sku, quantity } of command.lines) bench.changeFacts({ supplierId, sku }, { requested: quantity });
  for (const waiting of bench.takeWaiting(fulfilmentId)) askBack(bench, waiting);
  return { outcome: "TAKEN" };
}

/** order-reservation wants pieces back. What overtook its order waits for it. */
export function cancelRequested(bench: Workbench, asked: CancelAsked): Taken {
  if (bench.order(asked.fulfilmentId) === undefined) bench.wait(asked);
  else askBack(bench, asked);
  return { outcome: "TAKEN" };
}

/** Before it is sent an order gives back what it is asked for; after that the supplier is asked, and whoever is later loses. */
function askBack(bench: Workbench, asked: CancelAsked): void {
  const order = bench.order(asked.fulfilmentId)!;
  const isOpen = asked.lines.some((part) => openOfPart(order, part) > 0);
  if (order.sentAt === null || !isOpen) answerAsk(bench, order, asked, asked.lines);
  else bench.keepOrder({ ...order, asks: [...order.asks, asked] });
}

/** Answers a request with what is really given back: of each part at most what is granted and still open. */
export function answerAsk(
  bench: Workbench,
  order: SupplierOrder,
  asked: CancelAsked,
  granted: readonly LinePart[],
): void {
  const { fulfilmentId, orderId, supplierId } = order;
  const { now } = bench.world;
  const left = new Map<string, number>();
  for (const part of granted) left.set(lineKey(part), (left.get(lineKey(part)) ?? 0) + part.quantity);
  const lines = new Map(order.lines.map((line) => [lineKey(line), line]));
  const given = asked.lines.map((part) => {
    const line = lines.get(lineKey(part));
    const quantity = line === undefined ? 0 : Math.min(part.quantity, left.get(lineKey(part)) ?? 0, openOf(line));
    if (line !== undefined && quantity > 0) {
      left.set(lineKey(part), left.get(lineKey(part))! - quantity);
      const { confirmed, taken } = takeNewest(line, quantity, now);
      lines.set(lineKey(line), { ...line, confirmed, cancelled: line.cancelled + quantity });
      bench.changeFacts({ supplierId, sku: line.sku }, { requested: -quantity, uncounted: taken });
      const about = { fulfilmentId, lineId: line.lineId, sku: line.sku };
      bench.lineEvents.push({ ...about, at: now, kind: "EXCUSED", pieces: quantity, keptPieces: 0 });
    }
    return { ...part, quantity };
  });
  const asks = order.asks.filter(({ requestId }) => requestId !== asked.requestId);
  bench.keepOrder({ ...withLines(order, [...lines.values()], now), asks });
  const value = { fulfilmentId, orderId, location: asked.location, lines: given };
  bench.events.push({ name: "FulfilmentCancelled", value });
}

/** Requests for pieces that are gone by now were too late. */
export function answerTooLate(bench: Workbench, fulfilmentId: string): void {
  for (const asked of bench.order(fulfilmentId)!.asks) {
    const order = bench.order(fulfilmentId)!;
    if (isClosed(order) || asked.lines.every((part) => openOfPart(order, part) === 0))
      answerAsk(bench, order, asked, []);
  }
}

function openOfPart(order: SupplierOrder, part: LinePart): number {
  const line = order.lines.find((candidate) => lineKey(candidate) === lineKey(part));
  return line === undefined ? 0 : openOf(line);
}

function isSame(known: SupplierOrder, command: RequestOrder): boolean {
  if (known.orderId !== command.orderId || known.supplierId !== command.supplierId) return false;
  const told = new Map(command.lines.map((part) => [lineKey(part), part.quantity]));
  return told.size === known.lines.length && known.lines.every((line) => told.get(lineKey(line)) === line.quantity);
}

const contradiction = ({ fulfilmentId }: RequestOrder): Contradiction => ({
  outcome: "CONTRADICTION",
  code: "FULFILMENT_CONFLICT",
  message: `fulfilment ${fulfilmentId} was requested before with other content`,
});
