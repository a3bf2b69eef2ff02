import { readdirSync, readFileSync } from "node:fs";
import { cpuSeconds, peakResidentMiB, residentMiB } from "../platform/process-figures.js";

/** A named process whose figures are wanted; Postgres counts with all its children. */
export interface Watched {
  readonly name: string;
  readonly pid: number;
}

/** CPU seconds of each process so far, by name. */
export function cpuOf(processes: readonly Watched[]): Map<string, number> {
  return new Map(processes.map(({ name, pid }) => [name, name === "postgres" ? familyCpu(pid) : cpuSeconds(pid)]));
}

export interface MemoryFigure {
  readonly residentMiB: number;
  readonly peakMiB: number;
}

/** Resident memory of each process; Postgres' shared pages would count many times over, so it is left to its own tools. */
export function memoryOf(processes: readonly Watched[]): Map<string, MemoryFigure> {
  const own = processes.filter(({ name }) => name !== "postgres");
  return new Map(own.map(({ name, pid }) => [name, { residentMiB: residentMiB(pid), peakMiB: peakResidentMiB(pid) }]));
}

/** CPU of a process, its living children, and those it has buried. */
function familyCpu(pid: number): number {
  const children = childrenOf(pid).reduce((sum, child) => sum + (cpuIfAlive(child) ?? 0), 0);
  return cpuSeconds(pid) + buriedCpu(pid) + children;
}

const TICKS_PER_SECOND = 100;

/** The time of children that have ended and been waited for: fields 16 and 17 of proc(5)'s stat. */
function buriedCpu(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

function childrenOf(pid: number): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((candidate) => parentOf(candidate) === pid);
}

function parentOf(pid: number): number | undefined {
  const text = ifThere(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  return text === undefined ? undefined : Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
}

function cpuIfAlive(pid: number): number | undefined {
  return ifThere(() => cpuSeconds(pid));
}

/** A process may end between the listing and the look. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}
