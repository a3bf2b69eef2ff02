import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import { WAREHOUSE_CODE } from "../domain/warehouse.js";

/** The most lines of one JSON document or request; more go as an upload. */
export const MAX_DOCUMENT_LINES = LIMITS.MAX_ORDER_LINES;

/** NUL cannot be stored, and half of a surrogate pair is no character. */
const UNSTORABLE = /[\0\p{Cs}]/u;
const isStorable = (value: string): boolean => !UNSTORABLE.test(value);
const storable = (text: z.ZodString) => text.refine(isStorable, "holds a NUL or half a surrogate pair");
const text = (maxChars: number) => storable(z.string().trim().min(1).max(maxChars));

/** Ids that others gave, looked up as they are. */
export const lineId = storable(z.string().min(1).max(LIMITS.MAX_ID_CHARS));
export const fulfilmentId = storable(z.string().min(1).max(LIMITS.MAX_DERIVED_ID_CHARS));

export const sku = text(LIMITS.MAX_SKU_CHARS);
export const id = text(LIMITS.MAX_ID_CHARS);
export const reason = text(LIMITS.MAX_TEXT_CHARS);
export const tracking = text(LIMITS.MAX_ID_CHARS);
export const name = text(LIMITS.MAX_ID_CHARS);
/** An amount in minor units, 0 or more. */
export const minor = z.int("takes whole minor units").min(0).max(LIMITS.MAX_MONEY_MINOR);
export const currency = z.string().regex(/^[A-Z]{3}$/, "takes an ISO 4217 code such as CNY");
/** A moment, ISO 8601, up to the year 9999. */
export const iso = z.iso.datetime({ offset: true, error: "takes an ISO 8601 time" });
/** An area of a warehouse. */
export const area = text(LIMITS.MAX_SKU_CHARS);
export const warehouseCode = z
  .string()
  .regex(WAREHOUSE_CODE, "takes up to 64 letters, digits, points, hyphens and underscores");
export const location = text(LIMITS.MAX_ID_CHARS);
/** Whole pieces, 1 to 1,000,000. */
export const quantity = z.int("takes whole pieces from 1 to 1,000,000").min(1).max(LIMITS.MAX_QUANTITY_PIECES);
/** Whole pieces, 0 to 1,000,000. */
export const part = z.int("takes whole pieces from 0 to 1,000,000").min(0).max(LIMITS.MAX_QUANTITY_PIECES);

/** 1 to `MAX_DOCUMENT_LINES` lines. */
export const lines = <T extends z.ZodType>(line: T) => z.array(line).min(1).max(MAX_DOCUMENT_LINES);
