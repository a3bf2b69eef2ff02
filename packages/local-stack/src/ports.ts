import { createServer, type Server } from "node:net";

/** Offsets from the port base; the services' ones are theirs for good (design: console 0, services 1 to 5). */
export const PORT_OFFSETS = { postgres: 32, registry: 81, kafka: 92, kafkaController: 93 } as const;

/** One service's place: its offset from the port base and its database, whose owner has the same name. */
export const SERVICES = {
  "order-reservation": { portOffset: 1, database: "order_reservation" },
  warehouse: { portOffset: 2, database: "warehouse" },
  transfer: { portOffset: 3, database: "transfer" },
  "supplier-sync": { portOffset: 4, database: "supplier_sync" },
  ledger: { portOffset: 5, database: "ledger" },
} as const;

export type LocalService = keyof typeof SERVICES;

/** @throws a message naming port, purpose and the variable that moves it, when somebody listens there. */
export async function assertPortFree(port: number, purpose: string): Promise<void> {
  if (!(await isFree(port)))
    throw new Error(
      `Port ${port} (${purpose}) is in use by another process. Set SEPTET_PORT_BASE to another number (default 7100).`,
    );
}

/** A port nobody listens on now, chosen by the system. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

/** A hundred ports that no other process gets from here until they are given back, or this process has ended. */
export interface PortRange {
  readonly base: number;
  release(): void;
}

/** Who listens here has the hundred ports; nothing is ever said there. */
const GUARD_OFFSET = 99;

/**
 * A hundred ports, all of a stack's among them free. They lie below the range from which systems take outgoing ports
 * (32768 on Linux), so that no connection sits down on them between this look and the start; and they are kept while
 * what uses them is down, or has not come up yet.
 */
export async function takePortRange(): Promise<PortRange> {
  const offsets = [...Object.values(PORT_OFFSETS), ...Object.values(SERVICES).map((service) => service.portOffset), 0];
  for (let attempt = 0; attempt < 400; attempt++) {
    const base = 10_000 + Math.floor(Math.random() * 220) * 100;
    const guard = await listenOn(base + GUARD_OFFSET);
    if (guard === undefined) continue;
    const free = await Promise.all(offsets.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return { base, release: () => void guard.close() };
    guard.close();
  }
  throw new Error("No free range of ports between 10000 and 32000.");
}

/** The base of a port range that this process keeps until its end. */
export async function freePortBase(): Promise<number> {
  return (await takePortRange()).base;
}

async function isFree(port: number): Promise<boolean> {
  const server = await listenOn(port);
  if (server === undefined) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

/** Undefined when somebody listens there, or nobody may. It keeps no process alive. */
function listenOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer().unref();
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" || error.code === "EACCES" ? resolve(undefined) : reject(error),
    );
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
