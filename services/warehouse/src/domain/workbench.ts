import type { MovementDraft } from "@septet/stock-contracts";
import { type AdjustmentHead, adjustmentIdOf, type BookedAdjustment } from "./adjusting.js";
import { lowStock } from "./alert-line.js";
import { ClaimBook } from "./claim-book.js";
import type { CancelFulfilment } from "./commands.js";
import type {
  Decision,
  DomainEvent,
  FulfilmentUpdate,
  NewDocumentLine,
  RecordedDraft,
  ReversedLine,
  SettledLine,
} from "./decision.js";
import type { Fulfilment } from "./fulfilment.js";
import type { BookedAs } from "./labelling.js";
import { OnHandBook } from "./on-hand.js";
import type { Outcome } from "./outcomes.js";
import { type BookedMovement, physicalEntries, type WhenBooked } from "./physical-log.js";
import type { LineDecision, RecordedMovement } from "./recorded-movement.js";
import { type DocumentHead, type DocumentLine, documentIdOf } from "./stock-document.js";
import type { StocktakeLine } from "./stocktake.js";
import { StocktakeBook } from "./stocktake-book.js";
import { totalAlerts } from "./total-alerts.js";
import type { KnownDocument, World } from "./world.js";

/** What was lost at picking is decided on by order-reservation at once. */
const LOSSES: ReadonlySet<string> = new Set(["PICK_SHORT", "PICK_DAMAGE"]);

/** What is to be known of a movement of ours beside its legs. */
export interface RecordOptions {
  /** When it happened, epoch ms, if that was before it is told: whether a count saw it is then a matter of this moment. */
  readonly toldLater?: number | undefined;
  /** Of a reversal: the entry that it reverses; undefined = nobody knows. */
  readonly reversed?: WhenBooked | undefined;
}

/** A working copy of the world and everything decided on it so far; later commands of a slice see the earlier ones. */
export class Workbench {
  readonly world: World;
  readonly onHand: OnHandBook;
  readonly claims: ClaimBook;
  readonly movements: RecordedDraft[] = [];
  readonly stocktakes: StocktakeBook;
  /** Lines as they were when they were counted. */
  readonly countsTold: StocktakeLine[] = [];
  readonly #applied: BookedMovement[] = [];
  readonly #sequenced = new Map<string, number>();
  readonly #adjustments = new Map<string, { head: AdjustmentHead; lines: Map<string, BookedAdjustment> }>();
  readonly events: DomainEvent[] = [];
  readonly #fulfilments = new Map<string, Fulfilment>();
  readonly #documents = new Map<string, { head: DocumentHead | null; added: Map<string, NewDocumentLine> }>();
  readonly #waiting = new Map<string, CancelFulfilment[]>();
  readonly #answered: string[] = [];
  readonly #recorded = new Map<string, RecordedMovement>();
  readonly #reversedLines: ReversedLine[] = [];
  readonly #settledLines: SettledLine[] = [];

  constructor(world: World) {
    this.world = world;
    this.onHand = new OnHandBook(world.onHand);
    this.stocktakes = new StocktakeBook(world.stocktaking);
    this.claims = new ClaimBook(world.claims);
  }

  /** Takes down a movement of ours and applies its own legs to what is on hand. */
  record(movement: RecordedDraft, o: RecordOptions = {}): void {
    const { toldLater, reversed } = o;
    const { sku } = movement;
    this.onHand.apply(sku, movement.legs);
    this.movements.push(toldLater === undefined ? movement : { ...movement, toldLater });
    this.#sequenced.set(sku, (this.#sequenced.get(sku) ?? 0) + 1);
    if (this.stocktakes.isIdle && toldLater === undefined && movement.reverses === null) return;
    const identity = { recordedBy: "warehouse", sequence: this.sequenceOf(sku), movementId: "" };
    const occurredAt = toldLater ?? this.world.now;
    for (const entry of physicalEntries({ ...movement, ...identity, occurredAt }, toldLater !== undefined)) {
      this.stocktakes.note(entry, reversed);
    }
  }

  /** Applies another service's movement, seen for the first time. */
  apply(movement: BookedMovement): void {
    this.onHand.apply(movement.sku, movement.legs);
    this.#applied.push(movement);
    for (const entry of physicalEntries(movement, true)) this.stocktakes.note(entry);
  }

