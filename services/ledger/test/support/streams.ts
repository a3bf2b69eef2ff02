import { randomUUID } from "node:crypto";
import { type MovementDraft, movementDraft, type StockMovement } from "@septet/stock-contracts";

/** Gives drafts their ids and the next sequence of their stream, as the recording services do. */
export class Streams {
  readonly #heads = new Map<string, number>();
  #clock = Date.UTC(2026, 10, 22, 9);

  record(recordedBy: string, draft: MovementDraft, change: Partial<StockMovement> = {}): StockMovement {
    const key = `${recordedBy}/${draft.sku}`;
    const sequence = (this.#heads.get(key) ?? 0) + 1;
    this.#heads.set(key, sequence);
    this.#clock += 1_000;
    const movementId = randomUUID();
    const about = { eventId: movementId, movementId, occurredAt: this.#clock, sequence, recordedBy };
    return { ...draft, ...about, legs: [...draft.legs], ...change };
  }

  receive(sku: string, quantity: number, at = "WUHAN"): StockMovement {
    const reference = { type: "receipt", id: "R-1", line: "1" } as const;
    return this.record("warehouse", movementDraft("RECEIPT", "sellable", { sku, quantity, at, reference }));
  }

  reserve(sku: string, quantity: number, at = "WUHAN"): StockMovement {
    const reference = { type: "order", id: "O-1", line: "1" } as const;
    return this.record("order-reservation", movementDraft("RESERVE", undefined, { sku, quantity, at, reference }));
  }

  ship(sku: string, quantity: number, at = "WUHAN"): StockMovement {
    const reference = { type: "order", id: "O-1", line: "1" } as const;
    return this.record(
      "warehouse",
      movementDraft("SHIP", undefined, { sku, quantity, at, reference, actor: "picker-7" }),
    );
  }

  /** Goods on their way from Wuhan arrive in Beijing: one movement, two locations. */
  arrive(sku: string, quantity: number): StockMovement {
    const reference = { type: "transfer", id: "T-1", line: "1" } as const;
    const way = { source: "WUHAN", destination: "BEIJING" };
    return this.record("transfer", movementDraft("TRANSFER_RECEIVE", "sellable", { sku, quantity, ...way, reference }));
  }
}
