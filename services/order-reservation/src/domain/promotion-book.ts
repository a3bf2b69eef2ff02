import type { Promotion, PromotionOfSku, Promotions } from "./promotion.js";

export interface PromotionChange<P> {
  isNew: boolean;
  after: P;
}

interface PromotionChanges {
  promotions: PromotionChange<Promotion>[];
  promotedSkus: PromotionChange<PromotionOfSku>[];
  promotionGraceMs: number;
}

const NONE: readonly PromotionOfSku[] = [];

/** The promotions of a slice while it is decided: copied when first touched, like everything else that is loaded. */
export class PromotionBook {
  readonly #loaded: Promotions;
  readonly #ofSku = new Map<string, PromotionOfSku[]>();
  readonly #byId = new Map<string, Promotion>();

  constructor(loaded: Promotions) {
    this.#loaded = loaded;
  }

  get isEmpty(): boolean {
    return this.#ofSku.size === 0 && this.#loaded.ofSku.size === 0;
  }

  get graceMs(): number {
    return this.#loaded.graceMs;
  }

  /** SKUs that have promotions, sorted, so that the same facts have the same effects in the same order. */
  skus(): string[] {
    return [...new Set([...this.#ofSku.keys(), ...this.#loaded.ofSku.keys()])].sort();
  }

  /** Promotions of a SKU, to look at, those that begin first before the others. */
  look(sku: string): readonly PromotionOfSku[] {
    if (this.isEmpty) return NONE;
    return this.#ofSku.get(sku) ?? this.#loaded.ofSku.get(sku) ?? NONE;
  }

  /** The same, to change. */
  take(sku: string): PromotionOfSku[] {
    const touched = this.#ofSku.get(sku);
    if (touched !== undefined) return touched;
    const copies = (this.#loaded.ofSku.get(sku) ?? []).map((promotion) => ({ ...promotion }));
    this.#ofSku.set(sku, copies);
    return copies;
  }

  /** SKUs of one promotion as far as they are loaded, to change. */
  skusOf(promotionId: string): PromotionOfSku[] {
    const found: PromotionOfSku[] = [];
    for (const sku of this.skus()) {
      if (!this.look(sku).some((one) => one.promotionId === promotionId)) continue;
      found.push(...this.take(sku).filter((one) => one.promotionId === promotionId));
    }
    return found;
  }

  add(promotion: PromotionOfSku): void {
    const promotions = this.take(promotion.sku);
    promotions.push(promotion);
    promotions.sort(byStart);
  }

  /** Keeps a SKU's promotions in the order in which they are served, after a time has changed. */
  sort(sku: string): void {
    this.take(sku).sort(byStart);
  }

  /** When the quota of a SKU was gone (epoch ms), null: it is not. */
  soldOutAt(promotionId: string, sku: string): number | null {
    return this.look(sku).find((one) => one.promotionId === promotionId)?.soldOutAt ?? null;
  }

  /** When a promotion of the SKU lost its quota last (epoch ms), 0: none did. */
  lastSoldOut(sku: string): number {
    return this.look(sku).reduce((last, { soldOutAt }) => Math.max(last, soldOutAt ?? 0), 0);
  }

  promotion(promotionId: string): Promotion | undefined {
    return this.#byId.get(promotionId) ?? this.#loaded.byId.get(promotionId);
  }

  put(promotion: Promotion): void {
    this.#byId.set(promotion.promotionId, promotion);
  }

  changes(): PromotionChanges {
    const promotions: PromotionChange<Promotion>[] = [];
    for (const [id, after] of this.#byId) promotions.push({ isNew: !this.#loaded.byId.has(id), after });
    const promotedSkus: PromotionChange<PromotionOfSku>[] = [];
    for (const [sku, all] of this.#ofSku) {
      const before = new Map((this.#loaded.ofSku.get(sku) ?? []).map((one) => [one.promotionId, one]));
      for (const after of all) {
        const old = before.get(after.promotionId);
        if (old === undefined || differs(old, after)) promotedSkus.push({ isNew: old === undefined, after });
      }
    }
    return { promotions, promotedSkus, promotionGraceMs: this.graceMs };
  }
}

/** Who begins first locks first. */
export const byStart = (a: PromotionOfSku, b: PromotionOfSku): number =>
  a.startsAt - b.startsAt || Number(a.promotionId > b.promotionId) - Number(a.promotionId < b.promotionId);

const COMPARED = [
  "startsAt",
  "endsAt",
  "endedAt",
  "started",
  "opened",
  "soldOutAt",
  "alerted",
  "closed",
  "locks",
] as const satisfies readonly (keyof PromotionOfSku)[];

const differs = (a: PromotionOfSku, b: PromotionOfSku): boolean => COMPARED.some((field) => a[field] !== b[field]);
