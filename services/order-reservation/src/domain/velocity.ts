import type { Draft } from "./draft.js";
import type { Order, RejectionReason } from "./order.js";

/** Where an order came from: a device or an address, known by keyed hashes only. */
export interface Source {
  kind: "DEVICE" | "IP";
  /** Its hash under every key that still counts, the newest first. */
  ids: readonly [string, ...string[]];
  /** An operator has let it through. */
  allowed: boolean;
}

/** Unpaid or expired orders that came from a source within the window. */
export interface Sightings {
  /** Of orders that are not the slice's own. */
  others: number;
  own: readonly string[];
}

/** Unpaid orders of a source that were refused. */
export interface Refusals {
  source: Source;
  orders: number;
}

const CODES = { DEVICE: "DEVICE_VELOCITY", IP: "IP_VELOCITY" } as const;

/** Counts where orders come from while a slice is decided: what it takes in and what it is paid count at once. */
export class SightingBook {
  readonly #draft: Draft;
  readonly #own = new Map<string, string[]>();
  readonly #noted: { source: string; orderId: string }[] = [];
  readonly #refused = new Map<string, Refusals>();

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  count(source: Source): number {
    const counted = this.#draft.world.counts.sightings.get(source.ids[0]);
    let orders = counted?.others ?? 0;
    for (const orderId of counted?.own ?? []) orders += this.#counts(orderId);
    for (const orderId of this.#own.get(source.ids[0]) ?? []) orders += this.#counts(orderId);
    return orders;
  }

  #counts(orderId: string): number {
    const order = this.#draft.look(orderId);
    return order !== undefined && isUnpaidOrExpired(order) ? 1 : 0;
  }

  note(source: Source, orderId: string): void {
    const [id] = source.ids;
    const own = this.#own.get(id);
    if (own === undefined) this.#own.set(id, [orderId]);
    else own.push(orderId);
    this.#noted.push({ source: id, orderId });
  }

  refuse(source: Source): void {
    const refusals = this.#refused.get(source.ids[0]);
    if (refusals === undefined) this.#refused.set(source.ids[0], { source, orders: 1 });
    else refusals.orders += 1;
  }

  /** What is to be kept; orders that were paid or cancelled in the slice that took them are forgotten already. */
  changes(): { sightings: { source: string; orderId: string }[]; refusals: Refusals[] } {
    const sightings = this.#noted.filter(({ orderId }) => this.#draft.look(orderId)?.watched === true);
    return { sightings, refusals: [...this.#refused.values()] };
  }
}

const isUnpaidOrExpired = ({ paid, state }: Order): boolean =>
  !paid && (state === "RESERVED" || state === "AWAITING_PAYMENT" || state === "EXPIRED");

const sourcesOf = (draft: Draft, order: Order): readonly Source[] =>
  draft.world.counts.sourcesOf.get(order.orderId) ?? [];

/** Why a new unpaid order is one too many from its device or address. Paid ones pass. */
export function reasonsOfVelocity(draft: Draft, order: Order): RejectionReason[] {
  const { velocity } = draft.rulesFor(order).policy;
  if (velocity === null || order.paid) return [];
  return sourcesOf(draft, order).flatMap((source) => {
    const most = source.kind === "DEVICE" ? velocity.perDevice : velocity.perIp;
    if (source.allowed || draft.sightings.count(source) < most) return [];
    draft.sightings.refuse(source);
    return [{ lineId: null, sku: null, code: CODES[source.kind] }];
  });
}

/** Remembers where an unpaid order came from, for as long as it counts. */
export function noteSighting(draft: Draft, order: Order): void {
  for (const source of sourcesOf(draft, order)) {
    if (source.allowed) continue;
    draft.sightings.note(source, order.orderId);
    order.watched = true;
  }
}

/** Orders that are paid, cancelled, or shorted by us count no longer: where they came from is forgotten. */
export function forget(order: Order): boolean {
  if (!order.watched || (!order.paid && order.state !== "CANCELLED" && order.state !== "SHORTED")) return false;
  order.watched = false;
  return true;
}
