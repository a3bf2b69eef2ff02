import { setTimeout as delay } from "node:timers/promises";

/** Waits `ms`, or shorter when the signal is given; never rejects. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** The wait before attempt `attempt` (0, 1, …), in ms: doubling from `firstMs` up to `maxMs`, half of it random. */
export function backoffMs(attempt: number, firstMs: number, maxMs: number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 20));
  return full / 2 + (Math.random() * full) / 2;
}

/** Waits for `work`, at most `ms`; answers whether it ended in time. Leaves no timer behind; rejects as `work` does. */
export async function endedWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const over = new AbortController();
  const late = wait(ms, over.signal).then(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    over.abort();
  }
}
