import { consumedOffsets, type EventLog, type Session } from "@septet/messaging";
import { databaseNow, reportPaymentsRead } from "./store/payments-read.js";

const PAYMENTS = "upstream.payments.v1";

/** A moment, and how far each payments partition reached when it was over. */
interface Probe {
  readonly at: number;
  readonly ends: ReadonlyMap<number, number>;
}

/**
 * Finds out up to when every payment has been read, so that a lagging topic does not expire paid orders: takes the time,
 * then the end offsets of all partitions; once this group has settled everything before them, payments are read up to
 * that time. The answer is kept in a table, because an instance sees its own partitions only.
 */
export class PaymentsHorizon {
  readonly #session: Session;
  readonly #eventLog: Pick<EventLog, "endOffsets">;
  readonly #groupId: string;
  #probe: Probe | undefined;

  constructor(o: { session: Session; eventLog: Pick<EventLog, "endOffsets">; groupId: string }) {
    this.#session = o.session;
    this.#eventLog = o.eventLog;
    this.#groupId = o.groupId;
  }

  /** One look; called every second. */
  async look(): Promise<void> {
    this.#probe ??= await this.#take();
    const settled = await consumedOffsets(this.#session, this.#groupId, PAYMENTS);
    const { at, ends } = this.#probe;
    for (const [partition, end] of ends) if ((settled.get(partition) ?? 0) < end) return;
    this.#probe = undefined;
    await reportPaymentsRead(this.#session, at);
  }

  /** The time must come first: a payment sent in between lies before the end offset and after the time. */
  async #take(): Promise<Probe> {
    const at = await databaseNow(this.#session);
    return { at, ends: await this.#eventLog.endOffsets(PAYMENTS) };
  }
}
