import type { MovementDraft } from "@septet/stock-contracts";
import { NO_ALERT_LINES } from "../../src/domain/alert-line.js";
import type {
  ApplyMovement,
  BookDocument,
  BookTransferSurplus,
  CancelFulfilment,
  Command,
  RequestFulfilment,
  ShipFulfilment,
  ShortFulfilment,
} from "../../src/domain/commands.js";
import { decide } from "../../src/domain/decide.js";
import type { Decision } from "../../src/domain/decision.js";
import type { Fulfilment } from "../../src/domain/fulfilment.js";
import { type OnHand, onHandKey } from "../../src/domain/on-hand.js";
import { physicalEntries } from "../../src/domain/physical-log.js";
import { outlineOf } from "../../src/domain/recorded-movement.js";
import { type DocumentKind, type DocumentLine, documentIdOf } from "../../src/domain/stock-document.js";
import { openLine, type Stocktake, type StocktakeLine } from "../../src/domain/stocktake.js";
import { lineKey, NO_STOCKTAKES } from "../../src/domain/stocktake-book.js";
import { type RecordOptions, Workbench } from "../../src/domain/workbench.js";
import type { KnownDocument, World } from "../../src/domain/world.js";
import { countingScopeOf } from "../../src/store/counting-scope.js";

export const NOW = 1_700_000_000_000;

export const emptyWorld: World = {
  now: NOW,
  warehouses: new Set(["WUHAN", "BEIJING"]),
  labellings: new Map(),
  listed: new Set(),
  onHand: new Map(),
  alertLines: NO_ALERT_LINES,
  claims: new Map(),
  fulfilments: new Map(),
  waitingCancellations: new Map(),
  sequences: new Map(),
  adjustments: new Map(),
  stocktaking: NO_STOCKTAKES,
  documents: new Map(),
  recorded: new Map(),
};

/** A warehouse floor that remembers: commands are decided on what earlier decisions left, as on the database. */
export class Floor {
  world: World = emptyWorld;
  last!: Decision;
  readonly decisions: Decision[] = [];

  /** One slice of commands. */
  do(...commands: Command[]): Decision {
    const reversed = [...this.world.recorded.values()].map(({ sku }) => sku);
    return this.#take(decide(this.#watching([...countingScopeOf(commands).watched, ...reversed]), commands));
  }

  /** Books a movement that no command of this test's makes. */
  record(movement: MovementDraft, o?: RecordOptions): Decision {
    const bench = new Workbench(this.#watching([movement.sku]));
    bench.record(movement, o);
    return this.#take(bench.finish([]));
  }

  /** The world with the standing counts of these SKUs read. */
  #watching(skus: readonly string[]): World {
    return { ...this.world, stocktaking: { ...this.world.stocktaking, watched: new Set(skus) } };
  }

  #take(decision: Decision): Decision {
    this.last = decision;
    this.decisions.push(decision);
    this.world = evolve(this.world, decision);
    return decision;
  }

  /** Time goes on. */
  wait(ms: number): void {
    this.world = { ...this.world, now: this.world.now + ms };
  }

  /** A stocktake of these SKUs (of everything when none is named). */
  open(stocktakeId: string, skus: readonly string[] = [], location = "WUHAN"): void {
    const scope = skus.length === 0 ? "ALL" : "SKUS";
    const head: Stocktake = { stocktakeId, location, scope, blind: true, createdAt: this.world.now, createdBy: "boss" };
    const lines = skus.map((sku) => [lineKey(stocktakeId, sku), openLine(head, sku)] as const);
    const { stocktaking } = this.world;
    this.world = {
      ...this.world,
      stocktaking: {
        ...stocktaking,
        heads: new Map([...stocktaking.heads, [stocktakeId, head]]),
        lines: new Map([...stocktaking.lines, ...lines]),
      },
    };
  }

  line(stocktakeId: string, sku: string): StocktakeLine {
    return this.world.stocktaking.lines.get(lineKey(stocktakeId, sku))!;
  }

  at(sku: string, location = "WUHAN"): { total: number; unsellable: number } {
    const { total, unsellable } = this.world.onHand.get(onHandKey(sku, location)) ?? { total: 0, unsellable: 0 };
    return { total, unsellable };
  }

  fulfilment(id = "o1/1"): Fulfilment {
    return this.world.fulfilments.get(id)!;
  }

  get outcome() {
    return this.last.outcomes[0]!;
  }

  /** The movements of the last slice, one short text each. */
  get movements(): string[] {
    return this.last.movements.map((m) => {
      const legs = m.legs.map((leg) => `${leg.bucket}${leg.delta > 0 ? "+" : ""}${leg.delta}`).join(" ");
      return `${m.kind} ${m.sku}: ${legs}`;
    });
  }

  get events(): string[] {
    return this.last.events.map((event) => event.name);
  }
}

