/** Pieces of one SKU. */
export interface Pieces {
  readonly sku: string;
  readonly quantity: number;
}

/**
 * What lies on the shelves of the two warehouses, as the people there see it. The platform takes physical facts as they are
 * told; so whoever plays the warehouse must not hand over pieces that were just written off, nor write off pieces that are
 * on their way out.
 */
export class Shelf {
  private readonly pieces = new Map<string, number>();
  private readonly handling = new Map<string, number>();
  private readonly frozen = new Set<string>();
  private readonly waiting: (() => void)[] = [];

  put(location: string, lines: readonly Pieces[]): void {
    for (const { sku, quantity } of lines) this.add(location, sku, quantity);
    this.wake();
  }

  /** Takes all lines, lines of one SKU together, or nothing. What was taken counts as handled until `handedOver`. */
  take(location: string, lines: readonly Pieces[]): boolean {
    const wanted = new Map<string, number>();
    for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
    for (const [sku, quantity] of wanted) {
      const place = keyOf(location, sku);
      if (this.frozen.has(place) || (this.pieces.get(place) ?? 0) < quantity) return false;
    }
    for (const [sku, quantity] of wanted) {
      this.add(location, sku, -quantity);
      this.handle(location, sku, 1);
    }
    return true;
  }

  /** The taken lines have left (or came back by `put`). */
  handedOver(location: string, lines: readonly Pieces[]): void {
    for (const sku of new Set(lines.map((line) => line.sku))) this.handle(location, sku, -1);
    this.wake();
  }

  /** Runs the work while nobody handles this SKU here; it gets the pieces on the shelf. */
  async whileStill<T>(location: string, sku: string, work: (onShelf: number) => Promise<T>): Promise<T> {
    const place = keyOf(location, sku);
    while (this.frozen.has(place)) await this.change();
    this.frozen.add(place);
    try {
      while ((this.handling.get(place) ?? 0) > 0) await this.change();
      return await work(this.pieces.get(place) ?? 0);
    } finally {
      this.frozen.delete(place);
      this.wake();
    }
  }

  /** Resolves at the next change of anything on the shelves. */
  change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Lets everybody who waits look again. */
  wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  remove(location: string, sku: string, quantity: number): void {
    this.add(location, sku, -quantity);
  }

  private add(location: string, sku: string, quantity: number): void {
    const place = keyOf(location, sku);
    this.pieces.set(place, (this.pieces.get(place) ?? 0) + quantity);
  }

  private handle(location: string, sku: string, by: number): void {
    const place = keyOf(location, sku);
    this.handling.set(place, (this.handling.get(place) ?? 0) + by);
  }
}

function keyOf(location: string, sku: string): string {
  return `${location}\u0000${sku}`;
}
