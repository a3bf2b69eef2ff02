/**
 * What a reader has applied of one recorder's stream of one SKU: everything up to `contiguous`, and closed ranges ahead
 * of it, ascending, with something missing before each.
 */
export interface Position {
  readonly contiguous: number;
  readonly ahead: readonly (readonly [from: number, to: number])[];
}

/** Nothing applied yet. */
export const NOTHING: Position = { contiguous: 0, ahead: [] };

/** The highest sequence applied; 0 when there is none. */
export function head(position: Position): number {
  return position.ahead.at(-1)?.[1] ?? position.contiguous;
}

/** Whether `wider` has applied every movement that `narrower` has. */
export function covers(wider: Position, narrower: Position): boolean {
  const inOne = (from: number, to: number) =>
    to <= wider.contiguous || wider.ahead.some((range) => range[0] <= from && to <= range[1]);
  const { contiguous, ahead } = narrower;
  return contiguous <= wider.contiguous && ahead.every(([from, to]) => inOne(from, to));
}
