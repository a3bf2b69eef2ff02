import { endedWithin } from "../wait.js";

interface Client {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

const DISCONNECT_WITHIN_MS = 3_000;

/**
 * A kafkajs producer or admin that connects when first used and is replaced after any failure: a client that has lost its
 * broker can stay lost.
 */
export class Reconnecting<C extends Client> {
  readonly #make: () => C;
  #current: Promise<C> | undefined;

  constructor(make: () => C) {
    this.#make = make;
  }

  async use<R>(work: (client: C) => Promise<R>): Promise<R> {
    this.#current ??= this.#connected();
    const current = this.#current;
    try {
      return await work(await current);
    } catch (error) {
      if (this.#current === current) this.#current = undefined;
      void disconnected(current);
      throw error;
    }
  }

  async close(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    if (current !== undefined) await disconnected(current);
  }

  async #connected(): Promise<C> {
    const client = this.#make();
    try {
      await client.connect();
      return client;
    } catch (error) {
      void disconnected(Promise.resolve(client));
      throw error;
    }
  }
}

/** Best effort: what cannot be connected cannot be said goodbye to. */
async function disconnected(client: Promise<Client>): Promise<void> {
  const goodbye = client.then((connected) => connected.disconnect()).then(noop, noop);
  await endedWithin(goodbye, DISCONNECT_WITHIN_MS);
}

function noop(): void {}
