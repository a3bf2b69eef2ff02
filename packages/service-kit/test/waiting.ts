/** Waits until `check` answers something else than undefined or false. */
export async function eventually<T>(what: string, check: () => Promise<T> | T, withinMs = 60_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await check();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`within ${withinMs} ms it was not so that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A latch: tests let two transactions meet at a known point with it. */
export function latch() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}
