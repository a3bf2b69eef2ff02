import type { PublishFate } from "@septet/messaging";
import type { LostConnection } from "../world/armed-faults.js";
import type { Bundling } from "./bundling.js";
import type { ChoosingMove } from "./choosing.js";
import type { ClaimMove } from "./claiming.js";
import type { DisturbingMove } from "./disturbing.js";
import type { ExpectingMove } from "./expecting.js";
import type { LimitingMove } from "./limiting.js";
import type { Look } from "./looking.js";
import type { PromotingMove } from "./promoting.js";
import type { RightingMove } from "./righting.js";
import type { PolicyPut } from "./ruling.js";
import type { SellingMove } from "./selling.js";
import type { Keeping } from "./sourcing.js";
import type { StocktakeMove } from "./stocktaking.js";
import type { TransferMove } from "./transferring.js";
import type { Upload } from "./uploading.js";
import type { WarehouseMove } from "./warehousing.js";

/** What the world outside does to the services. Moves name things by ids of their own, so that any of them can be left out. */
export type Move =
  | SellingMove
  | Bundling
  | WarehouseMove
  | TransferMove
  | ClaimMove
  | ExpectingMove
  | Upload
  | RightingMove
  | PolicyPut
  | LimitingMove
  | ChoosingMove
  | Keeping
  | PromotingMove
  | Look
  | DisturbingMove
  | StocktakeMove;

/** What goes wrong. `instance` is its number among all, counted round. */
export type Fault =
  | { readonly fault: "crash"; readonly instance: number; readonly backAfterMs: number }
  | { readonly fault: "stop"; readonly instance: number; readonly backAfterMs: number }
  /** With `evicted` the groups miss the member meanwhile, and its partitions are dealt to others before it wakes up. */
  | {
      readonly fault: "freeze";
      readonly instance: number;
      readonly forMs: number;
      readonly forSteps: number;
      readonly evicted?: boolean;
    }
  | { readonly fault: "rebalance"; readonly first: number }
  | { readonly fault: "publish"; readonly instance: number; readonly fate: PublishFate }
  | { readonly fault: "statement"; readonly instance: number; readonly fate: LostConnection }
  | { readonly fault: "commit"; readonly instance: number }
  /** A displaced relay sends late what was sent before: one of the last messages of ours, counted back from the latest (0). */
  | { readonly fault: "echo"; readonly nth: number };

/** Everything about a run that is not the order of steps. The step is the one before which it happens. */
export interface Script {
  /** Decides the order of steps, the sizes of slices, the speeds of processes. */
  readonly seed: number;
  readonly steps: number;
  readonly services: readonly string[];
  /**
   * There is enough for everybody and no cancellation races a shipment: the day is played under a second delivery too, and
   * both must end the same.
   */
  readonly ample?: boolean;
  readonly moves: readonly { readonly step: number; readonly move: Move }[];
  readonly faults: readonly { readonly step: number; readonly fault: Fault }[];
}
