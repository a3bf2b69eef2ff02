/** A share as two whole numbers, so that nothing is lost before it is compared or shown. `of` = 0: nothing was measured. */
export interface Ratio {
  readonly part: number;
  readonly of: number;
}

const WHOLE_BP = 10_000n;

/** The share in basis points (0.01 %), rounded half up, from 0 to 10,000; null where nothing was measured. */
export function basisPointsOf({ part, of }: Ratio): number | null {
  if (of === 0) return null;
  return Number((2n * BigInt(part) * WHOLE_BP + BigInt(of)) / (2n * BigInt(of)));
}

/** Below 0, 0 or above 0 as the share is less than, exactly or more than so many basis points. Nothing is rounded. */
export function compareToBp({ part, of }: Ratio, bp: number): number {
  const difference = BigInt(part) * WHOLE_BP - BigInt(bp) * BigInt(of);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
