import type { InboundMessage } from "@septet/messaging";
import type { Answer, IdempotencyClaim } from "@septet/service-kit";
import type { StockMovement } from "@septet/stock-contracts";
import type { Command, Outcome } from "./domain/index.js";

/** One message, one request or one wish of the sweeper: what a slice is made of. */
export interface SliceItem {
  /** Undefined when there is nothing to decide: the message is refused, of no concern here, or only moves a position. */
  readonly command?: Command;
  /** The message it came with: its offset is settled with the slice. */
  readonly message?: InboundMessage;
  /** Why the message goes to the dead letters (its sender may still be answered by `command`). */
  readonly refusal?: { readonly code: string; readonly message: string };
  /** Applied once: the event's id in the inbox. */
  readonly onceId?: string;
  /** Applied once: by its position in its stream. */
  readonly movement?: StockMovement;
  readonly request?: RequestItem;
  /** Who causes what the command does. */
  readonly actor?: string;
  /** Headers passed on to whatever is published: the trace. */
  readonly headers?: Record<string, string>;
}

export interface RequestItem {
  readonly claim?: IdempotencyClaim;
  answer(outcome: Outcome): Answer;
  /** Epoch ms after which the caller waits no longer. */
  readonly deadline: number;
}

export interface SliceResult {
  /** Undefined when nothing was decided: known already, or nothing to decide. */
  readonly outcome: Outcome | undefined;
  readonly answer?: Answer;
}
