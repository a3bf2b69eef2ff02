import type { Account } from "./buckets.js";
import type { ServiceName } from "./services.js";

/** What a location is to a movement. */
export type Role = "at" | "source" | "destination" | "supplier" | "warehouse";

/** The legs for a quantity q above 0: `{ at: { total: 1 } }` reads "total+q at the location". */
export type LegsTemplate = { readonly [R in Role]?: { readonly [A in Account]?: 1 | -1 } };

export interface MovementKindDefinition {
  readonly meaning: string;
  readonly recordedBy: ServiceName | "its recorder";
  /** Legs by variant; a kind with one variant calls it `only`. All variants of a kind touch the same roles. */
  readonly variants: { readonly [variant: string]: LegsTemplate };
  /** The quantity may be negative, which negates every leg. */
  readonly signed?: true;
  /** May be undone by a movement of the same kind with negated legs that names it; others have an opposite kind. */
  readonly reversible?: true;
  /** Corrects the book only: nothing moved physically, so a stocktake does not count it as a movement of total. */
  readonly correctsBook?: true;
  /** The kind of location that a role must be; either kind where nothing is said. */
  readonly locationKinds?: { readonly [R in Role]?: "WAREHOUSE" | "SUPPLIER" };
}

const WAREHOUSE_ONLY = { at: "WAREHOUSE" } as const;
const ROUTE = { source: "WAREHOUSE", destination: "WAREHOUSE" } as const;
const SUPPLIER_ONLY = { supplier: "SUPPLIER" } as const;

