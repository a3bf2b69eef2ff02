import { type Health, type InboundMessage, SliceQueue } from "@septet/messaging";
import {
  type Answer,
  countOutcome,
  type Database,
  type IdempotencyClaim,
  isTransient,
  type KitMetrics,
  transact,
} from "@septet/service-kit";
import type { Command, RowsCommand } from "./domain/commands.js";
import type { Outcome, RowOutcome } from "./domain/outcomes.js";
import type { MessageContent } from "./messaging/message-content.js";
import { settleSlice } from "./settle-slice.js";
import type { Settings } from "./store/load-world.js";

/** How long a clerk's request may wait for a database that is away, ms. */
const REQUEST_PATIENCE_MS = 10_000;
const MAX_SLICE_ITEMS = 500;

/** A clerk asks, and gets an answer that is kept with the request's key. */
export interface ClerkItem {
  readonly kind: "clerk";
  readonly command: Command;
  readonly claim: IdempotencyClaim;
  readonly present: (outcome: Outcome) => Answer;
  /** Epoch ms. */
  readonly deadline: number;
}

/** A message says something. */
export interface MessageItem {
  readonly kind: "message";
  readonly groupId: string;
  readonly message: InboundMessage;
  readonly content: MessageContent;
}

/** Rows of an upload; the upload has its key, not each slice of it. */
export interface RowsItem {
  readonly kind: "rows";
  readonly command: RowsCommand;
}

export type DeskItem = ClerkItem | MessageItem | RowsItem;

/** What became of an item; a clerk's has an answer, and what a repetition found has no outcome of its own. */
export interface Settled {
  readonly outcome?: Outcome;
  readonly answer?: Answer;
}

export interface DeskOptions {
  readonly db: Database;
  readonly metrics: KitMetrics;
  readonly settings: Settings;
  onRetry?(error: unknown): void;
}

/**
 * The desk of a process. Clerks queue at one window, messages at the other; what has gathered at a window while its previous
 * slice was being settled is settled together in one transaction (many clerks ship at once for the price of one commit).
 *
 * Two windows and not one, so that a backlog of messages does not stand before the clerks; that a cancellation at one and
 * a shipment at the other do not both win is a matter of the locks, not of the queue.
 */
export class Desk {
  readonly #db: Database;
  readonly #metrics: KitMetrics;
  readonly #settings: Settings;
  readonly #clerks: SliceQueue<DeskItem, Settled>;
  readonly #messages: SliceQueue<DeskItem, Settled>;

  constructor(o: DeskOptions) {
    this.#db = o.db;
    this.#metrics = o.metrics;
    this.#settings = o.settings;
    this.#clerks = this.#window("clerks", o);
    this.#messages = this.#window("messages", o);
  }

  /** Settles a clerk's command once per key and answers it. */
  async ask(command: Command, claim: IdempotencyClaim, present: (outcome: Outcome) => Answer): Promise<Answer> {
    const deadline = Date.now() + REQUEST_PATIENCE_MS;
    const [settled] = await this.#clerks.submit([{ kind: "clerk", command, claim, present, deadline }]);
    return settled!.answer!;
  }

  /** Settles the messages of a slice; resolves once they are in the database. */
  async take(items: readonly MessageItem[]): Promise<void> {
    await this.#messages.submit(items);
  }

  /** Books rows in a transaction of their own: an upload does not make clerks wait in one slice with it. */
  async bookRows(command: RowsCommand): Promise<readonly RowOutcome[]> {
    const [settled] = await this.#settle([{ kind: "rows", command }]);
    if (settled?.outcome?.outcome !== "ROWS_BOOKED") throw new Error("rows were not answered row by row");
    return settled.outcome.rows;
  }

  health(): Health {
    const clerks = this.#clerks.health();
    return clerks.ok ? this.#messages.health() : clerks;
  }

  async close(): Promise<void> {
    await Promise.all([this.#clerks.close(), this.#messages.close()]);
  }

  #window(name: string, { metrics, onRetry }: DeskOptions): SliceQueue<DeskItem, Settled> {
    return new SliceQueue<DeskItem, Settled>({
      settle: (items) => this.#settle(items),
      maxItems: MAX_SLICE_ITEMS,
      isTransient,
      poison: (item, error) => this.#poison(item, error),
      deadlineOf: (item) => (item.kind === "clerk" ? item.deadline : undefined),
      metrics: metrics.messaging.slices(name),
      ...(onRetry === undefined ? {} : { onRetry }),
    });
  }

  async #settle(items: readonly DeskItem[]): Promise<Settled[]> {
    const settled = await settleSlice(this.#db, items, this.#settings);
    for (const { outcome } of settled) if (outcome) this.#count(outcome);
    return settled;
  }

  #count(outcome: Outcome): void {
    if (outcome.outcome === "ROWS_BOOKED") {
      for (const row of outcome.rows) countOutcome(this.#metrics, `row_${row.outcome.toLowerCase()}`);
    } else {
      countOutcome(this.#metrics, outcome.outcome.toLowerCase(), "code" in outcome ? outcome.code : "");
    }
  }

  /** A message that breaks us goes to the dead letters by itself; a clerk is told that something went wrong here. */
  async #poison(item: DeskItem, error: unknown): Promise<Settled> {
    if (item.kind !== "message") throw error;
    const text = error instanceof Error ? error.message : String(error);
    await transact(this.#db, {}, async (unit) => {
      unit.deadLetter(item.message, { code: "UNEXPECTED", message: text });
      unit.consumed(item.groupId, [item.message]);
    });
    return {};
  }
}
