import { seededRandom } from "./random.js";

/**
 * The shape of a real retailer's orders: the Online Retail log of December 2010 (UCI, CC BY 4.0), goods lines only. Points
 * are [share of all, value at that share]; values between two points are interpolated.
 */
type Quantiles = readonly (readonly [share: number, value: number])[];

/** Lines per order; 25.6 on average. */
const LINES_PER_ORDER: Quantiles = [
  [0, 1],
  [0.1, 1],
  [0.25, 4],
  [0.5, 12],
  [0.75, 25],
  [0.9, 49],
  [0.95, 67],
  [0.98, 135],
  [0.99, 461],
  [1, 674],
];

/** Pieces per line; 8.7 on average. */
const PIECES_PER_LINE: Quantiles = [
  [0, 1],
  [0.35, 1],
  [0.5, 2],
  [0.75, 7],
  [0.85, 12],
  [0.95, 24],
  [0.98, 48],
  [0.99, 96],
  [1, 600],
];

/** Share of all lines that the SKUs up to this share, most popular first, are named on. */
const POPULARITY: Quantiles = [
  [0, 0],
  [0.089, 0.01],
  [0.276, 0.05],
  [0.426, 0.1],
  [0.622, 0.2],
  [0.896, 0.5],
  [1, 1],
];

export interface ShapedLine {
  /** 0 = the most popular SKU. */
  readonly sku: number;
  readonly quantity: number;
}

/** Orders of the retailer's shape, the same for the same seed. An order may name one SKU on several lines, as real ones do. */
export class RetailShape {
  private readonly random: () => number;
  private readonly skus: number;
  private readonly maxLines: number;

  /** @param maxLines orders are cut to so many lines; for small logs */
  constructor(options: { readonly seed: number; readonly skus: number; readonly maxLines?: number }) {
    this.random = seededRandom(options.seed);
    this.skus = options.skus;
    this.maxLines = options.maxLines ?? Number.POSITIVE_INFINITY;
  }

  order(): ShapedLine[] {
    const lines = Math.min(this.maxLines, this.whole(LINES_PER_ORDER));
    return Array.from({ length: lines }, () => this.line());
  }

  line(): ShapedLine {
    const sku = Math.min(this.skus - 1, Math.floor(valueAt(POPULARITY, this.random()) * this.skus));
    return { sku, quantity: this.whole(PIECES_PER_LINE) };
  }

  /** A number 0 ≤ x < 1 of the same seed. */
  chance(): number {
    return this.random();
  }

  private whole(quantiles: Quantiles): number {
    return Math.max(1, Math.floor(valueAt(quantiles, this.random())));
  }
}

function valueAt(quantiles: Quantiles, share: number): number {
  const above = quantiles.findIndex(([at]) => at > share);
  const [shareBelow, below] = quantiles[above - 1]!;
  const [shareAbove, valueAbove] = quantiles[above]!;
  return below + ((share - shareBelow) / (shareAbove - shareBelow)) * (valueAbove - below);
}
