import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import { bound, currentProcess } from "./simulated-process.js";

/** Real time, for the simulation itself. */
export const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
  now: Date.now.bind(Date),
};

type Callback = (...args: unknown[]) => void;

/** What a simulated `setTimeout` gives back: enough of Node's Timeout for those who unref or refresh it. */
class SimulatedTimeout {
  readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
}

/**
 * Puts simulated time, turns and randomness in the place of the real ones, for code that runs inside a simulated process;
 * everybody else keeps the real ones. Must be called before the services are imported: some libraries keep the functions.
 */
export function installSimulatedGlobals(): void {
  installTimers();
  installDate();
  installRandomness();
  syncBuiltinESMExports();
}

function installTimers(): void {
  const globals = globalThis as unknown as Record<string, unknown>;
  const { setTimeout, clearTimeout, setImmediate, setInterval, clearInterval, clearImmediate } = globalThis;
  globals.setTimeout = (work: Callback, ms = 0, ...args: unknown[]) => {
    const process = currentProcess();
    if (process === undefined) return setTimeout(work, ms, ...args);
    return new SimulatedTimeout(
      process.host.setTimer(
        process,
        ms,
        bound(() => work(...args)),
      ),
    );
  };
  globals.setInterval = (work: Callback, ms = 0, ...args: unknown[]) => {
    const process = currentProcess();
    if (process === undefined) return setInterval(work, ms, ...args);
    return new SimulatedTimeout(
      process.host.setTimer(
        process,
        ms,
        bound(() => work(...args)),
        ms,
      ),
    );
  };
  const clear = (realClear: (timer: unknown) => void) => (timer: unknown) => {
    if (timer instanceof SimulatedTimeout) currentProcess()?.host.clearTimer(timer.id);
    else realClear(timer);
  };
  globals.clearTimeout = clear(clearTimeout as (timer: unknown) => void);
  globals.clearInterval = clear(clearInterval as (timer: unknown) => void);
  globals.clearImmediate = clear(clearImmediate as (timer: unknown) => void);
  globals.setImmediate = (work: Callback, ...args: unknown[]) => {
    const process = currentProcess();
    if (process === undefined) return setImmediate(work, ...args);
    process.host.soon(
      process,
      bound(() => work(...args)),
    );
    return new SimulatedTimeout(0);
  };
  installPromisedTimers();
}

function installPromisedTimers(): void {
  const { setTimeout: delay, setImmediate: turn } = timers;
  const promised = timers as unknown as Record<string, unknown>;
  promised.setTimeout = (ms = 0, value?: unknown, options: { signal?: AbortSignal } = {}) => {
    if (currentProcess() === undefined) return delay(ms, value, options);
    return new Promise((resolve, reject) => {
      const { signal } = options;
      const abort = () => {
        globalThis.clearTimeout(timer);
        reject(new DOMException("The operation was aborted", "AbortError"));
      };
      const timer = globalThis.setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve(value);
      }, ms);
      if (signal?.aborted) abort();
      else signal?.addEventListener("abort", abort, { once: true });
    });
  };
  promised.setImmediate = (value?: unknown) => {
    if (currentProcess() === undefined) return turn(value);
    return new Promise((resolve) => globalThis.setImmediate(() => resolve(value)));
  };
}

function installDate(): void {
  const RealDate = globalThis.Date;
  const now = () => currentProcess()?.host.now ?? RealDate.now();
  class SimulatedDate extends RealDate {
    constructor(...args: ConstructorParameters<typeof Date> | []) {
      super(...((args.length === 0 ? [now()] : args) as ConstructorParameters<typeof Date>));
    }
    static override now(): number {
      return now();
    }
  }
  globalThis.Date = SimulatedDate as DateConstructor;
}

function installRandomness(): void {
  const { random } = Math;
  Math.random = () => currentProcess()?.host.random() ?? random();
  const { randomUUID, randomBytes } = crypto;
  const bytes = (size: number) => {
    const host = currentProcess()?.host;
    if (host === undefined) return undefined;
    return Buffer.from(Array.from({ length: size }, () => Math.floor(host.random() * 256)));
  };
  const uuid = () => {
    const hex = bytes(16)?.toString("hex");
    if (hex === undefined) return randomUUID();
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
  const module = crypto as unknown as Record<string, unknown>;
  module.randomUUID = uuid;
  module.randomBytes = (size: number, answer?: (error: Error | null, bytes: Buffer) => void) => {
    if (answer !== undefined) return randomBytes(size, answer);
    return bytes(size) ?? randomBytes(size);
  };
  Object.defineProperty(globalThis.crypto, "randomUUID", { value: uuid, configurable: true });
}
