import type { OutsideWorld } from "./outside-world.js";
import type { Drawn } from "./shop.js";

/** What buyers expect and are told of, and how goods are labelled. */
export type ExpectingMove =
  | {
      readonly do: "announce";
      readonly reference: string;
      readonly location: string;
      readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
    }
  | { readonly do: "closeAnnouncement"; readonly reference: string }
  /** Goods come that belong to an announcement, because they name it or (`inbound` null) because they bear its reference. */
  | Arrival
  | {
      readonly do: "alertLine";
      readonly sku: string;
      readonly location: string | null;
      readonly pieces: number | "off" | null;
    }
  | { readonly do: "label"; readonly location: string; readonly suffix: string | null; readonly area: boolean }
  /** Goods come under a code that may be a label, or into an area that may be one. */
  | {
      readonly do: "receiveLabelled";
      readonly reference: string;
      readonly location: string;
      readonly code: string;
      readonly area: string | null;
      readonly quantity: number;
    };

export interface Arrival {
  readonly do: "arrive";
  readonly reference: string;
  readonly inbound: string | null;
  readonly location: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unsellable: number;
}

/** The suffix and the area that warehouses use, where they do. */
export const SUFFIX = "U";
export const AREA = "quarantine";
/** Deliveries are for the last announcements. */
const RECENT = 2;
/** A mistake is noticed soon. */
const RECENT_ARRIVALS = 4;

export const EXPECTING: Readonly<Record<string, Drawn>> = {
  announce: {
    weight: 1.5,
    moves: (shop) => {
      const { random, skus, locations } = shop;
      const again = shop.announced.length > 0 && random.chance(0.2);
      const before = again ? random.pick(shop.announced) : undefined;
      if (before !== undefined) return [before];
      const named = random.chance(0.6) ? [random.pick(skus)] : skus;
      const lines = named.map((sku) => ({ sku, quantity: random.between(1, 3) }));
      const reference = `a${shop.announced.length + 1}`;
      const announcement = { do: "announce", reference, location: random.pick(locations), lines } as const;
      shop.announced.push(announcement);
      return [announcement];
    },
  },
  arrive: {
    weight: 3,
    moves: (shop) => {
      const { random, skus, locations } = shop;
      // Some come before they are announced.
      const next = `a${shop.announced.length + 1}`;
      const known = shop.announced.slice(-RECENT);
      const expected = random.chance(0.1) || known.length === 0 ? undefined : random.pick(known);
      const inbound = expected?.reference ?? next;
      const sku = random.pick(
        expected === undefined || random.chance(0.2) ? skus : expected.lines.map((line) => line.sku),
      );
      const quantity = random.between(1, 3);
      const unsellable = random.chance(0.2) ? random.between(0, quantity) : 0;
      const goods = { sku, location: random.pick(locations), quantity, unsellable };
      const bears = random.chance(0.2);
      const reference = bears ? inbound : `d${++shop.documents}`;
      shop.arrivals.push(reference);
      return [{ do: "arrive", reference, inbound: bears ? null : inbound, ...goods }];
    },
  },
  arrivedByMistake: {
    weight: 1.5,
    moves: ({ random, arrivals }) => {
      if (arrivals.length === 0) return [];
      return [{ do: "reverse", nth: random.below(2), of: random.pick(arrivals.slice(-RECENT_ARRIVALS)) }];
    },
  },
  closeAnnouncement: {
    weight: 0.4,
    moves: ({ random, announced }) => {
      if (announced.length === 0) return [];
      return [{ do: "closeAnnouncement", reference: random.pick(announced.slice(-RECENT)).reference }];
    },
  },
  alertLine: {
    weight: 1.5,
    moves: ({ random, skus, locations }) => {
      const location = random.chance(0.5) ? random.pick(locations) : null;
      const pieces = random.weighted({ some: 6, none: 1, standard: 1 });
      const line = pieces === "some" ? random.between(0, 8) : pieces === "none" ? "off" : null;
      return [{ do: "alertLine", sku: random.pick(skus), location, pieces: line }];
    },
  },
  label: {
    weight: 0.5,
    moves: ({ random, locations }) => {
      const suffix = random.chance(0.75) ? SUFFIX : null;
      return [{ do: "label", location: random.pick(locations), suffix, area: random.chance(0.75) }];
    },
  },
  receiveLabelled: {
    weight: 1,
    moves: (shop) => {
      const { random, skus, locations } = shop;
      const reference = `d${++shop.documents}`;
      const place = { reference, location: random.pick(locations), quantity: random.between(1, 3) };
      const sku = random.pick(skus);
      if (random.chance(0.4)) return [{ do: "receiveLabelled", ...place, code: sku, area: AREA }];
      const code = `${sku}${SUFFIX}`;
      const goods = { do: "receiveLabelled", ...place, code, area: null } as const;
      return random.chance(0.1) ? [{ do: "list", sku: code, active: true }, goods] : [goods];
    },
  },
};

export const expectingDone = {
  announce: (outside: OutsideWorld, move: Extract<ExpectingMove, { do: "announce" }>) => {
    const { reference, location, lines } = move;
    const body = { reference, location, lines };
    outside.request(move, "warehouse", { method: "POST", path: "/v1/announcements", body });
  },
  closeAnnouncement: (outside: OutsideWorld, move: Extract<ExpectingMove, { do: "closeAnnouncement" }>) => {
    const path = `/v1/announcements/${move.reference}/close`;
    outside.request(move, "warehouse", { method: "POST", path, body: {} });
  },
  arrive: (outside: OutsideWorld, move: Arrival) => {
    const { reference, inbound, location, sku, quantity, unsellable } = move;
    const lines = [{ sku, quantity, unsellableQuantity: unsellable }];
    const body = { location, reference, ...(inbound === null ? {} : { inbound }), lines };
    outside.request(move, "warehouse", { method: "POST", path: "/v1/receipts", body });
  },
  alertLine: (outside: OutsideWorld, move: Extract<ExpectingMove, { do: "alertLine" }>) => {
    const { sku, location, pieces } = move;
    const path = `/v1/alert-lines/${sku}${location === null ? "" : `/${location}`}`;
    outside.request(move, "warehouse", { method: "PUT", path, body: { pieces, buyer: "li-na" } });
  },
  label: (outside: OutsideWorld, move: Extract<ExpectingMove, { do: "label" }>) => {
    const { location, suffix, area } = move;
    const body = { unsellableSuffix: suffix, areas: area ? [{ area: AREA, unsellable: true }] : [] };
    outside.request(move, "warehouse", { method: "PUT", path: `/v1/warehouses/${location}/labelling`, body });
  },
  receiveLabelled: (outside: OutsideWorld, move: Extract<ExpectingMove, { do: "receiveLabelled" }>) => {
    const { reference, location, code, area, quantity } = move;
    const lines = [{ sku: code, quantity, ...(area === null ? {} : { area }) }];
    outside.request(move, "warehouse", { method: "POST", path: "/v1/receipts", body: { location, reference, lines } });
  },
};
