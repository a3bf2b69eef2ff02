import { afterEach, describe, expect, test } from "@jest/globals";
import { DeadlinePassedError, FatalError, QueueClosedError, SliceQueue, type SliceQueueOptions } from "../src/index.js";
import { eventually } from "./support/eventually.js";

class Away extends Error {}
const open: SliceQueue<number, string>[] = [];

function queueOf(options: Partial<SliceQueueOptions<number, string>>): SliceQueue<number, string> {
  const queue = new SliceQueue<number, string>({
    settle: async (items) => items.map(String),
    isTransient: (error) => error instanceof Away,
    poison: async (item) => `poisoned ${item}`,
    wait: async () => undefined,
    ...options,
  });
  open.push(queue);
  return queue;
}

/** A settle that waits until it is let go. */
function gate() {
  const slices: number[][] = [];
  let release: () => void = () => undefined;
  let gateway = new Promise<void>((resolve) => {
    release = resolve;
  });
  const settle = async (items: number[]) => {
    slices.push(items);
    await gateway;
    return items.map(String);
  };
  const opened = () => {
    release();
    gateway = Promise.resolve();
  };
  return { slices, settle, open: opened };
}

afterEach(async () => {
  for (const queue of open.splice(0)) await queue.close();
});

describe("a slice queue", () => {
  test("what arrives while a slice is settled is settled together in the next one, in order", async () => {
    const { slices, settle, open } = gate();
    const queue = queueOf({ settle });
    const first = queue.submit([1]);
    await eventually(() => expect(slices).toEqual([[1]]));
    const rest = [queue.submit([2, 3]), queue.submit([4])];
    open();
    expect(await first).toEqual(["1"]);
    expect(await Promise.all(rest)).toEqual([["2", "3"], ["4"]]);
    expect(slices).toEqual([[1], [2, 3, 4]]);
  });

  test("whoever was in a slice and brings more at once is in the next one, although others wait already", async () => {
    const { slices, settle, open } = gate();
    const queue = queueOf({ settle });
    const first = queue.submit([1]).then(async () => {
      // From a settled slice to the next of its partition: offsets noted, messages decoded, no I/O.
      for (let turn = 0; turn < 20; turn++) await undefined;
      return queue.submit([3]);
    });
    await eventually(() => expect(slices).toEqual([[1]]));
    const other = queue.submit([2]);
    open();
    expect(await Promise.all([first, other])).toEqual([["3"], ["2"]]);
    expect(slices).toEqual([[1], [2, 3]]);
  });

  test("a slice is never larger than its bound, and never two at a time", async () => {
    let running = 0;
    const sizes: number[] = [];
    const settle = async (items: number[]) => {
      expect(++running).toBe(1);
      sizes.push(items.length);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return items.map(String);
    };
    const queue = queueOf({ settle, maxItems: 10, maxQueued: 1_000 });
    const items = Array.from({ length: 95 }, (_, index) => index);
    const results = await Promise.all([queue.submit(items), queue.submit([100, 101])]);
    expect(results).toEqual([items.map(String), ["100", "101"]]);
    expect(Math.max(...sizes)).toBe(10);
    expect(sizes.reduce((a, b) => a + b)).toBe(97);
  });

  test("an unexpected error is halved down to the culprit, which alone is poisoned; the others are settled in order", async () => {
    const settled: number[] = [];
    const settle = async (items: number[]) => {
      if (items.includes(37)) throw new Error("37 breaks the database");
      settled.push(...items);
      return items.map(String);
    };
    const queue = queueOf({ settle });
    const items = Array.from({ length: 100 }, (_, index) => index);
    const results = await queue.submit(items);
    expect(results).toEqual(items.map((item) => (item === 37 ? "poisoned 37" : String(item))));
    expect(settled).toEqual(items.filter((item) => item !== 37));
  });

  test("a database that is away is waited for: nothing is poisoned, and the queue says why it waits", async () => {
    let away = true;
    let attempts = 0;
    const settle = async (items: number[]) => {
      attempts++;
      if (away) throw new Away("the database does not answer");
      return items.map(String);
    };
    const queue = queueOf({ settle, wait: () => new Promise((resolve) => setTimeout(resolve, 1)) });
    const result = queue.submit([1, 2]);
    await eventually(() => expect(attempts).toBeGreaterThan(3));
    expect(queue.health()).toEqual({ ok: false, reason: "a slice waits: the database does not answer" });
    away = false;
    expect(await result).toEqual(["1", "2"]);
    expect(queue.health()).toEqual({ ok: true });
  });

  test("a dead letter that cannot be written for now is written later", async () => {
    let refusals = 2;
    const queue = queueOf({
      settle: async () => {
        throw new Error("broken");
      },
      poison: async (item) => {
        if (refusals-- > 0) throw new Away("the database does not answer");
        return `poisoned ${item}`;
      },
    });
    expect(await queue.submit([7])).toEqual(["poisoned 7"]);
  });

  test("what cannot even be put aside is told to the one who submitted it, and to nobody else", async () => {
    const queue = queueOf({
      settle: async (items) => {
        if (items.includes(2)) throw new Error("broken");
        return items.map(String);
      },
      poison: async () => {
        throw new Error("no dead letter either");
      },
    });
    const [good, bad] = await Promise.allSettled([queue.submit([1]), queue.submit([2])]);
    expect(good).toEqual({ status: "fulfilled", value: ["1"] });
    expect(bad).toMatchObject({ status: "rejected", reason: { message: "no dead letter either" } });
  });

  test("a fault after which nobody may go on is told to all of the slice: no item is its culprit, none is put aside", async () => {
    const slices: number[][] = [];
    const poisoned: number[] = [];
    const queue = queueOf({
      settle: async (items) => {
        slices.push(items);
        throw new FatalError("the database was restored to an earlier point");
      },
      poison: async (item) => {
        poisoned.push(item);
        return `poisoned ${item}`;
      },
    });
    await expect(queue.submit([1, 2, 3])).rejects.toThrow(FatalError);
    expect(slices).toEqual([[1, 2, 3]]);
    expect(poisoned).toEqual([]);
  });

  test("a full queue makes the next submission wait for room", async () => {
    const { slices, settle, open } = gate();
    const queue = queueOf({ settle, maxItems: 2, maxQueued: 3 });
    const first = queue.submit([1]);
    await eventually(() => expect(slices).toHaveLength(1));
    const waiting = [queue.submit([2, 3]), queue.submit([4, 5]), queue.submit([6])];
    expect(queue.depth).toBe(2);
    open();
    await Promise.all([first, ...waiting]);
    expect(slices.flat()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("a submission larger than the whole queue is let in once the queue is empty", async () => {
    const queue = queueOf({ maxItems: 2, maxQueued: 3 });
    expect(await queue.submit([1, 2, 3, 4, 5])).toEqual(["1", "2", "3", "4", "5"]);
  });

  test("a caller with a deadline is answered at its time although the database is away; the others go on waiting", async () => {
    let away = true;
    let now = 0;
    const queue = queueOf({
      settle: async (items) => {
        if (away) throw new Away("the database does not answer");
        return items.map(String);
      },
      deadlineOf: (item) => (item === 1 ? 1_000 : undefined),
      now: () => now,
      wait: () => new Promise((resolve) => setTimeout(resolve, 1)),
    });
    const patient = queue.submit([2]);
    const hurried = queue.submit([1]);
    now = 2_000;
    await expect(hurried).rejects.toBeInstanceOf(DeadlinePassedError);
    away = false;
    expect(await patient).toEqual(["2"]);
  });

  test("closing settles what was taken, and refuses what comes later", async () => {
    const { slices, settle, open } = gate();
    const queue = queueOf({ settle });
    const taken = [queue.submit([1]), queue.submit([2])];
    const closed = queue.close();
    open();
    await closed;
    expect(await Promise.all(taken)).toEqual([["1"], ["2"]]);
    expect(slices.flat()).toEqual([1, 2]);
    await expect(queue.submit([3])).rejects.toBeInstanceOf(QueueClosedError);
  });

  test("closing does not wait for a database that is away", async () => {
    const queue = queueOf({
      settle: async () => {
        throw new Away("the database does not answer");
      },
      wait: (ms, signal) =>
        new Promise((resolve) => {
          const timer = setTimeout(resolve, ms);
          signal.addEventListener("abort", () => {
            clearTimeout(timer);
            resolve();
          });
        }),
    });
    const given = queue.submit([1]);
    const refusal = expect(given).rejects.toBeInstanceOf(QueueClosedError);
    await eventually(() => expect(queue.health().ok).toBe(false));
    await queue.close();
    await refusal;
  });

  test("a settle that answers for fewer items than it was given is a bug and is not taken for success", async () => {
    const queue = queueOf({ settle: async (items) => items.slice(1).map(String) });
    expect(await queue.submit([1, 2])).toEqual(["poisoned 1", "poisoned 2"]);
  });

  test("an empty submission is settled at once", async () => {
    expect(await queueOf({}).submit([])).toEqual([]);
  });
});
