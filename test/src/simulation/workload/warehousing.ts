import type { OutsideWorld } from "./outside-world.js";
import { deliveredOrderOf } from "./selling.js";
import type { Drawn, Shop } from "./shop.js";

export interface Booking {
  readonly do: "book";
  readonly what: "receipts" | "returns" | "damages" | "restorations" | "disposals";
  readonly reference: string;
  readonly location: string;
  readonly sku: string;
  readonly quantity: number;
  /** Of receipts and returns: pieces of them that cannot be sold. */
  readonly unsellable: number;
}

/** What clerks do in the warehouses. */
export type WarehouseMove =
  | { readonly do: "define"; readonly location: string }
  | Booking
  /** Works on the `nth` fulfilment requested so far (counted round), if there is one. */
  | { readonly do: "pick"; readonly nth: number }
  | { readonly do: "ship"; readonly nth: number; readonly pieces: number | null }
  | { readonly do: "short"; readonly nth: number; readonly cause: "NOT_FOUND" | "DAMAGED" }
  /** From now on whatever is requested of the warehouse for the order is shipped, but for what is not found the first time. */
  | { readonly do: "deliver"; readonly orderId: string; readonly notFound: number };

/** A large opening stock: nobody ever gets near its end. */
const AMPLE_PIECES = 10_000;

export const WAREHOUSING: Readonly<Record<string, Drawn>> = {
  receive: {
    weight: 3,
    ample: true,
    moves: (shop) => {
      const { random, skus, locations } = shop;
      const received = receipt(shop, random.pick(skus), random.pick(locations), random.between(1, 6));
      shop.receipts.push(received);
      return [received];
    },
  },
  receiveAgain: {
    weight: 0.8,
    moves: ({ random, receipts }) => {
      if (receipts.length === 0) return [];
      const receipt = random.pick(receipts);
      return [random.chance(0.5) ? receipt : { ...receipt, quantity: receipt.quantity + 1 }];
    },
  },
  back: { weight: 0.7, ample: true, moves: (shop) => [document(shop, "returns")] },
  damage: { weight: 1.2, ample: true, moves: (shop) => [document(shop, "damages")] },
  restore: { weight: 0.6, ample: true, moves: (shop) => [document(shop, "restorations")] },
  dispose: { weight: 0.6, ample: true, moves: (shop) => [document(shop, "disposals")] },
  pick: { weight: 6, always: true, ample: true, moves: ({ random }) => [{ do: "pick", nth: random.below(1_000) }] },
  ship: {
    weight: 6,
    always: true,
    ample: true,
    moves: (shop) => {
      const { random, ample } = shop;
      if (!ample) return [{ do: "ship", nth: random.below(1_000), pieces: random.chance(0.4) ? 1 : null }];
      const orderId = deliveredOrderOf(shop);
      return orderId === undefined ? [] : [{ do: "deliver", orderId, notFound: orderId.endsWith("3") ? 1 : 0 }];
    },
  },
  short: {
    weight: 1.5,
    moves: ({ random }) => [
      { do: "short", nth: random.below(1_000), cause: random.chance(0.5) ? "NOT_FOUND" : "DAMAGED" },
    ],
  },
};

/** What is there when the day begins. */
export function openingStock(shop: Shop): WarehouseMove[] {
  const { random, skus, locations, ample } = shop;
  return locations.flatMap((location) =>
    skus.map((sku): WarehouseMove => {
      if (!ample) return receipt(shop, sku, location, random.between(1, 12));
      const reference = `d${++shop.documents}`;
      const unsellable = AMPLE_PIECES / 10;
      return { do: "book", what: "receipts", reference, location, sku, quantity: AMPLE_PIECES, unsellable };
    }),
  );
}

function receipt(shop: Shop, sku: string, location: string, quantity: number): Booking {
  const unsellable = shop.random.chance(0.2) ? shop.random.between(0, quantity) : 0;
  const reference = `d${++shop.documents}`;
  return { do: "book", what: "receipts", reference, location, sku, quantity, unsellable };
}

function document(shop: Shop, what: "returns" | "damages" | "restorations" | "disposals"): WarehouseMove {
  const { random } = shop;
  const quantity = random.between(1, 3);
  const unsellable = what === "returns" ? random.between(0, quantity) : 0;
  const place = { location: random.pick(shop.locations), sku: random.pick(shop.skus) };
  return { do: "book", what, reference: `d${++shop.documents}`, ...place, quantity, unsellable };
}

export const warehousingDone = {
  define: (outside: OutsideWorld, move: Extract<WarehouseMove, { do: "define" }>) => {
    const body = { name: move.location };
    outside.request(move, "warehouse", { method: "PUT", path: `/v1/warehouses/${move.location}`, body });
  },
  book: (outside: OutsideWorld, move: Booking) => {
    const { what, location, reference, sku, quantity, unsellable } = move;
    const line = {
      receipts: { sku, quantity, unsellableQuantity: unsellable },
      returns: { sku, sellable: quantity - unsellable, unsellable, missing: 0 },
      damages: { sku, quantity },
      restorations: { sku, quantity },
      disposals: { sku, quantity },
    }[what];
    const body = { location, reference, lines: [line] };
    outside.request(move, "warehouse", { method: "POST", path: `/v1/${what}`, body });
  },
  pick: handOver,
  ship: handOver,
  short: handOver,
  deliver: (outside: OutsideWorld, { orderId, notFound }: Extract<WarehouseMove, { do: "deliver" }>) =>
    outside.deliveries.promise(orderId, notFound),
};

function handOver(outside: OutsideWorld, move: Extract<WarehouseMove, { do: "pick" | "ship" | "short" }>): void {
  const requested = new Map(
    outside.world.history.records("FulfilmentRequested").map(({ value }) => [value.fulfilmentId, value]),
  );
  const fulfilment = [...requested.values()].at(move.nth % Math.max(1, requested.size));
  if (fulfilment === undefined) return;
  const [line] = fulfilment.lines;
  const named = { lineId: line!.lineId, sku: line!.sku, quantity: 1 };
  const body =
    move.do === "pick"
      ? {}
      : move.do === "short"
        ? { lines: [{ ...named, cause: move.cause }] }
        : move.pieces === null
          ? {}
          : { lines: [named], final: false };
  outside.request(move, "warehouse", { method: "POST", path: fulfilmentPath(fulfilment.fulfilmentId, move.do), body });
}

export const fulfilmentPath = (fulfilmentId: string, act: "pick" | "ship" | "short"): string =>
  `/v1/fulfilments/${encodeURIComponent(fulfilmentId)}/${act}`;
