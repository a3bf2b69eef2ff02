import type { StockMovement } from "@septet/stock-contracts";

const SIGNS: Readonly<Record<string, number>> = {
  total: -1,
  sellable: 1,
  orderReserved: 1,
  unsellable: 1,
  locked: 1,
  transferReserved: 1,
  inTransit: -1,
  virtual: -1,
};

/** The auditor's own books: every leg of every movement, added up. */
export class Books {
  readonly #quantities = new Map<string, number>();
  /** Own promises, and what others brought: without what others took, which the promiser may not know yet. */
  readonly #sellableSeen = new Map<string, number>();

  fold(movement: StockMovement): void {
    for (const { location, bucket, delta } of movement.legs) {
      add(this.#quantities, JSON.stringify([movement.sku, location, bucket]), delta);
      if (bucket !== "sellable") continue;
      if (delta > 0 || movement.recordedBy === "order-reservation") {
        add(this.#sellableSeen, JSON.stringify([movement.sku, location]), delta);
      }
    }
  }

  of(sku: string, location: string, bucket: string): number {
    return this.#quantities.get(JSON.stringify([sku, location, bucket])) ?? 0;
  }

  sellableSeen(sku: string, location: string): number {
    return this.#sellableSeen.get(JSON.stringify([sku, location])) ?? 0;
  }

  /** Locations of the movement where total = sellable + orderReserved + unsellable + locked + … does not hold. */
  imbalancesOf(movement: StockMovement): string[] {
    const locations = [...new Set(movement.legs.map((leg) => leg.location))];
    return locations.filter((location) => {
      let difference = 0;
      for (const [bucket, sign] of Object.entries(SIGNS)) difference += sign * this.of(movement.sku, location, bucket);
      return difference !== 0;
    });
  }

  /** Every SKU and location that a leg has named. */
  places(): { sku: string; location: string }[] {
    const places = new Map<string, { sku: string; location: string }>();
    for (const key of this.#quantities.keys()) {
      const [sku, location] = JSON.parse(key) as [string, string, string];
      places.set(JSON.stringify([sku, location]), { sku, location });
    }
    return [...places.values()];
  }
}

function add(map: Map<string, number>, key: string, delta: number): void {
  map.set(key, (map.get(key) ?? 0) + delta);
}
