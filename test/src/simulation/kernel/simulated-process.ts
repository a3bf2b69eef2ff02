import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";

const storage = new AsyncLocalStorage<SimulatedProcess | undefined>();

/** Timers and turns of a process go to whoever decides what happens next. */
export interface ProcessHost {
  readonly now: number;
  setTimer(process: SimulatedProcess, ms: number, fire: () => void, everyMs?: number): number;
  clearTimer(id: number): void;
  soon(process: SimulatedProcess, work: () => void): void;
  random(): number;
}

/**
 * One operating system process of the simulated world: all that runs inside `run`, however long after, belongs to it. A dead
 * one does nothing any more: its steps, timers and answers are gone, its promises never settle.
 */
export class SimulatedProcess {
  readonly name: string;
  readonly host: ProcessHost;
  dead = false;
  /** Steps of a frozen process are not taken; time goes on for the others. */
  frozen = false;

  constructor(name: string, host: ProcessHost) {
    this.name = name;
    this.host = host;
  }

  run<T>(work: () => T): T {
    return storage.run(this, work);
  }
}

/** The simulated process that is running, or undefined outside of all. */
export function currentProcess(): SimulatedProcess | undefined {
  return storage.getStore();
}

/** Runs outside of every simulated process: with real time and real connections. */
export function outside<T>(work: () => T): T {
  return storage.run(undefined, work);
}

/** Keeps the process, and whatever else is kept per call chain, for when the callback is called. */
export function bound<A extends unknown[]>(work: (...args: A) => void): (...args: A) => void {
  return AsyncResource.bind(work);
}
