import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";

/** The most lines of one transfer. */
export const MAX_TRANSFER_LINES = 10_000;
/** The longest body of the routes that take lines, bytes: every line of the largest transfer, fully written out. */
export const MAX_LINES_BODY_BYTES = 8_388_608;
/** Ids of transfers, lines, shipments and arrivals, so that two of them and a few words fit into one id. */
export const MAX_OWN_ID_CHARS = 56;
/** A hundred years; more is no age of a transfer. */
const MAX_AGE_HOURS = 876_000;

/** NUL cannot be stored, and half of a surrogate pair is no character. */
const UNSTORABLE = /[\0\p{Cs}]/u;
const isStorable = (value: string): boolean => !UNSTORABLE.test(value);
const text = (maxChars: number) =>
  z.string().trim().min(1).max(maxChars).refine(isStorable, "holds a NUL or half a surrogate pair");

const OWN_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/;
const OWN_ID_RULE = "takes letters, digits, points, hyphens, underscores and colons";
export const ownId = z.string().max(MAX_OWN_ID_CHARS).regex(OWN_ID, OWN_ID_RULE);
/** Ids that are looked up as they are. */
export const knownId = z.string().min(1).max(LIMITS.MAX_ID_CHARS).refine(isStorable, "holds a NUL");

export const sku = text(LIMITS.MAX_SKU_CHARS);
export const reason = text(LIMITS.MAX_TEXT_CHARS);
export const tracking = text(LIMITS.MAX_ID_CHARS);
const WAREHOUSE_CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** A warehouse of our own: suppliers have a `:` in their names. */
export const warehouse = z.string().regex(WAREHOUSE_CODE, "takes the code of a warehouse");
/** Whole pieces, 1 to 1,000,000. */
export const quantity = z.int("takes whole pieces from 1 to 1,000,000").min(1).max(LIMITS.MAX_QUANTITY_PIECES);
/** Whole pieces, 0 to 1,000,000. */
export const part = z.int("takes whole pieces from 0 to 1,000,000").min(0).max(LIMITS.MAX_QUANTITY_PIECES);
/** An instant in ISO 8601 with its offset, as epoch ms. */
export const instant = z.iso
  .datetime({ offset: true, error: "takes an instant such as 2026-03-01T12:00:00Z" })
  .transform((value) => Date.parse(value))
  .refine((ms) => ms >= 0 && ms <= LIMITS.MAX_TIMESTAMP_MS, "takes an instant from 1970 to 9999");
export const hours = z.coerce.number().int().min(0).max(MAX_AGE_HOURS);

/** 1 to `MAX_TRANSFER_LINES` lines. */
export const lines = <T extends z.ZodType>(line: T) => z.array(line).min(1).max(MAX_TRANSFER_LINES);
