const TICK_MS = 5;

export interface SteadyOffer {
  readonly perSecond: number;
  /** Whether the one with this number (from 0) is still offered. */
  readonly goesOn: (n: number) => boolean;
  /** Takes those that have come due since the last call: the moments, of performance.now(), at which each was due. */
  readonly take: (dueAt: readonly number[]) => void;
}

/** Offers one thing after another at a steady rate, never fewer because some were slow. Ends when it does not go on. */
export async function offerSteadily({ perSecond, goesOn, take }: SteadyOffer): Promise<void> {
  const begin = performance.now();
  for (let at = 0; goesOn(at); ) {
    const until = Math.floor(((performance.now() - begin) / 1_000) * perSecond) + 1;
    const due: number[] = [];
    for (; at < until && goesOn(at); at += 1) due.push(begin + (at / perSecond) * 1_000);
    if (due.length > 0) take(due);
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}
