import { LIMITS, type MovementDraft, movementDraft, supplierLocation } from "@septet/stock-contracts";
import type { BigChange, Decision, DomainEvent, NotedEvent } from "./decision.js";
import { isLow, lowAlert } from "./low-offer.js";
import {
  type CountedPieces,
  type DepartedPieces,
  explainOffer,
  type OfferBasis,
  type OfferExplained,
  type TermsNow,
  termsNow,
} from "./offer.js";
import { newOffer, type OfferKey, type OfferRow, offerKey } from "./offer-row.js";
import type { CancelAsked, SupplierOrder } from "./order.js";
import type { Outcome } from "./outcomes.js";
import { offersStock } from "./supplier.js";
import { NO_TERMS_YET } from "./terms.js";
import { NO_FACTS, type OfferFacts, type World } from "./world.js";

/** What made an offer change: the reason of its movement. */
export type Why = "REPORT" | "ORDERS" | "FRESHNESS" | "SUPPLIER" | "STOP" | "INBOUND" | "COUNT";

/** A change of what an offer follows from. */
export interface FactsChange {
  /** Open pieces more or less. */
  readonly requested?: number;
  readonly counted?: CountedPieces;
  /** Open pieces that are none any more, by when they were counted. */
  readonly uncounted?: readonly DepartedPieces[];
  readonly departed?: readonly DepartedPieces[];
  readonly sold?: number;
}

interface OfferCopy {
  row: OfferRow;
  facts: OfferFacts;
  why: Why;
  actor: string | null;
}

/** A working copy of the world and everything decided on it so far; later commands of a slice see the earlier ones. */
export class Workbench {
  readonly world: World;
  readonly movements: MovementDraft[] = [];
  readonly events: DomainEvent[] = [];
  readonly bigChanges: BigChange[] = [];
  readonly lineEvents: NotedEvent[] = [];
  readonly #offers = new Map<string, OfferCopy>();
  readonly #departures: (OfferKey & DepartedPieces)[] = [];
  readonly #orders = new Map<string, SupplierOrder>();
  readonly #waiting: CancelAsked[] = [];
  readonly #answered: string[] = [];
  readonly #terms = new Map<string, TermsNow>();

  constructor(world: World) {
    this.world = world;
  }

  offer(key: OfferKey): OfferRow {
    return this.#copy(key).row;
  }

  /** Changes a row; what is offered is computed once the slice has ended. */
  changeOffer(key: OfferKey, change: Partial<OfferRow>, why: Why, actor: string | null = null): void {
    const copy = this.#copy(key);
    copy.row = { ...copy.row, ...change };
    copy.why = why;
    copy.actor = actor;
  }

  /** Changes what an offer follows from beside its row. */
  changeFacts(key: OfferKey, change: FactsChange): void {
    const copy = this.#copy(key);
    copy.facts = changed(copy.facts, change);
    for (const part of change.departed ?? []) this.#departures.push({ ...key, ...part });
  }

  /** What is offered of a SKU as far as the commands so far have changed it. */
  explained(key: OfferKey): OfferExplained {
    const { row, facts } = this.#copy(key);
    return explainOffer(basisOf(row, facts, this.world), this.terms(key.supplierId), this.world.now);
  }

  order(fulfilmentId: string): SupplierOrder | undefined {
    return this.#orders.get(fulfilmentId) ?? this.world.orders.get(fulfilmentId);
  }

  keepOrder(order: SupplierOrder): void {
    this.#orders.set(order.fulfilmentId, order);
  }

  /** Keeps a cancel request that has overtaken its order. */
  wait(asked: CancelAsked): void {
    this.#waiting.push(asked);
  }

  /** The cancel requests that wait for an order; from now on it answers for them. */
  takeWaiting(fulfilmentId: string): CancelAsked[] {
    const here = this.#waiting.filter((asked) => asked.fulfilmentId === fulfilmentId);
    for (const asked of here) this.#waiting.splice(this.#waiting.indexOf(asked), 1);
    const before = this.world.waiting.get(fulfilmentId) ?? [];
    this.#answered.push(...before.map(({ requestId }) => requestId));
    return [...before, ...here];
  }

  /** The terms of a supplier at this moment; nobody's are the usual ones. */
  terms(supplierId: string): TermsNow {
    const known = this.#terms.get(supplierId);
    if (known !== undefined) return known;
    const supplier = this.world.suppliers.get(supplierId);
    const made =
      supplier === undefined ? { terms: NO_TERMS_YET.terms, until: null } : termsNow(supplier.clock, this.world.now);
    this.#terms.set(supplierId, made);
    return made;
  }

