import { SliceQueue } from "@septet/messaging";
import {
  type Answer,
  countOutcome,
  isTransient,
  Problem,
  type ServiceContext,
  TransientError,
} from "@septet/service-kit";
import { BundleMemo } from "./bundle-memo.js";
import type { Command, Outcome } from "./domain/index.js";
import { PolicyMemo } from "./policy-memo.js";
import { type SettleOptions, settleSlice } from "./settle-slice.js";
import type { RequestItem, SliceItem, SliceResult } from "./slice-item.js";
import { ExpiredHoldsFirst } from "./store/load-world.js";
import { rotateVelocityKey } from "./store/velocity-keys.js";
import { NoVelocityKey } from "./store/with-counts.js";

/** Messages, requests and sweeps settled in one transaction, at most. */
export const MAX_SLICE_ITEMS = 500;
/** How long a request waits for its slice before the caller is told to come again, ms. */
export const REQUEST_DEADLINE_MS = 10_000;
export const GROUP_ID = "order-reservation";

/** Settles a slice; when too many expired holds are in its way, those first, each under all locks of its order. */
async function settleBehindExpiredHolds(o: SettleOptions, items: readonly SliceItem[]): Promise<SliceResult[]> {
  for (;;) {
    try {
      return await settleSlice(o, items);
    } catch (error) {
      if (error instanceof NoVelocityKey) {
        await o.transact(
          async () => ({}),
          (unit) => rotateVelocityKey(unit, error.windowSeconds),
        );
        continue;
      }
      if (!(error instanceof ExpiredHoldsFirst)) throw error;
      for (let i = 0; i < error.commands.length; i += MAX_SLICE_ITEMS) {
        const chunk = error.commands.slice(i, i + MAX_SLICE_ITEMS);
        const results = await settleSlice(
          o,
          chunk.map((command): SliceItem => ({ command })),
        );
        const freed = results.some(({ outcome }) => outcome !== undefined && outcome.type !== "NOTHING");
        if (!freed) throw new TransientError("expired holds are in the way and cannot be given back yet");
      }
    }
  }
}

/** How long is waited for what may still come, ms. */
export type DeskTimes = Pick<SettleOptions, "paymentsGraceMs" | "promotionGraceMs">;

/** What of the service the desk works with. */
export type DeskParts = Pick<ServiceContext, "transact" | "logger" | "metrics" | "health" | "onStop">;

/**
 * Where every wish to change an order or a balance is handed in, whatever way it came. What gathers while a slice is
 * settled becomes the next one: group commit, with one engine and the same answers for messages and requests.
 *
 * Requests gather in a lane of their own: behind a backlog of messages a checkout waited 0.2 to 2 s (20,000 orders on
 * 1,000 SKUs, 2 busy cores), for nothing, since the locks of the SKUs decide who is first anyway.
 */
export class ReservationDesk {
  readonly #messages: SliceQueue<SliceItem, SliceResult>;
  readonly #requests: SliceQueue<SliceItem, SliceResult>;
  readonly #context: DeskParts;

  constructor(context: DeskParts, { paymentsGraceMs, promotionGraceMs }: DeskTimes) {
    this.#context = context;
    const options = {
      service: "order-reservation" as const,
      groupId: GROUP_ID,
      paymentsGraceMs,
      promotionGraceMs,
      memo: new PolicyMemo(),
      bundles: new BundleMemo(),
      transact: context.transact,
    };
    const settle = async (items: SliceItem[]) => {
      const results = await settleBehindExpiredHolds(options, items);
      for (const { outcome } of results) if (outcome !== undefined) this.#count(outcome);
      return results;
    };
    this.#messages = this.#lane("messages", settle);
    this.#requests = this.#lane("requests", settle);
  }

  #lane(name: string, settle: (items: SliceItem[]) => Promise<SliceResult[]>): SliceQueue<SliceItem, SliceResult> {
    const { logger, metrics, health, onStop } = this.#context;
    const lane = new SliceQueue<SliceItem, SliceResult>({
      maxItems: MAX_SLICE_ITEMS,
      settle,
      isTransient,
      poison: (item, error) => this.#poison(item, error),
      deadlineOf: (item) => item.request?.deadline,
      onRetry: (error, attempt) => logger.warn({ err: error, attempt, lane: name }, "a slice waits and is tried again"),
      metrics: metrics.messaging.slices(name),
    });
    health.register(`slices of ${name}`, () => lane.health());
    onStop(`slices of ${name}`, () => lane.close());
    return lane;
  }

  /** Settles messages, or what time brings about, in order. Resolves when all are committed. */
  submit(items: readonly SliceItem[]): Promise<SliceResult[]> {
    return this.#messages.submit(items);
  }

  /** Settles a request with whatever else is under way, and answers it. @throws Problem 503 past its deadline. */
  async answer(command: Command, request: Omit<RequestItem, "deadline">, more: Partial<SliceItem>): Promise<Answer> {
    const deadline = Date.now() + REQUEST_DEADLINE_MS;
    try {
      const [result] = await this.#requests.submit([{ ...more, command, request: { ...request, deadline } }]);
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
    } else if (outcome.type === "SHORTAGE_SETTLED") {
      countOutcome(metrics, "shortage_settled", outcome.by);
    } else if (outcome.type === "CHOICE_REFUSED") {
      countOutcome(metrics, "choice_refused", outcome.code);
    } else if (outcome.type === "TRANSFER_DECIDED") {
      const { reserved, code } = outcome;
      countOutcome(metrics, reserved > 0 ? "transfer_reserved" : "transfer_rejected", code ?? "");
    } else if (outcome.type === "LOCKS_DECIDED") {
      countOutcome(metrics, "locks_decided");
    } else if (outcome.type === "LOCK_REFUSED") {
      countOutcome(metrics, "lock_refused", outcome.code);
    }
  }
}
