/** What the shelves hold before the first order; whoever replays chooses it, the log has no stock level. */
export type OpeningStock =
  | { readonly kind: "demand"; readonly numerator: number; readonly denominator: number }
  | { readonly kind: "file"; readonly path: string };

export interface OpeningLine {
  readonly location: string;
  readonly sku: string;
  /** Pieces, 1..1,000,000. */
  readonly quantity: number;
}

const DEMAND = /^demand\*(\d{1,4})(?:\.(\d{1,4}))?$/;
const MAX_LINE_PIECES = 1_000_000;

/** Reads `demand*N` (N decimal, kept exact: 0.57 × 100 is 57, not 56.99…) or takes the text as the path of a CSV file. */
export function parseOpeningStock(text: string): OpeningStock {
  const found = DEMAND.exec(text);
  if (!found) return { kind: "file", path: text };
  const decimals = found[2] ?? "";
  return { kind: "demand", numerator: Number(`${found[1]}${decimals}`), denominator: 10 ** decimals.length };
}

/** floor(N × demand) of each SKU, half in each of the two warehouses, the odd piece in the first. */
export function stockForDemand(
  demand: ReadonlyMap<string, number>,
  factor: { readonly numerator: number; readonly denominator: number },
  warehouses: readonly [string, string],
): OpeningLine[] {
  const lines: OpeningLine[] = [];
  for (const [sku, pieces] of demand) {
    const stock = Math.floor((pieces * factor.numerator) / factor.denominator);
    lines.push(
      ...linesOf(warehouses[0], sku, Math.ceil(stock / 2)),
      ...linesOf(warehouses[1], sku, Math.floor(stock / 2)),
    );
  }
  return lines;
}

/** A quantity as receipt lines, none beyond what one line may carry. */
export function linesOf(location: string, sku: string, quantity: number): OpeningLine[] {
  const lines: OpeningLine[] = [];
  for (let left = quantity; left > 0; left -= MAX_LINE_PIECES)
    lines.push({ location, sku, quantity: Math.min(left, MAX_LINE_PIECES) });
  return lines;
}
