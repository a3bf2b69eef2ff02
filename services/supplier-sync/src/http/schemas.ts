import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import { isTimeZone } from "../domain/clock.js";

/** The most lines of one report, and of one list of mappings. */
export const MAX_REPORT_LINES = 50_000;
/** The longest body of the routes that take lines, bytes: every line of the largest report, fully written out. */
export const MAX_LINES_BODY_BYTES = 16_777_216;
/** Contacts of one supplier. */
const MAX_CONTACTS = 50;

/** NUL cannot be stored, and half of a surrogate pair is no character. */
const UNSTORABLE = /[\0\p{Cs}]/u;
const isStorable = (value: string): boolean => !UNSTORABLE.test(value);
const text = (maxChars: number) =>
  z.string().trim().min(1).max(maxChars).refine(isStorable, "holds a NUL or half a surrogate pair");

const SUPPLIER_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** A supplier's id is part of its location, `supplier:<id>`. */
export const supplierId = z
  .string()
  .regex(SUPPLIER_ID, "takes letters, digits, points, hyphens and underscores, at most 64");
/** What a supplier calls an article. */
export const code = text(LIMITS.MAX_ID_CHARS);
export const sku = text(LIMITS.MAX_SKU_CHARS);
export const name = text(LIMITS.MAX_ID_CHARS);
export const reason = text(LIMITS.MAX_TEXT_CHARS);
const WAREHOUSE_CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const warehouse = z.string().regex(WAREHOUSE_CODE, "takes the code of a warehouse");

export const timeZone = z.string().min(1).max(64).refine(isTimeZone, "takes an IANA time zone such as Asia/Shanghai");

export const contacts = z
  .array(z.strictObject({ name, email: z.email().max(254).nullish(), phone: text(64).nullish() }))
  .max(MAX_CONTACTS);

/** Ids that are looked up as they are. */
export const knownId = text(LIMITS.MAX_ID_CHARS);
export const derivedId = text(LIMITS.MAX_DERIVED_ID_CHARS);
export const tracking = text(LIMITS.MAX_ID_CHARS);
/** Whole pieces, 1 to 1,000,000. */
export const quantity = z.int("takes whole pieces from 1 to 1,000,000").min(1).max(LIMITS.MAX_QUANTITY_PIECES);
const OWN_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/;
/** Ids that callers choose for reports and the like. */
export const ownId = z
  .string()
  .max(LIMITS.MAX_ID_CHARS)
  .regex(OWN_ID, "takes letters, digits, points, hyphens, underscores and colons");
/** An instant in ISO 8601 with its offset, as epoch ms. */
export const instant = z.iso
  .datetime({ offset: true, error: "takes an instant such as 2026-03-01T12:00:00Z" })
  .transform((value) => Date.parse(value))
  .refine((ms) => ms >= 0 && ms <= LIMITS.MAX_TIMESTAMP_MS, "takes an instant from 1970 to 9999");

/** A supplier in the path. */
export const SUPPLIER = z.object({ supplierId });
