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
