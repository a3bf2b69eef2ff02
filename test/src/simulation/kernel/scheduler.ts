import type { Random } from "./random.js";
import { real } from "./simulated-globals.js";
import { outside, type ProcessHost, type SimulatedProcess } from "./simulated-process.js";
import type { Trace } from "./trace.js";

/** Something that a process would do next; `run` does it and says in a few words how it ended. */
interface Step {
  readonly process: SimulatedProcess;
  readonly label: string;
  run(): Promise<string> | string;
}

interface Timer {
  readonly id: number;
  readonly process: SimulatedProcess;
  at: number;
  readonly everyMs: number | undefined;
  fire(): void;
}

/** A step takes up to this long, ms. */
const STEP_MS = 3;
/** When nothing happens but timers, time goes on by one of these, ms: to the next deadline, or so far that several are due. */
const IDLE_STRIDES_MS = [0, 0, 0, 40, 300, 1_500];

/**
 * Decides what happens next. Whatever a simulated process does to the outside (a statement, a publish, a delivery, a timer)
 * waits here until it is picked; one thing is done at a time, to its end, and everything that follows from it inside the
 * processes runs out before the next is picked. Nothing else moves, so the seed decides everything.
 */
export class Scheduler implements ProcessHost {
  now: number;
  /** Time without the jumps: what passes for somebody who is merely slow. */
  awakeMs = 0;
  /** Steps done. */
  steps = 0;
  /** True when idle time may go on in long strides. */
  hasty = false;
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #speeds = new Map<string, number>();
  #ready: Step[] = [];
  #timers: Timer[] = [];
  #soon: { process: SimulatedProcess; work: () => void }[] = [];
  #timerIds = 0;

  constructor(o: { random: Random; trace: Trace; now: number }) {
    this.#random = o.random;
    this.#trace = o.trace;
    this.now = o.now;
  }

  random(): number {
    return this.#random.next();
  }

  choose(below: number): number {
    return this.#random.below(below);
  }

  /** Offers work; settles as it does. What a dead process offers is never done. */
  take<T>(process: SimulatedProcess, label: string, work: () => Promise<T> | T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.offer(process, label, async () => {
        try {
          const value = await work();
          resolve(value);
          return Array.isArray(value)
            ? `${value.length}`
            : value === undefined || typeof value === "object"
              ? ""
              : String(value);
        } catch (error) {
          reject(error);
          return `failed: ${error instanceof Error ? error.message : String(error)}`;
        }
      });
    });
  }

  offer(process: SimulatedProcess, label: string, run: () => Promise<string> | string): void {
    if (!process.dead) this.#ready.push({ process, label, run });
  }

  setTimer(process: SimulatedProcess, ms: number, fire: () => void, everyMs?: number): number {
    const id = ++this.#timerIds;
    if (!process.dead) this.#timers.push({ id, process, at: this.now + Math.max(1, Math.trunc(ms)), everyMs, fire });
    return id;
  }

  clearTimer(id: number): void {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  }

  soon(process: SimulatedProcess, work: () => void): void {
    if (!process.dead) this.#soon.push({ process, work });
  }

  /** The process is gone, and all that it would have done. */
  bury(process: SimulatedProcess): void {
    process.dead = true;
    this.#ready = this.#ready.filter((step) => step.process !== process);
    this.#timers = this.#timers.filter((timer) => timer.process !== process);
    this.#soon = this.#soon.filter((one) => one.process !== process);
  }

  /** Time jumps for everybody: nobody was slow, yet every deadline on the way has come. */
  jump(ms: number): void {
    this.now += ms;
  }

  /** Time passes with nothing to do. */
  wait(ms: number): void {
    this.now += ms;
    this.awakeMs += ms;
  }

  /** Is there anything to do but to let time pass? */
  get idle(): boolean {
    return this.#ready.every((step) => step.process.frozen) && this.#soon.length === 0;
  }

  /** Runs out what follows from the last step inside the processes. */
  async settle(): Promise<void> {
    for (;;) {
      await turn();
      await turn();
      const soon = this.#soon;
      if (soon.length === 0) return;
      this.#soon = [];
      for (const { process, work } of soon) if (!process.dead) work();
    }
  }

  /** Does one step. Returns false when there is nothing left that could ever happen. */
  async step(): Promise<boolean> {
    await this.settle();
    const ready = this.#ready.filter((step) => !step.process.frozen);
    let due = this.#due();
    if (ready.length + due.length === 0) {
      if (!this.#pass()) return false;
      due = this.#due();
    }
    const chosen = this.#choose(ready, due);
    this.wait(this.#random.below(STEP_MS + 1));
    this.steps += 1;
    if ("run" in chosen) await this.#do(chosen);
    else this.#fire(chosen);
    await this.settle();
    return true;
  }

  #due(): Timer[] {
    return this.#timers.filter((timer) => timer.at <= this.now && !timer.process.frozen);
  }

  /** Some processes are slow and some are fast, each for the whole run. */
  #choose(ready: readonly Step[], due: readonly Timer[]): Step | Timer {
    const all: (Step | Timer)[] = [...ready, ...due];
    const weights = all.map(({ process }) => this.#speedOf(process));
    let point = this.#random.next() * weights.reduce((sum, weight) => sum + weight, 0);
    for (const [index, weight] of weights.entries()) {
      point -= weight;
      if (point < 0) return all[index]!;
    }
    return all.at(-1)!;
  }

  #speedOf({ name }: SimulatedProcess): number {
    let speed = this.#speeds.get(name);
    if (speed === undefined) {
      speed = this.#random.pick([0.2, 1, 1, 1, 4]);
      this.#speeds.set(name, speed);
    }
    return speed;
  }

  /** Lets time pass until a timer is due. */
  #pass(): boolean {
    let next = Number.POSITIVE_INFINITY;
    for (const timer of this.#timers) if (!timer.process.frozen) next = Math.min(next, timer.at);
    if (next === Number.POSITIVE_INFINITY) return false;
    const stride = this.hasty ? 2_000 : this.#random.pick(IDLE_STRIDES_MS);
    this.wait(Math.max(next - this.now, stride));
    return true;
  }

  async #do(step: Step): Promise<void> {
    this.#ready = this.#ready.filter((other) => other !== step);
    const outcome = await outside(() => step.run());
    this.#trace.line(
      `${this.steps} +${this.awakeMs} ${step.process.name} ${step.label}${outcome === "" ? "" : ` → ${outcome}`}`,
    );
  }

  #fire(timer: Timer): void {
    if (timer.everyMs === undefined) this.#timers = this.#timers.filter((other) => other !== timer);
    else timer.at = this.now + Math.max(1, timer.everyMs);
    this.#trace.line(`${this.steps} +${this.awakeMs} ${timer.process.name} timer`);
    timer.fire();
  }
}

/** One turn of the real event loop: all microtasks run out before it ends. */
function turn(): Promise<void> {
  return new Promise((resolve) => real.setImmediate(() => resolve()));
}
