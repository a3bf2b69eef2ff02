import { type MovementDraft, movementDraft } from "@septet/stock-contracts";
import type { Command } from "../../../src/domain/index.js";
import type { Chance } from "./chance.js";

export interface Request {
  name: "FulfilmentRequested" | "FulfilmentCancelRequested";
  orderId: string;
  fulfilmentId: string;
  location: string;
  lines: { lineId: string; sku: string; quantity: number }[];
}

interface Fulfilment {
  orderId: string;
  location: string;
  open: Map<string, { sku: string; pieces: number }>;
}

type Movement = Extract<Command, { type: "ApplyMovement" }>;
type Answer = Extract<Command, { type: "FulfilmentCancelled" }>;
export type Act = "SHIP" | "PICK_SHORT" | "PICK_DAMAGE";

/**
 * Warehouses and suppliers as the engine meets them: requests of an order are read in order, movements come back in order
 * by SKU, answers in order by order, and in no order between the topics.
 */
export class Floor {
  readonly requests: Request[] = [];
  readonly movements: Movement[] = [];
  readonly answers: Answer[] = [];
  readonly fulfilments = new Map<string, Fulfilment>();
  /** What was told and not taken back: kind, place and what it was about. */
  readonly #told: { act: Act; at: string; about: About }[] = [];
  #taken = 0;

  get isQuiet(): boolean {
    return this.requests.length + this.movements.length + this.answers.length === 0;
  }

  /** Reads a request, the first of some order. */
  read(chance: Chance): void {
    const request = takeFirst(this.requests, chance, (one) => one.orderId);
    if (request === undefined) return;
    const { orderId, fulfilmentId, location, lines } = request;
    if (request.name === "FulfilmentRequested") {
      const open = new Map(lines.map(({ lineId, sku, quantity }) => [lineId, { sku, pieces: quantity }]));
      this.fulfilments.set(fulfilmentId, { orderId, location, open });
      return;
    }
    const given = lines.map(({ lineId, sku, quantity }) => {
      const line = this.fulfilments.get(fulfilmentId)?.open.get(lineId);
      if (line === undefined) throw new Error(`${fulfilmentId} has no line ${lineId} to give back`);
      const pieces = Math.min(quantity, line.pieces);
      line.pieces -= pieces;
      return { lineId, sku, quantity: pieces };
    });
    this.answers.push({ type: "FulfilmentCancelled", orderId, fulfilmentId, lines: given });
  }

  /** Sends or loses some pieces that are open. */
  act(chance: Chance, act: Act): void {
    const open = this.#openLines();
    if (open.length === 0) return;
    const { fulfilment, lineId, line } = chance.of(open);
    this.#move(act, fulfilment, lineId, line, 1 + chance.upTo(line.pieces));
  }

  /** Takes back something that was told by mistake; nothing of it is open here until it is asked for again. */
  takeBack(chance: Chance): void {
    if (this.#told.length === 0) return;
    const { act, at, about } = this.#told.splice(chance.upTo(this.#told.length), 1)[0]!;
    const reverses = `m${++this.#taken}`;
    this.movements.push({
      type: "ApplyMovement",
      movement: movementDraft(act, undefined, { ...about, at, reverses }),
    });
  }

  sendEverything(): void {
    for (const { fulfilment, lineId, line } of this.#openLines()) {
      this.#move("SHIP", fulfilment, lineId, line, line.pieces);
    }
  }

  nextMovement(chance: Chance): Movement | undefined {
    return takeFirst(this.movements, chance, ({ movement }) => movement.sku);
  }

  nextAnswer(chance: Chance): Answer | undefined {
    return takeFirst(this.answers, chance, (answer) => answer.orderId);
  }

  /** Open pieces by order, line and location. */
  openPieces(): Map<string, number> {
    const pieces = new Map<string, number>();
    for (const { fulfilment, lineId, line } of this.#openLines()) {
      const key = `${fulfilment.orderId}/${lineId}@${fulfilment.location}`;
      pieces.set(key, (pieces.get(key) ?? 0) + line.pieces);
    }
    return pieces;
  }

  #openLines() {
    return [...this.fulfilments.values()].flatMap((fulfilment) =>
      [...fulfilment.open].flatMap(([lineId, line]) => (line.pieces > 0 ? [{ fulfilment, lineId, line }] : [])),
    );
  }

  #move(act: Act, at: Fulfilment, lineId: string, line: { sku: string; pieces: number }, quantity: number): void {
    line.pieces -= quantity;
    const reference = { type: "order", id: at.orderId, line: lineId } as const;
    const about = { sku: line.sku, quantity, reference };
    this.movements.push({ type: "ApplyMovement", movement: promisedPieces(act, at.location, about) });
    if (!at.location.startsWith("supplier:")) this.#told.push({ act, at: at.location, about });
  }
}

interface About {
  sku: string;
  quantity: number;
  reference: { type: "order"; id: string; line: string };
}

function promisedPieces(act: Act, location: string, about: About): MovementDraft & Movement["movement"] {
  if (!location.startsWith("supplier:")) return movementDraft(act, undefined, { ...about, at: location });
  const kind = act === "SHIP" ? "DROPSHIP_SHIP" : "DROPSHIP_SHORT";
  return movementDraft(kind, undefined, { ...about, supplier: location });
}

/** Takes the first of one of the keys: in order by key, in any order between keys. */
function takeFirst<T>(queue: T[], chance: Chance, keyOf: (item: T) => string): T | undefined {
  const firsts = new Map<string, number>();
  queue.forEach((item, index) => {
    if (!firsts.has(keyOf(item))) firsts.set(keyOf(item), index);
  });
  if (firsts.size === 0) return undefined;
  return queue.splice(chance.of([...firsts.values()]), 1)[0];
}
