import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import {
  DEFAULT_LIMIT_WINDOW_SECONDS,
  DEFAULT_ORDERS_PER_DEVICE,
  DEFAULT_ORDERS_PER_IP,
  DEFAULT_PIECES_PER_ORDER,
  DEFAULT_SHORTAGE_RULE,
  DEFAULT_VELOCITY_SECONDS,
  RULES_OF_A_CHANNEL,
  RULES_OF_A_SKU,
  STRATEGIES,
} from "../domain/index.js";
import { id, quantity as pieces } from "./schemas.js";

/** A year: longer holds are no holds. */
export const MAX_HOLD_SECONDS = 365 * 24 * 60 * 60;
const MAX_LOCATIONS = 1_000;
const MAX_CLASSES = 100;

const seconds = z.number().int().min(1).max(MAX_HOLD_SECONDS);
const secondsByClass = z
  .record(id, seconds)
  .refine((byClass) => Object.keys(byClass).length <= MAX_CLASSES, `takes at most ${MAX_CLASSES} customer classes`);

/** More than the way around the earth in km, and than any parcel costs in minor units. */
const MAX_FIGURE = 1_000_000_000;
const byLocation = z
  .record(id, z.number().int().min(0).max(MAX_FIGURE))
  .refine((figures) => Object.keys(figures).length <= MAX_LOCATIONS, `takes at most ${MAX_LOCATIONS} locations`);

const percent = z.number().int().min(0).max(100);
const AMOUNT = z
  .strictObject({
    pieces: z.number().int().min(0).max(LIMITS.MAX_QUANTITY_PIECES).optional(),
    percent: percent.optional().describe("of what is there for sale or promised, rounded up"),
  })
  .describe("the larger of the two");
const saidByLocation = <T extends z.ZodType>(what: T) =>
  z.strictObject({
    everywhere: what.optional().describe("at locations that have none of their own"),
    at: z
      .record(id, what)
      .refine((at) => Object.keys(at).length <= MAX_LOCATIONS, `takes at most ${MAX_LOCATIONS} locations`)
      .optional()
      .describe("by location"),
  });

const LIMIT = z.strictObject({
  perOrderPieces: pieces.default(DEFAULT_PIECES_PER_ORDER),
  perCustomerPieces: pieces.nullable().default(null).describe("null: as many as they like, order by order"),
  windowSeconds: seconds.default(DEFAULT_LIMIT_WINDOW_SECONDS).describe("over which a customer's pieces are counted"),
  over: z
    .enum(["WINDOW", "PROMOTION"])
    .default("WINDOW")
    .describe("PROMOTION: an order that names one is counted with the others of that promotion"),
});

/** Longer windows keep more about shoppers than they protect. */
const MAX_VELOCITY_SECONDS = 7 * 24 * 60 * 60;
const orders = z.number().int().min(1).max(100_000);
const VELOCITY = z.strictObject({
  windowSeconds: z.number().int().min(1).max(MAX_VELOCITY_SECONDS).default(DEFAULT_VELOCITY_SECONDS),
  perDevice: orders.default(DEFAULT_ORDERS_PER_DEVICE).describe("so many unpaid or expired orders are taken, no more"),
  perIp: orders.default(DEFAULT_ORDERS_PER_IP).describe("the same per IPv4 address or IPv6 /64"),
});

const SHORTAGE_RULE = z.strictObject({
  couponMinor: z
    .number()
    .int()
    .min(1)
    .max(LIMITS.MAX_MONEY_MINOR)
    .nullable()
    .default(DEFAULT_SHORTAGE_RULE.couponMinor)
    .describe("minor units of the order's currency; null: no coupon"),
  dispatchAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: "takes a local time as hh:mm" })
    .default(DEFAULT_SHORTAGE_RULE.dispatchAt)
    .describe("when the day's parcels leave, local time"),
  decideMinutesBefore: z
    .number()
    .int()
    .min(1)
    .max(24 * 60)
    .default(DEFAULT_SHORTAGE_RULE.decideMinutesBefore)
    .describe("how long before the next day's dispatch the shopper must have chosen"),
  utcOffsetMinutes: z
    .number()
    .int()
    .min(-14 * 60)
    .max(14 * 60)
    .default(DEFAULT_SHORTAGE_RULE.utcOffsetMinutes)
    .describe("of the local time, east of Greenwich"),
  handleWithinMinutes: z
    .number()
    .int()
    .min(1)
    .max(7 * 24 * 60)
    .default(DEFAULT_SHORTAGE_RULE.handleWithinMinutes)
    .describe("what nobody has settled after so many minutes raises an alert"),
});

