import { randomUUID } from "node:crypto";
import type { InboundMessage } from "@septet/messaging";
import { waitFor } from "../platform/wait.js";
import type { Wire } from "../platform/wire.js";

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

  /** Checks that every outcome since the last check was a reservation, and forgets them. @throws if one was not. */
  async checkAndForget(): Promise<void> {
    for (const decoded of await this.wire.codec.decodeAll(this.unchecked))
      if (!decoded.ok || decoded.name !== "OrderReserved")
        throw new Error(`an order of the bench was not reserved: ${decoded.ok ? decoded.name : decoded.error.message}`);
    this.unchecked.length = 0;
    this.arrivedAt.clear();
  }
}
