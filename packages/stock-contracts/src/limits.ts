/** Bounds that every service shares; the unit is the last word of the name. */
export const LIMITS = {
  /** The most pieces that one line or movement may speak of. */
  MAX_QUANTITY_PIECES: 1_000_000,
  /** What a record of ours may weigh on the wire. */
  MAX_MESSAGE_BYTES: 1_048_576,
  /** Upstream topics take more, so that an oversized message ends in dead letters and not in silence. */
  MAX_UPSTREAM_MESSAGE_BYTES: 10_485_760,
  /** Twice the source's size: the untouched message and its headers must fit. */
  MAX_DEAD_LETTER_BYTES: 20_971_520,
  /** An order's outcome, with its allocations, must fit into MAX_MESSAGE_BYTES. */
  MAX_ORDER_LINES: 2_000,
  MAX_BUNDLE_PARTS: 100,
  /** What is wrong with one record is listed up to here. */
  MAX_VIOLATIONS: 50,
  MAX_SKU_CHARS: 64,
  /** orderId, lineId, location, channel …: four of them fit into one key of a Postgres index. */
  MAX_ID_CHARS: 128,
  /** Ids that we make from others': a fulfilmentId is its orderId and a number, a scope a kind and a name. */
  MAX_DERIVED_ID_CHARS: 256,
  /** reason, name, message … */
  MAX_TEXT_CHARS: 4_000,
  /** The end of the year 9999, the last instant that every store can hold. */
  MAX_TIMESTAMP_MS: 253_402_300_799_999,
  /** Prices, refunds and coupons, in minor units. */
  MAX_MONEY_MINOR: 1_000_000_000_000,
} as const;
