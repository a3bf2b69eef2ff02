/**
 * Waits until the condition holds and returns what it said.
 * @throws after the deadline, naming what was waited for and what was seen last.
 */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  options: { readonly timeoutMs?: number; readonly everyMs?: number; readonly seen?: () => unknown } = {},
): Promise<T> {
  const deadline = Date.now() + (options.timeoutMs ?? 60_000);
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) {
      const seen = options.seen ? `; seen last: ${JSON.stringify(options.seen()).slice(0, 1_000)}` : "";
      throw new Error(`waited ${options.timeoutMs ?? 60_000} ms for ${what}${seen}`);
    }
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 50));
  }
}
