import type { RecordOf } from "@septet/stock-contracts";
import type { Asking, OutsideWorld } from "./outside-world.js";
import { askForStep, type Found } from "./transferring.js";

interface Conveyed {
  readonly judged: Omit<Found, "lineId">;
  asking: Asking | undefined;
  done: "nothing" | "dispatched" | "received";
}

/** Clerks at both ends who send certain transfers as soon as all their lines are answered, and receive them. */
export class Carriers {
  readonly #outside: OutsideWorld;
  readonly #conveyed = new Map<string, Conveyed>();

  constructor(outside: OutsideWorld) {
    this.#outside = outside;
  }

  promise(transferId: string, judged: Omit<Found, "lineId">): void {
    if (this.#conveyed.has(transferId)) return;
    this.#conveyed.set(transferId, { judged, asking: undefined, done: "nothing" });
  }

  /** Something that was taken in hand is not done. */
  get busy(): boolean {
    return [...this.#conveyed.values()].some(({ asking, done }) => asking?.open === true || done === "dispatched");
  }

  /** Takes in hand what has been reserved meanwhile, and goes on with what was answered. */
  work(): void {
    const waiting = [...this.#conveyed].filter(([, one]) => one.done !== "received" && one.asking?.open !== true);
    if (waiting.length === 0) return;
    const lines = this.#linesByTransfer();
    for (const [transferId, one] of waiting) {
      if (one.done === "dispatched") this.#receive(transferId, one);
      else this.#dispatch(transferId, one, lines.get(transferId) ?? []);
    }
  }

  /** When the source has answered for every line, and something is there to leave. */
  #dispatch(transferId: string, one: Conveyed, lines: readonly RecordOf<"TransferLineChanged">[]): void {
    const wanted = lines.every((line) => line.state !== "DRAFT" && line.state !== "REQUESTED");
    if (lines.length === 0 || !wanted || !lines.some((line) => line.state === "RESERVED")) return;
    one.done = "dispatched";
    // A first piece leaves by itself, told by two clerks at once.
    const first = lines.find((line) => line.state === "RESERVED" && line.reserved > 1);
    if (first !== undefined) {
      const piece = [{ lineId: first.lineId, quantity: 1 }];
      const early = { do: "dispatch", transferId, shipmentId: "first", lines: piece } as const;
      askForStep(this.#outside, early);
      askForStep(this.#outside, early);
    }
    one.asking = askForStep(this.#outside, { do: "dispatch", transferId, shipmentId: "conveyed", lines: null });
  }

  /** Only what left with it: others may have been quicker. */
  #receive(transferId: string, one: Conveyed): void {
    one.done = "received";
    if (one.asking?.exchange.answers.at(-1)?.status !== 200) return;
    const byLine = this.#leftByLine(transferId);
    const { pieces } = one.asking.exchange.answers.at(-1)!.body as { pieces: { dispatched: number } };
    const told = [...byLine.values()].reduce((sum, quantity) => sum + quantity, 0);
    if (told < pieces.dispatched) {
      // A dispatch is answered before it is published: look again.
      one.done = "dispatched";
      return;
    }
    const lines = [...byLine]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([lineId, quantity], index) => {
        return index > 0 ? { lineId, sellable: quantity, damaged: 0, lost: 0 } : judge(lineId, quantity, one.judged);
      });
    const arrived = { do: "receive", transferId, arrivalId: "conveyed", location: null, lines } as const;
    one.asking = askForStep(this.#outside, arrived);
  }

  #leftByLine(transferId: string): Map<string, number> {
    const byLine = new Map<string, number>();
    const known = new Set<string>();
    for (const { value } of this.#outside.world.history.records("StockMovement")) {
      const { kind, reference, movementId, legs } = value;
      if (kind !== "TRANSFER_DISPATCH" || reference.id !== transferId || known.has(movementId)) continue;
      known.add(movementId);
      const quantity = legs.find((leg) => leg.bucket === "inTransit")!.delta;
      byLine.set(reference.line!, (byLine.get(reference.line!) ?? 0) + quantity);
    }
    return byLine;
  }

  #linesByTransfer(): Map<string, RecordOf<"TransferLineChanged">[]> {
    const newest = new Map<string, RecordOf<"TransferLineChanged">>();
    for (const { value } of this.#outside.world.history.records("TransferLineChanged")) {
      const key = JSON.stringify([value.transferId, value.lineId]);
      if ((newest.get(key)?.version ?? 0) < value.version) newest.set(key, value);
    }
    const byTransfer = new Map<string, RecordOf<"TransferLineChanged">[]>();
    for (const line of newest.values()) {
      byTransfer.set(line.transferId, [...(byTransfer.get(line.transferId) ?? []), line]);
    }
    return byTransfer;
  }
}

/** Of so many pieces some are damaged, some lost, and some more than that arrive. */
function judge(lineId: string, quantity: number, { sellable: more, damaged, lost }: Conveyed["judged"]): Found {
  const gone = Math.min(lost, quantity);
  const broken = Math.min(damaged, quantity - gone);
  // Where pieces are given up, more than the others cannot have arrived.
  return { lineId, sellable: quantity - gone - broken + (gone > 0 ? 0 : more), damaged: broken, lost: gone };
}
