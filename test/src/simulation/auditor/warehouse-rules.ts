import type { StockMovement } from "@septet/stock-contracts";
import type { Booking } from "../workload/warehousing.js";
import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";

/** Which bucket shows the pieces of a document, and with which sign. */
const BOOKED: Readonly<Record<string, { bucket: string; sign: number; type: string }>> = {
  receipts: { bucket: "total", sign: 1, type: "receipt" },
  returns: { bucket: "total", sign: 1, type: "return" },
  damages: { bucket: "unsellable", sign: 1, type: "damage" },
  restorations: { bucket: "unsellable", sign: -1, type: "restoration" },
  disposals: { bucket: "total", sign: -1, type: "disposal" },
};

/** What clerks were told is what was booked, once; what was handed over is what the movements say. */
export function warehouseRules(evidence: Evidence, findings: Findings): void {
  if (evidence.tables.onHand === undefined) return;
  documentsAreBookedOnce(evidence, findings);
  handedOverOnce(evidence, findings);
  requestsAreTaken(evidence, findings);
  whatIsLeftIsPromised(evidence, findings);
  shipmentsAreToldOnce(evidence, findings);
  cancelRequestsAreAnsweredOnce(evidence, findings);
}

/** A document is booked once under its reference, as one of its tellings has it; whoever tells it otherwise is refused. */
function documentsAreBookedOnce(evidence: Evidence, findings: Findings): void {
  const movements = movementsOf(evidence).filter((movement) => movement.recordedBy === "warehouse");
  const told = new Map<string, { move: Booking; taken: boolean }[]>();
  for (const { move, answers } of evidence.history.exchanges) {
    if (move.do !== "book") continue;
    const taken = answers.some(({ status }) => status >= 200 && status < 300);
    const document = JSON.stringify([move.what, move.location, move.reference]);
    told.set(document, [...(told.get(document) ?? []), { move, taken }]);
  }
  for (const [document, tellings] of told) {
    const taken = tellings.filter((telling) => telling.taken).map(({ move }) => move);
    const contents = new Set(taken.map(({ sku, quantity, unsellable }) => JSON.stringify([sku, quantity, unsellable])));
    const all = () => `${document}: ${[...contents].join(" and ")}`;
    findings.expect(contents.size <= 1, "a reference stands for one content", all);
    isBooked(movements, tellings[0]!.move, taken[0], findings);
  }
}

function isBooked(
  movements: readonly StockMovement[],
  { what, location, reference: id }: Booking,
  taken: Booking | undefined,
  findings: Findings,
): void {
  const { bucket, sign, type } = BOOKED[what]!;
  let pieces = 0;
  let unsellable = 0;
  for (const { reference, legs, reverses } of movements) {
    if (reverses !== null || reference.type !== type || reference.id !== id) continue;
    for (const leg of legs) {
      if (leg.location !== location) continue;
      if (leg.bucket === bucket) pieces += leg.delta * sign;
      if (leg.bucket === "unsellable") unsellable += leg.delta;
    }
  }
  const shown = () =>
    `${what} ${id}: booked are ${pieces}, ${unsellable} unsellable; taken was ${JSON.stringify(taken)}`;
  findings.expect(pieces === (taken?.quantity ?? 0), "what a clerk was told is what was booked, once", shown);
  if (taken !== undefined && (what === "receipts" || what === "returns")) {
    findings.expect(unsellable === taken.unsellable, "the unsellable part is booked as unsellable", shown);
  }
}

function handedOverOnce({ history, tables }: Evidence, findings: Findings): void {
  const moved = new Map<string, number>();
  for (const { kind, reference, legs, recordedBy } of movementsOf({ history })) {
    if (reference.type !== "order" || recordedBy !== "warehouse") continue;
    for (const { location, bucket, delta } of legs) {
      if (bucket === "orderReserved")
        add(moved, JSON.stringify([kind, reference.id, reference.line, location]), -delta);
    }
  }
  const told = new Map<string, number>();
  for (const row of tables.fulfilmentLines) {
    const place = [row.order_id, row.line_id, row.location];
    for (const [kind, pieces] of [
      ["SHIP", row.shipped],
      ["PICK_SHORT", row.short],
      ["PICK_DAMAGE", row.damaged],
    ] as const) {
      if (pieces > 0) add(told, JSON.stringify([kind, ...place]), pieces);
    }
    const shown = () => JSON.stringify(row);
    findings.expect(
      row.shipped + row.short + row.damaged + row.cancelled + row.reversed <= row.quantity,
      "no fulfilment hands over more than was requested",
      shown,
    );
  }
  for (const place of new Set([...moved.keys(), ...told.keys()])) {
    const shown = () =>
      `${place}: ${told.get(place) ?? 0} in the fulfilments, ${moved.get(place) ?? 0} in the movements`;
    findings.expect(
      (told.get(place) ?? 0) === (moved.get(place) ?? 0),
      "what was handed over is what the movements say",
      shown,
    );
  }
}

