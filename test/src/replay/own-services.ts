import type { LocalService, System } from "@septet/local-stack";
import { residentMiB } from "../platform/process-figures.js";

/** What no service may hold resident after a replay. */
export const MAX_RESIDENT_MIB = 250;

/** Kills one instance of order-reservation and one of warehouse without warning, and starts them again. */
export async function disturb(system: System): Promise<void> {
  const shared = ["order-reservation", "warehouse"] as const;
  await Promise.all(shared.map((service) => system.kill(service, 1, "SIGKILL")));
  await Promise.all(shared.map((service) => system.restart(service, 1)));
}

/** The resident memory of every process, and which hold too much. */
export function memoryLines(system: System, instances: number): { lines: string[]; failures: string[] } {
  const counts: [LocalService, number][] = [
    ["order-reservation", instances],
    ["warehouse", instances],
    ["ledger", 1],
  ];
  const lines: string[] = [];
  const failures: string[] = [];
  for (const [service, count] of counts)
    for (let i = 0; i < count; i += 1) {
      const resident = residentMiB(system.pid(service, i));
      lines.push(`${service} ${i}: ${resident.toFixed(0)} MiB resident`);
      if (resident > MAX_RESIDENT_MIB) failures.push(`${service} ${i} holds more than ${MAX_RESIDENT_MIB} MiB`);
    }
  return { lines, failures };
}