function evolve(world: World, decision: Decision): World {
  const onHand = new Map(world.onHand);
  for (const { sku, location, total, unsellable } of decision.onHand) {
    const before: OnHand = onHand.get(onHandKey(sku, location)) ?? { sku, location, total: 0, unsellable: 0 };
    const crossed = decision.low.find((change) => change.sku === sku && change.location === location);
    const low = crossed?.low ?? before.low ?? null;
    const after = { sku, location, total: before.total + total, unsellable: before.unsellable + unsellable, low };
    // A row of nothing says the same as no row.
    if (after.total === 0 && after.unsellable === 0 && low === null) onHand.delete(onHandKey(sku, location));
    else onHand.set(onHandKey(sku, location), after);
  }
  const fulfilments = new Map(world.fulfilments);
  for (const fulfilment of decision.newFulfilments) fulfilments.set(fulfilment.fulfilmentId, fulfilment);
  for (const { fulfilment } of decision.changedFulfilments) fulfilments.set(fulfilment.fulfilmentId, fulfilment);
  const documents = new Map<string, KnownDocument>(world.documents);
  for (const { documentId, line } of decision.newDocumentLines) {
    const before = documents.get(documentId) ?? { orderId: null, lines: new Map<string, DocumentLine>() };
    const head = decision.newDocuments.find((one) => documentIdOf(one) === documentId);
    const lines = new Map(before.lines).set(line.line, line);
    documents.set(documentId, { orderId: head?.orderId ?? before.orderId, lineCount: lines.size, lines });
  }
  const waiting = new Map<string, readonly CancelFulfilment[]>();
  const answered = new Set(decision.answeredCancellations);
  for (const command of [...[...world.waitingCancellations.values()].flat(), ...decision.newWaitingCancellations]) {
    if (answered.has(command.requestId)) continue;
    waiting.set(command.fulfilmentId, [...(waiting.get(command.fulfilmentId) ?? []), command]);
  }
  const recorded = recordedAfter(world.recorded, decision);
  return {
    ...world,
    onHand,
    fulfilments,
    documents,
    waitingCancellations: waiting,
    recorded,
    adjustments: adjustmentsOf(world, decision),
    ...countedOf(world, decision),
  };
}

/** What the table of own movements holds afterwards; ids count up as `w-1`, `w-2` … */
function recordedAfter(before: World["recorded"], decision: Decision): World["recorded"] {
  const recorded = new Map(before);
  for (const { orderId, lineId, decision: decided } of decision.settledLines) {
    for (const movement of recorded.values()) {
      const { kind, reference } = movement;
      const loss = kind === "PICK_SHORT" || kind === "PICK_DAMAGE";
      if (!loss || reference.id !== orderId || reference.line !== lineId || movement.decided !== null) continue;
      recorded.set(movement.movementId, { ...movement, decided });
    }
  }
  for (const { toldLater = null, fulfilmentId = null, decided = null, ...draft } of decision.movements) {
    const { sku, kind, reference, reverses } = draft;
    const movementId = `w-${recorded.size + 1}`;
    const sequence = [...recorded.values()].filter((movement) => movement.sku === sku).length + 1;
    const state = { sequence, toldLater, reversedBy: null, decided };
    recorded.set(movementId, {
      movementId,
      sku,
      kind,
      reference,
      reverses,
      fulfilmentId,
      ...state,
      ...outlineOf(draft),
    });
    const undone = recorded.get(reverses ?? "");
    if (undone !== undefined) recorded.set(undone.movementId, { ...undone, reversedBy: movementId });
  }
  return recorded;
}

function adjustmentsOf(world: World, decision: Decision): World["adjustments"] {
  const adjustments = new Map(world.adjustments);
  for (const { documentId, line } of decision.newAdjustmentLines) {
    const lines = new Map(adjustments.get(documentId)?.lines).set(line.line, line);
    adjustments.set(documentId, { lineCount: lines.size, lines });
  }
  return adjustments;
}

