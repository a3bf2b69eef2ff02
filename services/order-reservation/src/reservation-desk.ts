import { SliceQueue } from "@septet/messaging";
import { type Answer, countOutcome, isTransient, Problem, type ServiceContext } from "@septet/service-kit";
import type { Command, Outcome } from "./domain/index.js";
import { settleSlice } from "./settle-slice.js";
import type { RequestItem, SliceItem, SliceResult } from "./slice-item.js";

/** Messages, requests and sweeps settled in one transaction, at most. */
export const MAX_SLICE_ITEMS = 500;
/** How long a request waits for its slice before the caller is told to come again, ms. */
export const REQUEST_DEADLINE_MS = 10_000;
export const GROUP_ID = "order-reservation";

/** What of the service the desk works with. */
export type DeskParts = Pick<ServiceContext, "transact" | "logger" | "metrics" | "health" | "onStop">;

/**
 * Where every wish to change an order or a balance is handed in, whatever way it came. What gathers while a slice is
 * settled becomes the next one: group commit, with one engine and the same answers for messages and requests.
 */
export class ReservationDesk {
  readonly #queue: SliceQueue<SliceItem, SliceResult>;
  readonly #context: DeskParts;

  constructor(context: DeskParts, paymentsGraceMs: number) {
    this.#context = context;
    const options = {
      service: "order-reservation" as const,
      groupId: GROUP_ID,
      paymentsGraceMs,
      transact: context.transact,
    };
    this.#queue = new SliceQueue<SliceItem, SliceResult>({
      maxItems: MAX_SLICE_ITEMS,
      settle: async (items) => {
        const results = await settleSlice(options, items);
        for (const { outcome } of results) if (outcome !== undefined) this.#count(outcome);
        return results;
      },
      isTransient,
      poison: (item, error) => this.#poison(item, error),
      deadlineOf: (item) => item.request?.deadline,
      onRetry: (error, attempt) => context.logger.warn({ err: error, attempt }, "a slice waits and is tried again"),
      metrics: context.metrics.messaging.slices("orders"),
    });
    context.health.register("orders", () => this.#queue.health());
    context.onStop("orders", () => this.#queue.close());
  }

  /** Settles them, in order. Resolves when all are committed. */
  submit(items: readonly SliceItem[]): Promise<SliceResult[]> {
    return this.#queue.submit(items);
  }

  /** Settles a request with whatever else is under way, and answers it. @throws Problem 503 past its deadline. */
  async answer(command: Command, request: Omit<RequestItem, "deadline">, more: Partial<SliceItem>): Promise<Answer> {
    const deadline = Date.now() + REQUEST_DEADLINE_MS;
    try {
      const [result] = await this.submit([{ ...more, command, request: { ...request, deadline } }]);
      if (result?.answer === undefined) throw new Error(`${command.type} was settled without an answer`);
      return result.answer;
    } catch (error) {
      if (!isTransient(error)) throw error;
      const detail = "The order was not settled in time; nothing was kept. Send the request again with the same key.";
      throw new Problem({ status: 503, type: "not-settled", title: "Try again", detail });
    }
  }

  /** The one item of a slice that cannot be settled: a message is put aside, a request is told. */
  async #poison(item: SliceItem, error: unknown): Promise<SliceResult> {
    const { message, command } = item;
    this.#context.logger.error({ err: error, command: command?.type, topic: message?.topic }, "cannot be settled");
    if (message === undefined) throw error;
    const text = error instanceof Error ? error.message : String(error);
    await this.#context.transact({}, async (unit) => {
      unit.deadLetter(message, item.refusal ?? { code: "UNEXPECTED", message: text });
      unit.consumed(GROUP_ID, [message]);
    });
    return { outcome: undefined };
  }

  #count(outcome: Outcome): void {
    const { metrics } = this.#context;
    if (outcome.type === "DECIDED") {
      const { state, reasons } = outcome.order;
      countOutcome(metrics, state.toLowerCase(), reasons[0]?.code ?? "");
    } else if (outcome.type === "SAME_AGAIN" || outcome.type === "ORDER_CONFLICT") {
      countOutcome(metrics, outcome.type.toLowerCase());
    }
  }
}
