import { readFileSync } from "node:fs";

/** Linux counts a process's time in hundredths of a second on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;
const UTIME_FIELD = 13;
const STIME_FIELD = 14;

/** CPU seconds a process has used so far, user and system, all threads; its children are not counted. */
export function cpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the name in parentheses and may hold blanks.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[UTIME_FIELD - 2]) + Number(fields[STIME_FIELD - 2]);
  return ticks / TICKS_PER_SECOND;
}

/** Resident memory of a process now, MiB. */
export function residentMiB(pid: number): number {
  return kibibytes(pid, "VmRSS") / 1_024;
}

/** The most that was ever resident, MiB. */
export function peakResidentMiB(pid: number): number {
  return kibibytes(pid, "VmHWM") / 1_024;
}

function kibibytes(pid: number, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  if (!found) throw new Error(`/proc/${pid}/status has no ${field}`);
  return Number(found[1]);
}
