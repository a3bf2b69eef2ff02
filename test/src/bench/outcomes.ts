import { randomUUID } from "node:crypto";
import type { InboundMessage } from "@septet/messaging";
import { waitFor } from "../platform/wait.js";
import type { Named, Wire } from "../platform/wire.js";

const TOPIC = "stock.reservations.v1";
const SLICE_MESSAGES = 1_000;

/**
 * When the first outcome of every order came in. While a clock runs only keys are looked at, because this process shares the
 * machine with what it measures; what the outcomes say is checked afterwards.
 */
export class Outcomes {
  /** performance.now() of the first outcome, by orderId. */
  readonly arrivedAt = new Map<string, number>();
  private readonly unchecked: InboundMessage[] = [];
  private readonly wire: Wire;
  private failure: Error | undefined;

  private constructor(wire: Wire) {
    this.wire = wire;
  }

  /** Begins to follow the outcomes. */
  static async follow(wire: Wire): Promise<Outcomes> {
    const outcomes = new Outcomes(wire);
    await wire.listen({
      groupId: `septet-bench-${randomUUID()}`,
      topics: [TOPIC],
      maxSliceMessages: SLICE_MESSAGES,
      handle: async (slice) => outcomes.take(slice),
      onFatal: (error) => {
        outcomes.failure = error;
      },
    });
    return outcomes;
  }

  private take(slice: readonly InboundMessage[]): void {
    const now = performance.now();
    for (const message of slice) {
      if (message.key === null || this.arrivedAt.has(message.key)) continue;
      this.arrivedAt.set(message.key, now);
      this.unchecked.push(message);
    }
  }

  /** Waits until so many orders have an outcome. */
  async untilArrived(count: number, timeoutMs: number): Promise<void> {
    await waitFor(
      `${count} outcomes`,
      () => {
        if (this.failure) throw this.failure;
        return this.arrivedAt.size >= count;
      },
      { timeoutMs, everyMs: 5, seen: () => this.arrivedAt.size },
    );
  }

  /** What every outcome since the last look says, and forgets them. @throws if one cannot be read. */
  async readAndForget(): Promise<Named[]> {
    const read = (await this.wire.codec.decodeAll(this.unchecked)).map((decoded) => {
      if (!decoded.ok) throw decoded.error;
      return decoded as Named;
    });
    this.unchecked.length = 0;
    this.arrivedAt.clear();
    return read;
  }

  /** Checks that every outcome since the last look was a reservation, and forgets them. @throws if one was not. */
  async checkAndForget(): Promise<void> {
    for (const { name } of await this.readAndForget())
      if (name !== "OrderReserved") throw new Error(`an order of the bench was not reserved: ${name}`);
  }
}