/** What a policy may say, rule by rule. */
export const RULES = z.strictObject({
  reserveAt: z
    .enum(["ON_CART", "ON_ORDER", "ON_PAYMENT"])
    .optional()
    .describe("when stock is reserved, default ON_ORDER"),
  unpaidHoldSeconds: seconds.optional().describe("how long an unpaid order is held, default 1800 s"),
  unpaidHoldSecondsByClass: secondsByClass.optional().describe("the same by customer class"),
  cartHoldSeconds: seconds.optional().describe("how long pieces are held for a cart, default 900 s"),
  cartHoldSecondsByClass: secondsByClass.optional().describe("the same by customer class"),
  longestHoldSeconds: seconds.optional().describe("how long a hold may live, extensions included, default 7200 s"),
  limit: LIMIT.nullish().describe("how many pieces of one SKU are sold to whom; null: no limit, which is the default"),
  unpaidOrder: z
    .enum(["WARN", "REJECT", "ALLOW"])
    .optional()
    .describe("a customer with an unpaid order who orders again, default WARN"),
  velocity: VELOCITY.nullish().describe(
    "unpaid or expired orders per device and address; scope default only, null: off",
  ),
  shortage: SHORTAGE_RULE.optional().describe("how shorted orders are settled"),
  locationPriority: z
    .array(id)
    .max(MAX_LOCATIONS)
    .optional()
    .describe("locations in the order in which they are asked"),
  sourcing: z
    .enum(STRATEGIES)
    .optional()
    .describe("which of several locations serve an order that none serves whole, default FEWEST_SPLITS"),
  distancesKm: byLocation.optional().describe("how far locations are from the region, km: for DISTANCE"),
  shippingCostsMinor: byLocation
    .optional()
    .describe("what a parcel from a location to the region costs, minor units of one currency: for COST"),
  excludedLocations: z.array(id).max(MAX_LOCATIONS).optional().describe("locations that sell nothing to the sale"),
  minimumLeft: saidByLocation(AMOUNT).nullish().describe("what the sale leaves of each SKU at a location"),
  safetyStock: saidByLocation(AMOUNT)
    .nullish()
    .describe("scopes channel:<channel> only: what is kept of each SKU for the channel"),
  stockShare: saidByLocation(percent)
    .nullish()
    .describe("scopes channel:<channel> only: percent of what is there that the channel may hold, rounded down"),
});

/** The scopes that there are; channels and regions with a comma in their name have none of their own. */
export const SCOPE = z
  .string()
  .max(2 * LIMITS.MAX_ID_CHARS)
  .regex(/^(default|sku:.+|(channel|region):[^,]+|region:[^,]+,channel:[^,]+)$/s, {
    error: "takes default, sku:<sku>, channel:<channel>, region:<region> or region:<region>,channel:<channel>",
  });

const OF_A_SKU: ReadonlySet<string> = new Set(RULES_OF_A_SKU);
const OF_A_CHANNEL: ReadonlySet<string> = new Set(RULES_OF_A_CHANNEL);

/**
 * Rules that a scope cannot have, and why: a SKU's those about whole orders, all but `default` the one about devices, all
 * but a channel's those about the channel among others.
 */
export function misplacedRules(scope: string, rules: object): { rule: string; reason: string }[] {
  return Object.keys(rules).flatMap((rule) => {
    const reason = reasonAgainst(scope, rule);
    return reason === undefined ? [] : [{ rule, reason }];
  });
}

function reasonAgainst(scope: string, rule: string): string | undefined {
  if (OF_A_CHANNEL.has(rule)) {
    const isFit = scope.startsWith("channel:");
    return isFit ? undefined : "is about one channel among all others: set it for a scope channel:<channel>";
  }
  const isFit = scope.startsWith("sku:") ? OF_A_SKU.has(rule) : rule !== "velocity" || scope === "default";
  return isFit ? undefined : "is about whole orders or all channels: set it for a wider scope";
}
