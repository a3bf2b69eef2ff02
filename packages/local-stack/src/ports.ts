import { createServer } from "node:net";

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

/**
 * A port base with all of a stack's ports free. It lies below the range from which systems take outgoing ports
 * (32768 on Linux), so that no connection sits down on them between this look and the start.
 */
export async function freePortBase(): Promise<number> {
  const offsets = [...Object.values(PORT_OFFSETS), ...Object.values(SERVICES).map((service) => service.portOffset), 0];
  for (let attempt = 0; attempt < 200; attempt++) {
    const base = 10_000 + Math.floor(Math.random() * 220) * 100;
    const free = await Promise.all(offsets.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error("No free range of ports between 10000 and 32000.");
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" || error.code === "EACCES" ? resolve(false) : reject(error),
    );
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
