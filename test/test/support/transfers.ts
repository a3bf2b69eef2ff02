import { randomUUID } from "node:crypto";
import type { Answer } from "../../src/platform/service-client.js";
import { waitFor } from "../../src/platform/wait.js";
import type { Scenario } from "./scenario.js";

const PATIENCE_MS = 120_000;

export const WUHAN = "WUHAN";
export const BEIJING = "BEIJING";

/** A warehouse's figures as the book's table has them: total / bookTotal / sellable / transferReserved / inTransit. */
export type Figures = readonly [
  total: number,
  bookTotal: number,
  sellable: number,
  transferReserved: number,
  inTransit: number,
];

interface Balance {
  readonly location: string;
  readonly total: number;
  readonly bookTotal: number;
  readonly sellable: number;
  readonly orderReserved: number;
  readonly unsellable: number;
  readonly locked: number;
  readonly transferReserved: number;
  readonly inTransit: number;
  readonly virtual: number;
}

/** A SKU as the ledger shows it: both warehouses and the network, every bucket. */
export interface Shown {
  readonly wuhan: Figures;
  readonly beijing: Figures;
  readonly network: Figures;
  /** Unsellable pieces in Wuhan and in Beijing. */
  readonly unsellable: readonly [number, number];
}

/** Clerks who bring goods from Wuhan to Beijing, and the ledger that shows what became of them. */
export class Transfers {
  readonly #shop: Scenario;

  constructor(shop: Scenario) {
    this.#shop = shop;
  }

  /** Defines both warehouses. */
  async begin(): Promise<void> {
    for (const code of [WUHAN, BEIJING]) await this.#shop.warehouse.put(`/v1/warehouses/${code}`, { name: code });
  }

  /** Asks for pieces of one SKU to be brought to Beijing; the transfer's id. */
  async request(sku: string, quantity: number, more: object = {}): Promise<string> {
    const body = { source: WUHAN, destination: BEIJING, lines: [{ sku, quantity }], ...more };
    const answer = await this.#shop.transfer.post("/v1/transfers", randomUUID(), body);
    return answer.body.transferId;
  }

  /** The same, promised by its source. */
  async reserved(sku: string, quantity: number, more: object = {}): Promise<string> {
    const id = await this.request(sku, quantity, more);
    await this.reaches(id, "RESERVED");
    return id;
  }

  /** A clerk's step, under a key of its own unless one is given. */
  step(id: string, name: string, body: object = {}, key: string = randomUUID()): Promise<Answer> {
    return this.#shop.transfer.post(`/v1/transfers/${id}/${name}`, key, body, [404, 409, 422]);
  }

  dispatch(id: string, quantity: number, more: object = {}): Promise<Answer> {
    return this.step(id, "dispatch", { lines: [{ lineId: "1", quantity }], ...more });
  }

  receive(
    id: string,
    found: { sellable?: number; damaged?: number; lost?: number },
    more: object = {},
  ): Promise<Answer> {
    return this.step(id, "receive", { lines: [{ lineId: "1", ...found }], ...more });
  }

  /** The transfer as its service shows it. */
  async transfer(id: string): Promise<Answer["body"]> {
    return (await this.#shop.transfer.get(`/v1/transfers/${id}`)).body;
  }

  async reaches(id: string, state: string): Promise<Answer["body"]> {
    let seen: Answer["body"];
    return waitFor(
      `transfer ${id} to be ${state}`,
      async () => {
        seen = await this.transfer(id);
        return seen.state === state && seen;
      },
      { timeoutMs: PATIENCE_MS, seen: () => seen },
    );
  }

  /** Waits until the ledger shows these figures; those that are not given may be anything. Every identity must hold. */
  async shows(sku: string, wanted: Partial<Shown>): Promise<Shown> {
    let seen: Shown | undefined;
    return waitFor(
      `${sku} to be shown as ${JSON.stringify(wanted)}`,
      async () => {
        seen = await this.shown(sku);
        const found = seen as unknown as Record<string, unknown>;
        return Object.entries(wanted).every(([name, figures]) => same(found[name], figures)) && seen;
      },
      { timeoutMs: PATIENCE_MS, seen: () => seen },
    );
  }

  /** The buckets that no transfer touches, over Wuhan, Beijing and the network: what they come to, one sum each. */
  async otherBuckets(sku: string): Promise<number[]> {
    const { body } = await this.#shop.ledger.get(`/v1/stock/${encodeURIComponent(sku)}`);
    const locations: Balance[] = body.locations;
    const at = (location: string) => locations.find((one) => one.location === location);
    const others = (of: Omit<Balance, "location"> | undefined) =>
      of === undefined ? 0 : of.orderReserved + of.unsellable + of.locked + of.virtual;
    return [others(at(WUHAN)), others(at(BEIJING)), others(body.network)];
  }

  /** What the ledger shows now. @throws when the identity does not hold somewhere */
  async shown(sku: string): Promise<Shown> {
    const { body } = await this.#shop.ledger.get(`/v1/stock/${encodeURIComponent(sku)}`, [404]);
    const locations: Balance[] = body.locations ?? [];
    if (body.identityHolds === false) throw new Error(`the identity of ${sku} does not hold: ${JSON.stringify(body)}`);
    const at = (location: string) => locations.find((one) => one.location === location);
    return {
      wuhan: figures(at(WUHAN)),
      beijing: figures(at(BEIJING)),
      network: figures(body.network),
      unsellable: [at(WUHAN)?.unsellable ?? 0, at(BEIJING)?.unsellable ?? 0],
    };
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const figures = (of: Omit<Balance, "location"> | undefined): Figures =>
  of === undefined ? [0, 0, 0, 0, 0] : [of.total, of.bookTotal, of.sellable, of.transferReserved, of.inTransit];
