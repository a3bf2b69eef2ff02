import { isoTime } from "@septet/service-kit";
import { LOCK_RELEASE_POLICIES, type LockReleasePolicy } from "@septet/stock-contracts";
import { z } from "zod";
import type { LockName, PromotionOfSku } from "../domain/index.js";

export const releasePolicy = z
  .enum(Object.keys(LOCK_RELEASE_POLICIES) as [LockReleasePolicy, ...LockReleasePolicy[]])
  .describe(
    "AT_ZERO: as soon as nothing is left to sell; ON_PROMOTION_ENDED: when the promotion is over, plus a grace time",
  );

const STATES = ["SCHEDULED", "RUNNING", "SOLD_OUT", "OVER"] as const;
type State = (typeof STATES)[number];

/** What is kept out of a promotion of one SKU; for operators only, because it tells how much there is. */
export const LOCKS = z.object({
  promotionId: z.string(),
  sku: z.string(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable().describe("when its end was told"),
  state: z.enum(STATES).describe("SOLD_OUT: the quota is gone for good, orders that name the promotion are refused"),
  soldOutAt: z.iso.datetime().nullable(),
  locks: z.array(
    z.object({
      lockId: z.string(),
      location: z.string(),
      lockedQuantity: z.number().int().min(0).describe("pieces to be set aside"),
      locked: z.number().int().min(0).describe("pieces that are set aside now"),
      releasePolicy,
    }),
  ),
});
export const LOCKS_SOLD = LOCKS.extend({
  sold: z.number().int().min(0).describe("pieces promised or sent in orders that name the promotion"),
});

/** @param now epoch ms, by the database's clock */
export function locksOf(promotion: PromotionOfSku, now: number): z.output<typeof LOCKS> {
  const { promotionId, sku, startsAt, endsAt, endedAt, soldOutAt } = promotion;
  return {
    promotionId,
    sku,
    startsAt: isoTime(startsAt),
    endsAt: isoTime(endsAt),
    endedAt: isoTime(endedAt),
    state: stateOf(promotion, now),
    soldOutAt: isoTime(soldOutAt),
    locks: promotion.locks.map(({ location, wanted, locked, releasePolicy }) => ({
      lockId: lockIdOf({ promotionId, sku, location }),
      location,
      lockedQuantity: wanted,
      locked,
      releasePolicy,
    })),
  };
}

function stateOf(promotion: PromotionOfSku, now: number): State {
  // An end is told when it happens; `now` may have been read just before.
  if (promotion.closed || promotion.endedAt !== null || now >= promotion.endsAt) return "OVER";
  if (promotion.soldOutAt !== null) return "SOLD_OUT";
  return promotion.started ? "RUNNING" : "SCHEDULED";
}

/** A lock's id says what it is: promotion, SKU and location, each percent-encoded, with colons between. */
export const lockIdOf = ({ promotionId, sku, location }: LockName): string =>
  [promotionId, sku, location].map(encodeURIComponent).join(":");

/** What a lock's id names; undefined when it is none. */
export function lockNameOf(lockId: string): LockName | undefined {
  const parts = lockId.split(":");
  if (parts.length !== 3) return undefined;
  try {
    const [promotionId, sku, location] = parts.map(decodeURIComponent) as [string, string, string];
    return promotionId === "" || sku === "" || location === "" ? undefined : { promotionId, sku, location };
  } catch {
    return undefined;
  }
}
