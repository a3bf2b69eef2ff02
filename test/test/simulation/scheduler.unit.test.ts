import { describe, expect, test } from "@jest/globals";
import { Random } from "../../src/simulation/kernel/random.js";
import { Scheduler } from "../../src/simulation/kernel/scheduler.js";
import { SimulatedProcess } from "../../src/simulation/kernel/simulated-process.js";
import { Trace } from "../../src/simulation/kernel/trace.js";

function scheduler(seed = "one") {
  const trace = new Trace();
  const made = new Scheduler({ random: new Random(seed), trace, now: 0 });
  return { scheduler: made, trace, process: new SimulatedProcess("p", made) };
}

async function runOut(one: Scheduler): Promise<void> {
  while (await one.step());
}

/** Two processes that each do three things, and what came of it. */
async function play(seed: string): Promise<string[]> {
  const { scheduler: one, trace } = scheduler(seed);
  for (const name of ["a", "b"]) {
    const process = new SimulatedProcess(name, one);
    void (async () => {
      for (const turn of [1, 2, 3]) await one.take(process, `${name}${turn}`, () => turn);
    })();
  }
  await runOut(one);
  return [...trace.lines];
}

describe("one thing at a time", () => {
  test("each process in its own order, among each other as the seed says", async () => {
    const orders = new Set<string>();
    for (const seed of ["1", "2", "3", "4", "5", "6"]) {
      const lines = await play(seed);
      const mine = lines.map((line) => /[ab]\d/.exec(line)![0]);
      expect(mine.filter((step) => step.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
      orders.add(mine.join());
    }
    expect(orders.size).toBeGreaterThan(1);
  });

  test("the same seed, the same trace", async () => {
    expect(await play("same")).toEqual(await play("same"));
  });

  test("what fails, fails for its process only", async () => {
    const { scheduler: one, process } = scheduler();
    const failed = one
      .take(process, "step", () => Promise.reject(new Error("no")))
      .catch((error: Error) => error.message);
    await runOut(one);
    expect(await failed).toBe("no");
  });
});

describe("time", () => {
  test("passes to the next deadline when nothing else is to do", async () => {
    const { scheduler: one, process } = scheduler();
    const fired: number[] = [];
    one.setTimer(process, 60_000, () => fired.push(one.now));
    await runOut(one);
    expect(fired).toHaveLength(1);
    expect(fired[0]).toBeGreaterThanOrEqual(60_000);
  });

  test("a timer that was taken back does not fire", async () => {
    const { scheduler: one, process } = scheduler();
    let fired = false;
    one.clearTimer(
      one.setTimer(process, 10, () => {
        fired = true;
      }),
    );
    expect(await one.step()).toBe(false);
    expect(fired).toBe(false);
  });
});

describe("the dead and the frozen", () => {
  test("a dead process does nothing any more", async () => {
    const { scheduler: one, process, trace } = scheduler();
    void one.take(process, "step", () => 1);
    one.setTimer(process, 10, () => one.offer(process, "late", () => ""));
    one.bury(process);
    void one.take(process, "after death", () => 1);
    expect(await one.step()).toBe(false);
    expect(trace.lines).toEqual([]);
  });

  test("a frozen one goes on where it was when it wakes up", async () => {
    const { scheduler: one, process } = scheduler();
    process.frozen = true;
    const done = one.take(process, "step", () => "done");
    expect(await one.step()).toBe(false);
    process.frozen = false;
    await one.step();
    expect(await done).toBe("done");
  });
});
