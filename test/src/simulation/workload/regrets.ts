import type { Asking, OutsideWorld } from "./outside-world.js";

/** Clerks who notice that what they handed over for an order was a mistake, and take it back. */
export class Regrets {
  readonly #outside: OutsideWorld;
  /** How many movements of an order are still to be taken back. */
  readonly #left = new Map<string, number>();
  readonly #asked = new Map<string, Asking>();

  constructor(outside: OutsideWorld) {
    this.#outside = outside;
  }

  /** The next so many things that are handed over for the order are taken back; what is asked for anew counts too. */
  notice(orderId: string, times: number): void {
    if (!this.#left.has(orderId)) this.#left.set(orderId, times);
  }

  /** Takes back what has been handed over meanwhile. */
  work(): void {
    if (this.#left.size === 0) return;
    for (const { value } of this.#outside.world.history.records("StockMovement")) {
      const { movementId, recordedBy, reference, reverses } = value;
      const left = reference.type === "order" ? (this.#left.get(reference.id) ?? 0) : 0;
      if (left === 0 || recordedBy !== "warehouse" || reverses !== null || this.#asked.has(movementId)) continue;
      this.#left.set(reference.id, left - 1);
      this.#asked.set(movementId, takeBack(this.#outside, movementId));
    }
  }
}

/** Asks the warehouse to take a movement back. */
export function takeBack(outside: OutsideWorld, movementId: string): Asking {
  const body = { movementId, reason: "entered by mistake" };
  const move = { do: "reverse", nth: 0 } as const;
  return outside.request(move, "warehouse", { method: "POST", path: "/v1/reversals", body });
}
