import { z } from "zod";
import { invalid } from "./problem.js";

/** How many items a page has when nobody says, and at most. */
export const DEFAULT_PAGE_ITEMS = 100;
export const MAX_PAGE_ITEMS = 1_000;

/** Long enough for the sort key of two names and a few numbers, as it is encoded. */
const MAX_CURSOR_CHARS = 2_000;

/** What every listing takes from its query beside its filter: where the page before ended, and how many items a page has. */
export const pageFields = (maxCursorChars: number = MAX_CURSOR_CHARS) => ({
  cursor: z.string().max(maxCursorChars).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_ITEMS).default(DEFAULT_PAGE_ITEMS),
});

/** A page of a listing; `nextCursor` is null on the last one. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Makes an opaque cursor of the last item's sort key. */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key), "utf8").toString("base64url");
}

/** What a part of a cursor is: a text that can be stored, or a whole number ≥ 0. */
export type CursorPart = "text" | "whole";

const IS_PART: { readonly [P in CursorPart]: (value: unknown) => boolean } = {
  text: (value) => typeof value === "string" && !value.includes("\0"),
  whole: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
};

/**
 * Reads a cursor back. Whoever asks may have written it himself, so nothing passes that a query would break on.
 * @throws Problem 400 when it is not one of ours with these parts.
 */
export function decodeCursor(cursor: string, parts: readonly CursorPart[] = ["text"]): (string | number)[] {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    key = undefined;
  }
  const good = Array.isArray(key) && key.length === parts.length && parts.every((part, i) => IS_PART[part](key[i]));
  if (!good) throw invalid([{ field: "query.cursor", reason: "is not a cursor of this listing" }]);
  return key as (string | number)[];
}

/**
 * Cuts rows read with `limit + 1` into a page.
 * @param keyOf the sort key of an item, for the cursor
 */
export function page<T>(rows: readonly T[], limit: number, keyOf: (item: T) => readonly (string | number)[]): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}
