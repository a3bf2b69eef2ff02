import { type Refusal, type RefusedField, refuse } from "./refusal.js";

/** What a supplier calls one of our SKUs; unique both ways per supplier. */
export interface Mapping {
  readonly code: string;
  readonly sku: string;
}

/** Conflicts that a refusal names; there may be more. */
const MAX_CONFLICTS_NAMED = 1_000;

export interface MappingsChosen {
  readonly outcome: "CHOSEN";
  /** Those that were not there before, in the order told. */
  readonly added: readonly Mapping[];
}

/**
 * Holds the wanted mappings against each other and against those that stand, which are all that name one of the codes or
 * SKUs. Nothing is mapped over: what a wrong mapping reported must be taken back first.
 * @returns MAPPING_CONFLICT naming each row that cannot be
 */
export function chooseMappings(standing: readonly Mapping[], wanted: readonly Mapping[]): MappingsChosen | Refusal {
  const skuOf = new Map(standing.map(({ code, sku }) => [code, sku]));
  const codeOf = new Map(standing.map(({ code, sku }) => [sku, code]));
  const added: Mapping[] = [];
  const errors: RefusedField[] = [];
  wanted.forEach(({ code, sku }, index) => {
    const knownSku = skuOf.get(code);
    const knownCode = codeOf.get(sku);
    if (knownSku === sku) return;
    if (knownSku !== undefined) {
      const reason = `code ${code} stands for ${knownSku}: take that mapping back first`;
      errors.push({ field: `mappings[${index}].code`, reason });
    } else if (knownCode !== undefined) {
      const reason = `SKU ${sku} is called ${knownCode}: take that mapping back first`;
      errors.push({ field: `mappings[${index}].sku`, reason });
    } else {
      skuOf.set(code, sku);
      codeOf.set(sku, code);
      added.push({ code, sku });
    }
  });
  if (errors.length === 0) return { outcome: "CHOSEN", added };
  const detail = `${errors.length} mappings contradict others: a code stands for one SKU, a SKU has one code`;
  return refuse("MAPPING_CONFLICT", detail, errors.slice(0, MAX_CONFLICTS_NAMED));
}
