import { z } from "zod";
import { COVER_CAP_DAYS } from "./domain/cover.js";
import type { SuggestionSettings } from "./suggestions.js";

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

/** When a transfer is worth suggesting. */
export const SUGGESTION_VARIABLES = {
  SUGGESTIONS_EVERY_SECONDS: whole(1, 86_400)
    .default(300)
    .describe("how often all SKUs are gone through for transfers worth making, 1 to 86400 s, default 300"),
  SUGGESTION_MIN_DIFFERENCE_DAYS: whole(1, COVER_CAP_DAYS)
    .default(14)
    .describe("covers of two warehouses that differ by less are even enough, 1 to 365 days, default 14"),
  SUGGESTION_MIN_PIECES: whole(1, 1_000_000)
    .default(5)
    .describe("fewer pieces are not worth the way, 1 to 1000000, default 5"),
  SUGGESTION_PACK_PIECES: whole(1, 1_000_000)
    .default(1)
    .describe("suggested quantities are whole packs of so many pieces, 1 to 1000000, default 1"),
  SUGGESTION_SOURCE_KEEPS_DAYS: whole(0, COVER_CAP_DAYS)
    .default(14)
    .describe("a warehouse gives nothing of what it sells itself in so many days, 0 to 365, default 14"),
  SUGGESTION_ENOUGH_DAYS: whole(1, COVER_CAP_DAYS)
    .default(28)
    .describe("a warehouse with stock for so many days needs none, 1 to 365, default 28"),
};

type Configured = { readonly [V in keyof typeof SUGGESTION_VARIABLES]: number };

export function suggestionSettings(config: Configured): SuggestionSettings {
  return {
    everySeconds: config.SUGGESTIONS_EVERY_SECONDS,
    policy: {
      minDifferenceDays: config.SUGGESTION_MIN_DIFFERENCE_DAYS,
      minPieces: config.SUGGESTION_MIN_PIECES,
      packPieces: config.SUGGESTION_PACK_PIECES,
      sourceKeepsDays: config.SUGGESTION_SOURCE_KEEPS_DAYS,
      enoughDays: config.SUGGESTION_ENOUGH_DAYS,
    },
  };
}
