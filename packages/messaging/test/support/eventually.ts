import { setTimeout as delay } from "node:timers/promises";

/** Tries the expectation again and again until it holds; after the deadline its own failure is the test's. */
export async function eventually<T>(expectation: () => T | Promise<T>, withinMs = 60_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(10);
    }
  }
}
