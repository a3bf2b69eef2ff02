import { LIMITS, type MovementDraft, movementDraft, supplierLocation } from "@septet/stock-contracts";
import type { BigChange, Decision, DomainEvent } from "./decision.js";
import { isLow, lowAlert } from "./low-offer.js";
import { explainOffer, type OfferBasis, type TermsNow, termsNow } from "./offer.js";
import { newOffer, type OfferKey, type OfferRow, offerKey } from "./offer-row.js";
import type { Outcome } from "./outcomes.js";
import { offersStock } from "./supplier.js";
import { NO_TERMS_YET } from "./terms.js";
import { NO_FACTS, type OfferFacts, type World } from "./world.js";

/** What made an offer change: the reason of its movement. */
export type Why = "REPORT" | "ORDERS" | "FRESHNESS" | "SUPPLIER" | "STOP";

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
  readonly #offers = new Map<string, OfferCopy>();
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
    const { bigChanges, movements, events } = this;
    return { outcomes, offers: offers.filter(({ before, after }) => before !== after), bigChanges, movements, events };
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
      dueAt: explained.changesAt,
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