/** Every way stock can move. A kind is added here and nowhere else. */
export const MOVEMENT_KINDS = {
  RECEIPT: {
    meaning: "goods arrived",
    recordedBy: "warehouse",
    variants: {
      sellable: { at: { total: 1, sellable: 1 } },
      unsellable: { at: { total: 1, unsellable: 1 } },
    },
    reversible: true,
    locationKinds: WAREHOUSE_ONLY,
  },
  RESERVE: {
    meaning: "promised to an order",
    recordedBy: "order-reservation",
    variants: {
      only: { at: { sellable: -1, orderReserved: 1 } },
    },
  },
  RELEASE: {
    meaning: "a promise given back",
    recordedBy: "order-reservation",
    variants: {
      only: { at: { sellable: 1, orderReserved: -1 } },
    },
  },
  SHIP: {
    meaning: "promised goods left",
    recordedBy: "warehouse",
    variants: {
      only: { at: { total: -1, orderReserved: -1 } },
    },
    reversible: true,
    locationKinds: WAREHOUSE_ONLY,
  },
  PICK_SHORT: {
    meaning: "promised, not found",
    recordedBy: "warehouse",
    variants: {
      only: { at: { total: -1, orderReserved: -1 } },
    },
    reversible: true,
    correctsBook: true,
    locationKinds: WAREHOUSE_ONLY,
  },
  PICK_DAMAGE: {
    meaning: "promised, found damaged",
    recordedBy: "warehouse",
    variants: {
      only: { at: { orderReserved: -1, unsellable: 1 } },
    },
    reversible: true,
    locationKinds: WAREHOUSE_ONLY,
  },
  RETURN: {
    meaning: "goods came back from a shopper",
    recordedBy: "warehouse",
    variants: {
      sellable: { at: { total: 1, sellable: 1 } },
      unsellable: { at: { total: 1, unsellable: 1 } },
    },
    reversible: true,
    locationKinds: WAREHOUSE_ONLY,
  },
  DAMAGE: {
    meaning: "sellable goods found unfit",
    recordedBy: "warehouse",
    variants: {
      only: { at: { sellable: -1, unsellable: 1 } },
    },
    locationKinds: WAREHOUSE_ONLY,
  },
  RESTORE: {
    meaning: "unfit goods found fit again",
    recordedBy: "warehouse",
    variants: {
      only: { at: { sellable: 1, unsellable: -1 } },
    },
    locationKinds: WAREHOUSE_ONLY,
  },
  DISPOSE: {
    meaning: "scrapped, or sent back on a claim",
    recordedBy: "warehouse",
    variants: {
      only: { at: { total: -1, unsellable: -1 } },
    },
    reversible: true,
    locationKinds: WAREHOUSE_ONLY,
  },
  COUNT_ADJUST: {
    meaning: "the count differs from the book",
    recordedBy: "warehouse",
    variants: {
      sellable: { at: { total: 1, sellable: 1 } },
      unsellable: { at: { total: 1, unsellable: 1 } },
    },
    signed: true,
    correctsBook: true,
    locationKinds: WAREHOUSE_ONLY,
  },
  LOCK: {
    meaning: "set aside from a promotion",
    recordedBy: "order-reservation",
    variants: {
      only: { at: { sellable: -1, locked: 1 } },
    },
    locationKinds: WAREHOUSE_ONLY,
  },
  UNLOCK: {
    meaning: "no longer set aside",
    recordedBy: "order-reservation",
    variants: {
      only: { at: { sellable: 1, locked: -1 } },
    },
    locationKinds: WAREHOUSE_ONLY,
  },
  TRANSFER_RESERVE: {
    meaning: "promised to another warehouse",
    recordedBy: "order-reservation",
    variants: {
      only: { source: { sellable: -1, transferReserved: 1 } },
    },
    locationKinds: ROUTE,
  },
  TRANSFER_CANCEL: {
    meaning: "that promise given back",
    recordedBy: "transfer",
    variants: {
      only: { source: { transferReserved: -1, sellable: 1 } },
    },
    locationKinds: ROUTE,
  },
  TRANSFER_SHORT: {
    meaning: "promised to another warehouse, not found before dispatch",
    recordedBy: "transfer",
    variants: {
      only: { source: { transferReserved: -1, total: -1 } },
    },
    correctsBook: true,
    locationKinds: ROUTE,
  },
  TRANSFER_DAMAGE: {
    meaning: "promised to another warehouse, found damaged before dispatch",
    recordedBy: "transfer",
    variants: {
      only: { source: { transferReserved: -1, unsellable: 1 } },
    },
    locationKinds: ROUTE,
  },
  TRANSFER_DISPATCH: {
    meaning: "on the way to another warehouse",
    recordedBy: "transfer",
    variants: {
      only: { source: { total: -1, inTransit: 1 } },
    },
    locationKinds: ROUTE,
  },
  TRANSFER_RECEIVE: {
    meaning: "arrived in the other warehouse; a return arrives where it came from (destination = source)",
    recordedBy: "transfer",
    variants: {
      sellable: { source: { transferReserved: -1, inTransit: -1 }, destination: { total: 1, sellable: 1 } },
      unsellable: { source: { transferReserved: -1, inTransit: -1 }, destination: { total: 1, unsellable: 1 } },
    },
    locationKinds: ROUTE,
  },
  TRANSFER_LOSS: {
    meaning: "lost on the way",
    recordedBy: "transfer",
    variants: {
      only: { source: { transferReserved: -1, inTransit: -1 } },
    },
    locationKinds: ROUTE,
  },
  VIRTUAL_ADJUST: {
    meaning: "what a supplier offers changed",
    recordedBy: "supplier-sync",
    variants: {
      only: { supplier: { virtual: 1, sellable: 1 } },
    },
    signed: true,
    locationKinds: SUPPLIER_ONLY,
  },
  DROPSHIP_SHIP: {
    meaning: "the supplier shipped to the shopper",
    recordedBy: "supplier-sync",
    variants: {
      only: { supplier: { virtual: -1, orderReserved: -1 } },
    },
    locationKinds: SUPPLIER_ONLY,
  },
  DROPSHIP_SHORT: {
    meaning: "the supplier cannot serve what was promised",
    recordedBy: "supplier-sync",
    variants: {
      only: { supplier: { virtual: -1, orderReserved: -1 } },
    },
    locationKinds: SUPPLIER_ONLY,
  },
  SUPPLIER_INBOUND: {
    meaning: "supplier goods brought into a warehouse become own stock",
    recordedBy: "supplier-sync",
    variants: {
      only: { supplier: { virtual: -1, sellable: -1 }, warehouse: { total: 1, sellable: 1 } },
    },
    locationKinds: { supplier: "SUPPLIER", warehouse: "WAREHOUSE" },
  },
  VOID: {
    meaning: "closes the sequence of a lost movement",
    recordedBy: "its recorder",
    variants: { only: {} },
  },
} as const satisfies { readonly [kind: string]: MovementKindDefinition };

export type MovementKind = keyof typeof MOVEMENT_KINDS;

type RolesOf<V> = V extends unknown ? { [N in keyof V]: keyof V[N] }[keyof V] & Role : never;

/** The locations that a movement of this kind must name: `{at}`, `{source, destination}` … */
export type PlacesOf<K extends MovementKind> = {
  readonly [R in RolesOf<(typeof MOVEMENT_KINDS)[K]["variants"]>]: string;
};

export function isMovementKind(kind: string): kind is MovementKind {
  return Object.hasOwn(MOVEMENT_KINDS, kind);
}

/** The definition of a kind, or undefined when it is not in this catalogue (a newer one may have it). */
export function movementKind(kind: string): MovementKindDefinition | undefined {
  return isMovementKind(kind) ? MOVEMENT_KINDS[kind] : undefined;
}
