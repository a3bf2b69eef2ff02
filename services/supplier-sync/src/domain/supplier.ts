import { type Refusal, refuse } from "./refusal.js";

/** The life of a supplier: each state with what it means and where it may go from there. */
export const SUPPLIER_STATES = {
  DRAFT: { meaning: "being set up; offers nothing", next: ["TRIAL", "ENDED"] },
  TRIAL: { meaning: "sells on probation", next: ["ACTIVE", "SUSPENDED", "ENDED"] },
  ACTIVE: { meaning: "sells", next: ["SUSPENDED", "ENDED"] },
  SUSPENDED: { meaning: "offers nothing for now; what was ordered goes on", next: ["TRIAL", "ACTIVE", "ENDED"] },
  ENDED: { meaning: "offers nothing any more", next: [] },
} as const satisfies { readonly [state: string]: { readonly meaning: string; readonly next: readonly string[] } };
export type SupplierState = keyof typeof SUPPLIER_STATES;

/** Only these offer stock. */
const OFFERING: ReadonlySet<SupplierState> = new Set(["TRIAL", "ACTIVE"]);

/** Somebody to speak to at a supplier's. */
export interface Contact {
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
}

/** Who holds goods that we sell. */
export interface Supplier {
  readonly supplierId: string;
  readonly name: string;
  /** IANA name: all clocks of the contract run in it. */
  readonly timeZone: string;
  readonly state: SupplierState;
  /** The warehouse that the supplier's location belongs to. */
  readonly attachedTo: string | null;
  readonly contacts: readonly Contact[];
  /** Why nothing of it is offered for now; null while nobody has stopped it. */
  readonly stopped: string | null;
  /** Whether what is ordered there is short as well, from now on and until it goes on. */
  readonly settling: boolean;
  /** Counted up with every change that is told, from 1. */
  readonly version: number;
  /** Counted up with everything that its offers follow from. */
  readonly revision: number;
}

/** How a supplier is to stand; without a state it keeps its own, or begins as a draft. */
export type SupplierDefinition = Omit<Supplier, "version" | "revision" | "stopped" | "settling" | "state"> & {
  readonly state: SupplierState | null;
};

export interface Defined {
  readonly outcome: "CREATED" | "CHANGED" | "UNCHANGED";
  readonly supplier: Supplier;
}

/** True when stock of a supplier in this state may be offered. */
export const offersStock = (state: SupplierState): boolean => OFFERING.has(state);

/** The supplier as it is to stand. @returns STATE_NOT_REACHABLE when its life does not go there from where it is */
export function defineSupplier(known: Supplier | undefined, wanted: SupplierDefinition): Defined | Refusal {
  if (known === undefined) return created(wanted);
  const state = wanted.state ?? known.state;
  const reachable: readonly string[] = SUPPLIER_STATES[known.state].next;
  if (state !== known.state && !reachable.includes(state)) return unreachable(known.state, reachable);
  const { stopped, settling, revision } = known;
  const supplier: Supplier = {
    ...wanted,
    state,
    stopped,
    settling,
    version: known.version + 1,
    revision: revision + 1,
  };
  return isSame(known, supplier) ? { outcome: "UNCHANGED", supplier: known } : { outcome: "CHANGED", supplier };
}

/** A supplier that somebody worked with before may begin at once; nobody begins suspended. */
function created(wanted: SupplierDefinition): Defined | Refusal {
  const state = wanted.state ?? "DRAFT";
  if (state === "SUSPENDED" || state === "ENDED") return unreachable("new", ["DRAFT", "TRIAL", "ACTIVE"]);
  return {
    outcome: "CREATED",
    supplier: { ...wanted, state, stopped: null, settling: false, version: 1, revision: 1 },
  };
}

function unreachable(from: string, reachable: readonly string[]): Refusal {
  const detail = `a supplier that is ${from} can become ${reachable.join(" or ") || "nothing else"}`;
  return refuse("STATE_NOT_REACHABLE", detail, [{ field: "state", reason: detail }]);
}

function isSame(a: Supplier, b: Supplier): boolean {
  const told = ({ name, timeZone, state, attachedTo, contacts }: Supplier) =>
    JSON.stringify([name, timeZone, state, attachedTo, contacts.map((of) => [of.name, of.email, of.phone])]);
  return told(a) === told(b);
}