/** Sequences, the physical log and the lines of stocktakes, as the database keeps them. */
function countedOf(world: World, decision: Decision): Pick<World, "sequences" | "stocktaking"> {
  const sequences = new Map(world.sequences);
  const own = decision.movements.flatMap(({ toldLater, ...draft }) => {
    const sequence = (sequences.get(draft.sku) ?? 0) + 1;
    sequences.set(draft.sku, sequence);
    const movementId = `${draft.sku}-${sequence}`;
    const occurredAt = toldLater ?? world.now;
    const movement = { ...draft, recordedBy: "warehouse", sequence, movementId, occurredAt };
    return physicalEntries(movement, toldLater !== undefined);
  });
  const entries = new Map(world.stocktaking.entries);
  for (const entry of [...own, ...decision.applied.flatMap((movement) => physicalEntries(movement, true))]) {
    const key = onHandKey(entry.sku, entry.location);
    entries.set(key, [...(entries.get(key) ?? []), entry]);
  }
  const lines = new Map(world.stocktaking.lines);
  for (const line of decision.stocktakeLines) lines.set(lineKey(line.stocktakeId, line.sku), line);
  return { sequences, stocktaking: { ...world.stocktaking, entries, lines } };
}

type LineOf = { sku: string; quantity: number; unsellable?: number; missing?: number; lineId?: string; area?: string };

export function book(
  kind: DocumentKind,
  reference: string,
  lines: LineOf[],
  location = "WUHAN",
  orderId: string | null = null,
): BookDocument {
  return {
    type: "BOOK_DOCUMENT",
    head: { kind, location, reference, orderId, reason: null, actor: "clerk" },
    lines: lines.map((line, index) => ({
      unsellable: 0,
      missing: 0,
      lineId: null,
      orderId: null,
      line: `${index + 1}`,
      ...line,
    })),
  };
}

export const receive = (reference: string, ...lines: LineOf[]) => book("RECEIPT", reference, lines);

export const request = (
  lines: Record<string, [sku: string, quantity: number]>,
  location = "WUHAN",
): RequestFulfilment => ({
  type: "REQUEST_FULFILMENT",
  fulfilmentId: "o1/1",
  orderId: "o1",
  location,
  deliverBy: null,
  lines: Object.entries(lines).map(([lineId, [sku, quantity]]) => ({ lineId, sku, quantity })),
});

export const pick: Command = { type: "PICK_FULFILMENT", fulfilmentId: "o1/1" };

export const ship = (
  lines: Record<string, number> | null = null,
  more: Partial<ShipFulfilment> = {},
): ShipFulfilment => ({
  type: "SHIP_FULFILMENT",
  fulfilmentId: "o1/1",
  lines: lines && Object.entries(lines).map(([lineId, quantity]) => ({ lineId, quantity })),
  tracking: null,
  final: null,
  actor: "clerk",
  ...more,
});

export const short = (...lines: ShortFulfilment["lines"][number][]): ShortFulfilment => ({
  type: "SHORT_FULFILMENT",
  fulfilmentId: "o1/1",
  lines,
  actor: "clerk",
});

export const takeBack = (movementId: string): Command => ({
  type: "REVERSE_MOVEMENT",
  movementId,
  reason: "wrong parcel",
  actor: "clerk",
});

export const cancel = (
  requestId: string,
  lines: Record<string, [sku: string, quantity: number]>,
  location = "WUHAN",
): CancelFulfilment => ({
  type: "CANCEL_FULFILMENT",
  requestId,
  fulfilmentId: "o1/1",
  orderId: "o1",
  location,
  lines: Object.entries(lines).map(([lineId, [sku, quantity]]) => ({ lineId, sku, quantity })),
});

/** A movement that another service recorded, as it arrives; told as its `sequence`th of the SKU. */
export const foreign = (
  kind: string,
  sku: string,
  legs: ApplyMovement["movement"]["legs"],
  more: Partial<ApplyMovement["movement"]> = {},
): ApplyMovement => {
  const sequence = more.sequence ?? 1;
  const identity = {
    recordedBy: "transfer",
    sequence,
    movementId: `t-${sku}-${sequence}`,
    occurredAt: NOW,
    reverses: null,
  };
  return { type: "APPLY_MOVEMENT", movement: { sku, kind, legs, ...identity, ...more } };
};

/** Socks that came to Wuhan with a transfer beyond what was under way, told later than they came. */
export function surplus(quantity: number, arrivedAt: number): BookTransferSurplus {
  const { head, lines } = book("RECEIPT", "transfer:t1/a1", [{ sku: "SOCKS", quantity }]);
  return { type: "BOOK_TRANSFER_SURPLUS", head, line: lines[0]!, arrivedAt };
}

export const documentId = (kind: DocumentKind, reference: string, location = "WUHAN") =>
  documentIdOf({ kind, location, reference });
