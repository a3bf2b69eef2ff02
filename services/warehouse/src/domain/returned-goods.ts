import { type DocumentHead, documentIdOf, type ReadLine } from "./stock-document.js";
import type { Workbench } from "./workbench.js";

/** Tells that goods came back: what of an order was judged how. */
export function announceReturn(
  bench: Workbench,
  { location, reference }: DocumentHead,
  orderId: string | null,
  lines: readonly ReadLine[],
): void {
  const judged = lines.map(({ told: { lineId, quantity, missing }, booked: { sku, unsellable } }) => {
    return { lineId, sku, sellable: quantity - unsellable - missing, unsellable, missing };
  });
  bench.events.push({ name: "ReturnReceived", value: { returnId: reference, orderId, location, lines: judged } });
}

/** Rows of a sheet come back from many orders: each order of a document hears of its own. */
export class ReturnedRows {
  readonly #returns = new Map<string, { head: DocumentHead; orderId: string | null; lines: ReadLine[] }>();

  add(head: DocumentHead, line: ReadLine): void {
    const orderId = line.told.orderId ?? head.orderId;
    const key = JSON.stringify([documentIdOf(head), orderId]);
    const known = this.#returns.get(key);
    if (known) known.lines.push(line);
    else this.#returns.set(key, { head, orderId, lines: [line] });
  }

  announce(bench: Workbench): void {
    for (const { head, orderId, lines } of this.#returns.values()) announceReturn(bench, head, orderId, lines);
  }
}
