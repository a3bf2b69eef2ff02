import { randomUUID } from "node:crypto";
import type { OutboundRecord } from "@septet/messaging";
import type { Named, Wire } from "../platform/wire.js";
import { seededRandom } from "../shape/random.js";
import { RetailShape } from "../shape/retail-shape.js";
import { placedEvent } from "./order-record.js";

/** What kind of orders a scenario sends. */
export type LoadKind = "hot" | "skus" | "retail";

export const LOAD_KINDS: readonly LoadKind[] = ["hot", "skus", "retail"];

/** How many SKUs each kind of load touches. */
export const SKUS_OF: Readonly<Record<LoadKind, number>> = { hot: 1, skus: 1_000, retail: 2_800 };

/** Two hot SKUs for instance never share a name over kinds. */
export function skuOf(kind: LoadKind, n: number): string {
  return `bench-${kind}-${n}`;
}

type Line = { readonly sku: number; readonly quantity: number };

/** Unpaid orders of one kind, the same shape for the same seed; ids are new in every run. */
export class OrderLoad {
  private readonly kind: LoadKind;
  private readonly random: () => number;
  private readonly shape: RetailShape;
  private readonly run = randomUUID().slice(0, 8);
  private count = 0;
  lines = 0;

  constructor(kind: LoadKind, seed: number) {
    this.kind = kind;
    this.random = seededRandom(seed);
    this.shape = new RetailShape({ seed, skus: SKUS_OF.retail });
  }

  /** The next orders, encoded before any clock runs. */
  next(count: number, wire: Wire): OutboundRecord[] {
    return Array.from({ length: count }, () => wire.encoded(this.order()));
  }

  private order(): Named {
    this.count += 1;
    const lines = this.linesOfOrder();
    this.lines += lines.length;
    return placedEvent({
      orderId: `${this.kind}-${this.run}-${this.count}`,
      lines: lines.map(({ sku, quantity }) => ({ sku: skuOf(this.kind, sku), quantity })),
    });
  }

  private linesOfOrder(): Line[] {
    if (this.kind === "retail") return this.shape.order();
    return [{ sku: Math.floor(this.random() * SKUS_OF[this.kind]), quantity: 1 }];
  }
}