  /** The last sequence of the SKU's own stream, this slice included. The SKU is one whose count may change. */
  sequenceOf(sku: string): number {
    return (this.world.sequences.get(sku) ?? 0) + (this.#sequenced.get(sku) ?? 0);
  }

  /** What stands of an adjustment, with what this slice has added to it. */
  adjustment(id: string): { lineCount: number; line(line: string): BookedAdjustment | undefined } {
    const stored = this.world.adjustments.get(id);
    const own = this.#adjustments.get(id)?.lines;
    return {
      lineCount: (stored?.lineCount ?? 0) + (own?.size ?? 0),
      line: (line) => own?.get(line) ?? stored?.lines.get(line),
    };
  }

  addAdjustmentLine(head: AdjustmentHead, line: BookedAdjustment): void {
    const id = adjustmentIdOf(head);
    const known = this.#adjustments.get(id);
    if (known) known.lines.set(line.line, line);
    else this.#adjustments.set(id, { head, lines: new Map([[line.line, line]]) });
  }

  /** A movement of ours from before, as this slice has left it. */
  recorded(movementId: string): RecordedMovement | undefined {
    return this.#recorded.get(movementId) ?? this.world.recorded.get(movementId);
  }

  /** Takes down the movement that takes another one back; that one is taken back from here on. */
  recordReversal(known: RecordedMovement, reversal: MovementDraft): void {
    const { fulfilmentId, sequence, toldLater } = known;
    const reversed = { sequence, occurredAt: toldLater ?? 0, toldLater: toldLater !== null };
    this.record(fulfilmentId === null ? reversal : { ...reversal, fulfilmentId }, { reversed });
    this.#recorded.set(known.movementId, { ...known, reversedBy: "this slice" });
  }

  reverseDocumentLine(line: ReversedLine): void {
    this.#reversedLines.push(line);
  }

  /** order-reservation has gone on with these lines: their losses at picking stand. */
  settleLines(orderId: string, lineIds: readonly string[], decision: LineDecision): void {
    const settled = new Set(lineIds);
    for (const lineId of settled) this.#settledLines.push({ orderId, lineId, decision });
    const isSettled = ({ kind, reference }: Pick<RecordedMovement, "kind" | "reference">) =>
      reference.type === "order" && reference.id === orderId && settled.has(reference.line ?? "") && LOSSES.has(kind);
    for (const { movementId } of this.world.recorded.values()) {
      const movement = this.recorded(movementId)!;
      if (isSettled(movement)) this.#recorded.set(movementId, { ...movement, decided: movement.decided ?? decision });
    }
    this.movements.forEach((draft, index) => {
      if (isSettled(draft)) this.movements[index] = { ...draft, decided: draft.decided ?? decision };
    });
  }

  fulfilment(id: string): Fulfilment | undefined {
    return this.#fulfilments.get(id) ?? this.world.fulfilments.get(id);
  }

  keep(fulfilment: Fulfilment): void {
    this.#fulfilments.set(fulfilment.fulfilmentId, fulfilment);
  }

  /** Remembers a cancellation whose fulfilment has not been requested yet. */
  wait(command: CancelFulfilment): void {
    this.#waiting.set(command.fulfilmentId, [...(this.#waiting.get(command.fulfilmentId) ?? []), command]);
  }

  /** The cancellations that waited for this fulfilment; they count as answered from here on. */
  takeWaiting(fulfilmentId: string): readonly CancelFulfilment[] {
    const stored = this.world.waitingCancellations.get(fulfilmentId) ?? [];
    this.#answered.push(...stored.map((command) => command.requestId));
    const fresh = this.#waiting.get(fulfilmentId) ?? [];
    this.#waiting.delete(fulfilmentId);
    return [...stored, ...fresh];
  }

  /** What stands of a document, with what this slice has added to it. */
  document(documentId: string): {
    orderId: string | null;
    lineCount: number;
    line(line: string): DocumentLine | undefined;
  } {
    const stored: KnownDocument | undefined = this.world.documents.get(documentId);
    const own = this.#documents.get(documentId);
    return {
      orderId: own?.head?.orderId ?? stored?.orderId ?? null,
      lineCount: (stored?.lineCount ?? 0) + (own?.added.size ?? 0),
      line: (line) => own?.added.get(line)?.line ?? stored?.lines.get(line),
    };
  }

  addDocumentLine(head: DocumentHead, line: DocumentLine, booked: BookedAs): void {
    const id = documentIdOf(head);
    let own = this.#documents.get(id);
    if (!own) {
      own = { head: this.world.documents.has(id) ? null : head, added: new Map() };
      this.#documents.set(id, own);
    }
    own.added.set(line.line, { documentId: id, line, booked });
  }

  /** Closes the slice: what is to be written, with the alerts that follow from it. */
  finish(outcomes: readonly Outcome[]): Decision {
    const documents = [...this.#documents];
    const low = lowStock(this.onHand.steps(), this.world.alertLines);
    return {
      outcomes,
      onHand: this.onHand.changes(low.changes),
      low: low.changes,
      sentBack: this.claims.sentBack(),
      claimed: this.claims.claimed(),
      newFulfilments: [...this.#fulfilments.values()].filter((f) => !this.world.fulfilments.has(f.fulfilmentId)),
      changedFulfilments: this.#changedFulfilments(),
      newDocuments: documents.flatMap(([, own]) => (own.head ? [own.head] : [])),
      newDocumentLines: documents.flatMap(([, own]) => [...own.added.values()]),
      newAdjustments: [...this.#adjustments].flatMap(([id, { head }]) =>
        this.world.adjustments.has(id) ? [] : [head],
      ),
      newAdjustmentLines: [...this.#adjustments].flatMap(([documentId, { lines }]) =>
        [...lines.values()].map((line) => ({ documentId, line })),
      ),
      stocktakeLines: this.stocktakes.changes(),
      counts: this.countsTold,
      newWaitingCancellations: [...this.#waiting.values()].flat(),
      answeredCancellations: this.#answered,
      movements: this.movements,
      applied: this.#applied,
      reversedLines: this.#reversedLines,
      settledLines: this.#settledLines,
      events: [...this.events, ...totalAlerts(this.onHand.crossings()), ...low.events],
    };
  }

  #changedFulfilments(): FulfilmentUpdate[] {
    const updates: FulfilmentUpdate[] = [];
    for (const fulfilment of this.#fulfilments.values()) {
      const before = this.world.fulfilments.get(fulfilment.fulfilmentId);
      if (!before || before === fulfilment) continue;
      // A step keeps the objects of the lines it does not touch, so identity tells which ones changed.
      const lines = fulfilment.lines.filter((line, index) => line !== before.lines[index]);
      updates.push({ fulfilment, lines });
    }
    return updates;
  }
}
