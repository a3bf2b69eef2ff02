import type { PublishFate } from "@septet/messaging";
import type { LostConnection } from "../world/armed-faults.js";

export interface ScriptLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** What the world outside does to the services. Moves name things by ids of their own, so that any of them can be left out. */
export type Move =
  | { readonly do: "define"; readonly location: string }
  | { readonly do: "list"; readonly sku: string; readonly active: boolean }
  | {
      readonly do: "place";
      readonly via: "topic" | "http";
      readonly orderId: string;
      readonly payment: "PENDING" | "PAID";
      readonly allowPartial: boolean;
      readonly lines: readonly ScriptLine[];
    }
  | { readonly do: "pay"; readonly orderId: string; readonly succeeded: boolean }
  | {
      readonly do: "cancel";
      readonly via: "topic" | "http";
      readonly orderId: string;
      /** null: the whole order. */
      readonly lines: readonly { readonly lineId: string; readonly quantity: number }[] | null;
    }
  | {
      readonly do: "book";
      readonly what: "receipts" | "returns" | "damages" | "restorations" | "disposals";
      readonly reference: string;
      readonly location: string;
      readonly sku: string;
      readonly quantity: number;
      /** Of receipts and returns: pieces of them that cannot be sold. */
      readonly unsellable: number;
    }
  /** Works on the `nth` fulfilment requested so far (counted round), if there is one. */
  | { readonly do: "pick"; readonly nth: number }
  | { readonly do: "ship"; readonly nth: number; readonly pieces: number | null }
  | { readonly do: "short"; readonly nth: number; readonly cause: "NOT_FOUND" | "DAMAGED" }
  /** Sends one of the last upstream messages again, byte for byte, counted back from the latest (0). */
  | { readonly do: "repeat"; readonly nth: number }
  | { readonly do: "garbage"; readonly topic: string; readonly key: string }
  /** An order that breaks the contract and can still be named. */
  | { readonly do: "misplace"; readonly orderId: string }
  | { readonly do: "jump"; readonly ms: number };

/** What goes wrong. `instance` is its number among all, counted round. */
export type Fault =
  | { readonly fault: "crash"; readonly instance: number; readonly backAfterMs: number }
  | { readonly fault: "stop"; readonly instance: number; readonly backAfterMs: number }
  | { readonly fault: "freeze"; readonly instance: number; readonly forMs: number; readonly forSteps: number }
  | { readonly fault: "rebalance"; readonly first: number }
  | { readonly fault: "publish"; readonly instance: number; readonly fate: PublishFate }
  | { readonly fault: "statement"; readonly instance: number; readonly fate: LostConnection }
  | { readonly fault: "commit"; readonly instance: number };

/** Everything about a run that is not the order of steps. The step is the one before which it happens. */
export interface Script {
  /** Decides the order of steps, the sizes of slices, the speeds of processes. */
  readonly seed: number;
  readonly steps: number;
  readonly services: readonly string[];
  readonly moves: readonly { readonly step: number; readonly move: Move }[];
  readonly faults: readonly { readonly step: number; readonly fault: Fault }[];
}