function requestsAreTaken({ history, tables }: Evidence, findings: Findings): void {
  const requested = new Map(history.records("FulfilmentRequested").map(({ value }) => [value.fulfilmentId, value]));
  const taken = new Map<string, number>();
  for (const row of tables.fulfilmentLines)
    add(taken, JSON.stringify([row.fulfilment_id, row.line_id, row.sku]), row.quantity);
  for (const { fulfilmentId, lines } of requested.values()) {
    for (const { lineId, sku, quantity } of lines) {
      const has = taken.get(JSON.stringify([fulfilmentId, lineId, sku])) ?? 0;
      findings.expect(
        has === quantity,
        "what is requested of the warehouse it has",
        () => `${fulfilmentId}/${lineId}: ${quantity} requested, has ${has}`,
      );
    }
  }
}

/** Pieces that nobody expects any more must not be shipped, and those that somebody expects must be there to ship. */
function whatIsLeftIsPromised({ tables }: Evidence, findings: Findings): void {
  if (tables.orders === undefined) return;
  const left = new Map<string, number>();
  for (const row of tables.fulfilmentLines) {
    const pieces = row.quantity - row.shipped - row.short - row.damaged - row.cancelled - row.reversed;
    add(left, JSON.stringify([row.order_id, row.line_id, row.location]), pieces);
  }
  const promised = new Map<string, number>();
  for (const { order_id, line_id, location, open, fulfilment_id } of tables.allocations) {
    if (fulfilment_id !== null) add(promised, JSON.stringify([order_id, line_id, location]), open);
  }
  for (const place of new Set([...left.keys(), ...promised.keys()])) {
    const has = left.get(place) ?? 0;
    const expected = promised.get(place) ?? 0;
    const shown = () => `${place}: the warehouse has ${has} to hand over, the order expects ${expected}`;
    findings.expect(has === expected, "what is still to hand over is what is promised", shown);
  }
}

/** A clerk who asks twice with one key has shipped once. */
function shipmentsAreToldOnce({ history }: Evidence, findings: Findings): void {
  const told = new Map<string, Set<string>>();
  for (const { value } of history.records("FulfilmentShipped")) {
    told.set(value.fulfilmentId, (told.get(value.fulfilmentId) ?? new Set()).add(value.eventId));
  }
  const asked = new Map<string, number>();
  for (const { path, answers } of history.exchanges) {
    if (!path.endsWith("/ship") || !answers.some(({ status }) => status === 200)) continue;
    add(asked, decodeURIComponent(path.split("/")[3] ?? ""), 1);
  }
  for (const [fulfilmentId, events] of told) {
    const answered = asked.get(fulfilmentId) ?? 0;
    const shown = () => `${fulfilmentId} was shipped ${events.size} times, clerks were answered ${answered} times`;
    findings.expect(events.size === answered, "what a clerk has shipped is shipped once", shown);
  }
}

/** Whoever asks pieces back hears of it once, were it that it is too late. */
function cancelRequestsAreAnsweredOnce({ history }: Evidence, findings: Findings): void {
  const count = (name: "FulfilmentCancelRequested" | "FulfilmentCancelled") => {
    const events = new Map<string, string>();
    for (const { value } of history.records(name)) events.set(value.eventId, value.fulfilmentId);
    const counts = new Map<string, number>();
    for (const fulfilmentId of events.values()) add(counts, fulfilmentId, 1);
    return counts;
  };
  const requests = count("FulfilmentCancelRequested");
  const answers = count("FulfilmentCancelled");
  for (const fulfilmentId of new Set([...requests.keys(), ...answers.keys()])) {
    const asked = requests.get(fulfilmentId) ?? 0;
    const answered = answers.get(fulfilmentId) ?? 0;
    const shown = () => `${fulfilmentId} was asked ${asked} times and answered ${answered} times`;
    findings.expect(asked === answered, "a request to give pieces back is answered once", shown);
  }
}

function add(map: Map<string, number>, key: string, pieces: number): void {
  map.set(key, (map.get(key) ?? 0) + pieces);
}