  /** Closes the slice: computes every offer that was touched, and says what is to be written. */
  finish(outcomes: readonly Outcome[]): Decision {
    const offers = [...this.#offers].map(([key, copy]) => {
      const before = this.world.offers.get(key);
      return { before, after: this.#settled(copy) };
    });
    const orders = [...this.#orders.values()].map((after) => {
      return { before: this.world.orders.get(after.fulfilmentId), after };
    });
    return {
      outcomes,
      offers,
      bigChanges: this.bigChanges,
      lineEvents: this.lineEvents,
      departures: this.#departures,
      caughtUp: this.#caughtUp(),
      orders,
      ...this.#asks(orders),
      movements: this.movements,
      events: this.events,
    };
  }

  #caughtUp(): Decision["caughtUp"] {
    return [...this.#offers.values()].flatMap(({ row: { supplierId, sku, asOf }, facts }) =>
      asOf !== null && facts.departed.some(({ at }) => at <= asOf) ? [{ supplierId, sku, asOf }] : [],
    );
  }

  /** Requests that still wait for the supplier are those of the orders as they stand. */
  #asks(orders: Decision["orders"]): Pick<Decision, "keptAsks" | "answeredAsks"> {
    const keptAsks = [...this.#waiting];
    const answeredAsks = [...this.#answered];
    for (const { before, after } of orders) {
      const known = new Set(before?.asks.map(({ requestId }) => requestId));
      const left = new Set(after.asks.map(({ requestId }) => requestId));
      keptAsks.push(...after.asks.filter(({ requestId }) => !known.has(requestId)));
      answeredAsks.push(...[...known].filter((requestId) => !left.has(requestId)));
    }
    return { keptAsks, answeredAsks };
  }

  #copy(key: OfferKey): OfferCopy {
    const id = offerKey(key);
    const made = this.#offers.get(id);
    if (made !== undefined) return made;
    const row = this.world.offers.get(id) ?? newOffer(key);
    const copy = { row, facts: this.world.facts.get(id) ?? NO_FACTS, why: "ORDERS", actor: null } as OfferCopy;
    this.#offers.set(id, copy);
    return copy;
  }

  /** The row with what is to be offered now; by how much that differs is a movement. */
  #settled({ row, facts, why, actor }: OfferCopy): OfferRow {
    const { supplierId } = row;
    const known = this.world.suppliers.get(supplierId);
    const terms = this.terms(supplierId);
    const explained = explainOffer(basisOf(row, facts, this.world), terms, this.world.now);
    this.#adjust(row, explained.virtual - row.virtual, why, actor);
    const computed: OfferRow = {
      ...row,
      virtual: explained.virtual,
      dueAt: dueAfter(row.dueAt, explained.changesAt, this.world.now),
      revision: known?.supplier.revision ?? row.revision,
    };
    const line = terms.terms.alertLinePieces;
    const after = { ...computed, low: isLow(computed, line) };
    const alert = lowAlert(row, after, line);
    if (alert !== undefined) this.events.push(alert);
    return after;
  }

  /** One movement says at most a million pieces. */
  #adjust({ supplierId, sku, reportId }: OfferRow, change: number, why: Why, actor: string | null): void {
    const supplier = supplierLocation(supplierId);
    const reference = { type: "report", id: reportId ?? supplier } as const;
    for (let left = change; left !== 0; ) {
      const quantity = Math.sign(left) * Math.min(Math.abs(left), LIMITS.MAX_QUANTITY_PIECES);
      this.movements.push(
        movementDraft("VIRTUAL_ADJUST", undefined, { sku, quantity, supplier, reference, reason: why, actor }),
      );
      left -= quantity;
    }
  }
}

/** What the offer of a row follows from. Both say what is open, and either may not have heard of the other's yet. */
export function basisOf(row: OfferRow, facts: OfferFacts, { suppliers }: Pick<World, "suppliers">): OfferBasis {
  const { reported, kept, asOf, stopped, reserved } = row;
  const supplier = suppliers.get(row.supplierId)?.supplier;
  return {
    reported: reported === null || asOf === null ? null : { quantity: reported, kept, asOf },
    offering: supplier !== undefined && offersStock(supplier.state) && supplier.stopped === null && stopped === null,
    onTrial: supplier?.state === "TRIAL",
    open: Math.max(0, reserved, facts.requested),
    counted: facts.counted,
    departed: facts.departed,
    soldPieces: facts.soldPieces,
  };
}

/**
 * When to look at an offer again. An earlier time that is still to come stands: a look too many, once, costs less than
 * moving the row in the index of times with every report that changes nothing else (200,000 SKUs: half of their cost).
 */
function dueAfter(known: number | null, changesAt: number | null, now: number): number | null {
  if (known === null || changesAt === null) return changesAt;
  return known > now && known <= changesAt ? known : changesAt;
}

function changed(facts: OfferFacts, change: FactsChange): OfferFacts {
  const counted = change.counted === undefined ? facts.counted : [...facts.counted, change.counted];
  const gone = (change.uncounted ?? []).flatMap(({ countedAt, pieces }) =>
    countedAt === null ? [] : [{ at: countedAt, pieces: -pieces }],
  );
  return {
    requested: facts.requested + (change.requested ?? 0),
    counted: [...counted, ...gone],
    departed: [...facts.departed, ...(change.departed ?? [])],
    soldPieces: facts.soldPieces + (change.sold ?? 0),
  };
}
