import type { Random } from "../kernel/random.js";
import type { ClaimMove } from "./claiming.js";
import type { ExpectingMove } from "./expecting.js";
import type { SkuLimit } from "./limiting.js";
import type { Move } from "./script.js";
import type { ScriptLine } from "./selling.js";
import type { SourcingRules } from "./sourcing.js";
import type { NewTransfer } from "./transferring.js";
import type { Upload } from "./uploading.js";
import type { Booking } from "./warehousing.js";

/** The small world in which everybody wants the same things, as far as the script has come. */
export interface Shop {
  readonly random: Random;
  /** There is enough for everybody: what would make the end depend on who comes first is left out. */
  readonly ample: boolean;
  readonly skus: readonly string[];
  /** SKUs that are made of others: ordered, and nothing else. */
  readonly bundles: string[];
  readonly locations: readonly string[];
  /** Orders placed or to be placed, and their lines. */
  readonly orders: Map<string, readonly ScriptLine[]>;
  documents: number;
  /** Receipts of today, which somebody may book again. */
  readonly receipts: Booking[];
  /** Transfers written down or to be written down. */
  readonly transfers: NewTransfer[];
  /** Claims opened or tried to. */
  readonly claims: Extract<ClaimMove, { do: "claim" }>[];
  /** The receipts of announced goods. */
  readonly arrivals: string[];
  readonly announced: Extract<ExpectingMove, { do: "announce" }>[];
  /** Sheets that were sent. */
  readonly uploads: Upload[];
  /** What holds from the opening on. */
  readonly rules: {
    priority: readonly string[];
    /** Unpaid orders of one device that are taken; null: any number. */
    perDevice: number | null;
    /** Of one address, where those of a device are counted. */
    perAddress: number;
    /** How locations are found; null: nobody has said. */
    sourcing: SourcingRules | null;
    readonly limits: Map<string, SkuLimit>;
  };
}

/** One thing that the outside may do, how often, and what it is this time. */
export interface Drawn {
  /** Against the weights of the others. */
  readonly weight: number;
  /** Part of every day; others are left out of every fourth. */
  readonly always?: boolean;
  /** The end is the same whenever it happens, as long as there is enough: may be drawn on ample days. */
  readonly ample?: boolean;
  moves(shop: Shop): Move[];
}
