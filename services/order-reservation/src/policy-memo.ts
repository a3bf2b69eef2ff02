import { type Policies, type Policy, type PolicyBook, skuScope } from "./domain/index.js";
import { NO_KEYS, type VelocityKeys } from "./source-hashes.js";

const isOfASku = (scope: string): boolean => scope.startsWith("sku:");

/**
 * The policies as the last slices saw them, for the next to plan its counters by without a round trip. It may be out of
 * date: under its locks every slice reads for itself, and starts over when it lacks a counter.
 */
export class PolicyMemo implements PolicyBook {
  /** The keys of devices and addresses, as far as a rule asked for them. */
  keys: VelocityKeys = NO_KEYS;
  #ofSales = new Map<string, Policy>();
  readonly #ofSkus = new Map<string, Policy>();

  get(scope: string): Policy | undefined {
    return isOfASku(scope) ? this.#ofSkus.get(scope) : this.#ofSales.get(scope);
  }

  *values(): Generator<Policy> {
    yield* this.#ofSales.values();
    yield* this.#ofSkus.values();
  }

  /** Keeps what a slice with these SKUs has read. */
  remember(policies: Policies, skus: Iterable<string>): void {
    this.#ofSales = new Map([...policies].filter(([scope]) => !isOfASku(scope)));
    if (this.#ofSkus.size === 0 && policies.size === this.#ofSales.size) return;
    for (const sku of skus) {
      const scope = skuScope(sku);
      const policy = policies.get(scope);
      if (policy === undefined) this.#ofSkus.delete(scope);
      else this.#ofSkus.set(scope, policy);
    }
  }
}
