import { setTimeout as delay } from "node:timers/promises";

/**
 * Polls until `condition` gives a value other than undefined and false.
 * @param withinMs milliseconds until it gives up
 * @throws naming `what` and the last error when the time is over
 */
export async function until<T>(
  what: string,
  withinMs: number,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  everyMs = 25,
): Promise<T> {
  const end = performance.now() + withinMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== undefined && value !== false) return value;
      lastError = undefined;
    } catch (error) {
      if (error instanceof GivenUp) throw error;
      lastError = error;
    }
    if (performance.now() > end) {
      const reason = lastError instanceof Error ? `: ${lastError.message}` : "";
      throw new Error(`${what}: not within ${Math.round(withinMs / 1000)} s${reason}`, { cause: lastError });
    }
    await delay(everyMs);
  }
}

/** Thrown by a condition that can no longer come true: ends the wait at once. */
export class GivenUp extends Error {}
