import type { SimulatedProcess } from "../kernel/simulated-process.js";
import { SimulatedConnection } from "./simulated-connection.js";
import type { SimulatedServer } from "./simulated-server.js";

/** Small, so that work which holds one connection and waits for another is found out. */
const POOL_SIZE = 3;

/** The pool of an instance: connections are kept, broken ones replaced, and whoever finds none waits his turn. */
export class SimulatedPool {
  readonly #server: SimulatedServer;
  readonly #process: SimulatedProcess;
  readonly #url: string;
  readonly #idle: SimulatedConnection[] = [];
  readonly #turns: (() => void)[] = [];
  #open = 0;
  #closed = false;

  constructor(server: SimulatedServer, process: SimulatedProcess, url: string) {
    this.#server = server;
    this.#process = process;
    this.#url = url;
  }

  async acquire(): Promise<SimulatedConnection> {
    for (;;) {
      if (this.#closed) throw new Error("Cannot use a pool after calling end on the pool");
      const idle = this.#idle.shift();
      if (idle !== undefined && !idle.lost) return idle;
      if (idle !== undefined) this.#open -= 1;
      else if (this.#open < POOL_SIZE) return this.#connect();
      else await new Promise<void>((resolve) => this.#turns.push(resolve));
    }
  }

  release(connection: SimulatedConnection): void {
    if (connection.lost) this.#open -= 1;
    else this.#idle.push(connection);
    this.#turns.shift()?.();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) await connection.end();
  }

  async #connect(): Promise<SimulatedConnection> {
    this.#open += 1;
    const connection = new SimulatedConnection(this.#server, this.#process, this.#url);
    try {
      await connection.connect();
    } catch (error) {
      this.#open -= 1;
      throw error;
    }
    return connection;
  }

  /** In the shape that the kit's database takes: runners that connect and release. */
  asDataSource(): unknown {
    return {
      createQueryRunner: () => {
        let connection: SimulatedConnection | undefined;
        return {
          connect: async () => {
            connection ??= await this.acquire();
            return connection;
          },
          release: async () => {
            if (connection !== undefined) this.release(connection);
            connection = undefined;
          },
        };
      },
      destroy: () => this.close(),
    };
  }
}
