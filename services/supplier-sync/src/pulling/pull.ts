import { retryAfterMs } from "../notices/delivery.js";
import type { AllowedAddresses } from "./allowed-addresses.js";
import { type FeedForm, type FeedPage, readFeedPage } from "./feed.js";
import { checkedUrl, type FetchBounds, type Fetched, FetchFault, guardedGet } from "./guarded-request.js";
import { jsonPath, valueAt } from "./json-path.js";

/** How a feed goes on after its first page. */
export type Paging =
  | { readonly kind: "NONE" }
  /** Counted in a parameter, from `first`, until a page is empty. */
  | { readonly kind: "COUNTED"; readonly parameter: string; readonly first: number }
  /** The page says what the parameter of the next is, until it says nothing. */
  | { readonly kind: "CURSOR"; readonly parameter: string; readonly path: string }
  /** The page says where the next is: a `Link` header with `rel="next"`. */
  | { readonly kind: "LINK" };

/** What is pulled and how. */
export interface PullSource {
  readonly url: string;
  /** Sent with each request of the source's own host: tokens, keys. */
  readonly headers: Readonly<Record<string, string>>;
  readonly form: FeedForm;
  readonly paging: Paging;
}

/** What a feed said of itself when it was last pulled; null: nothing. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export type Pulled =
  | { readonly outcome: "UNCHANGED" }
  | {
      readonly outcome: "PULLED";
      readonly lines: FeedPage["lines"];
      readonly errors: FeedPage["errors"];
      readonly validators: Validators;
    };

export const PULL_LIMITS = {
  /** One page. */
  MAX_PAGE_BYTES: 33_554_432,
  MAX_PAGES: 2_000,
  /** Of all pages. */
  MAX_FEED_LINES: 200_000,
  PAGE_TIMEOUT_MS: 60_000,
  MAX_REDIRECTS: 3,
} as const;

/**
 * Pulls a whole feed, page by page. Where validators are given it asks for news only, and the first page says whether there
 * are any. Half a feed is none: a page that fails fails the pull.
 * @throws FetchFault when it could not be pulled
 */
export async function pull(
  source: PullSource,
  allowed: AllowedAddresses,
  known: Validators,
  stop?: AbortSignal,
): Promise<Pulled> {
  const { MAX_PAGE_BYTES: maxBytes, PAGE_TIMEOUT_MS: timeoutMs, MAX_REDIRECTS: maxRedirects } = PULL_LIMITS;
  const bounds: FetchBounds = { allowed, maxBytes, timeoutMs, maxRedirects, ...(stop === undefined ? {} : { stop }) };
  const { origin } = checkedUrl(source.url, allowed);
  const lines: FeedPage["lines"][number][] = [];
  const errors: FeedPage["errors"][number][] = [];
  let validators: Validators = { etag: null, lastModified: null };
  const seen = new Set<string>();
  let url: string | undefined = firstUrl(source);
  for (let pages = 1; url !== undefined; pages++) {
    if (pages > PULL_LIMITS.MAX_PAGES || seen.has(url)) throw new FetchFault("has no last page", { again: false });
    seen.add(url);
    const conditions: Record<string, string> = pages === 1 ? conditionsOf(known) : {};
    const own = new URL(url).origin === origin ? source.headers : {};
    const fetched: Fetched = await guardedGet(url, { accept: acceptOf(source.form), ...own, ...conditions }, bounds);
    if (fetched.status === 304 && pages === 1) return { outcome: "UNCHANGED" };
    refuseStatus(fetched);
    if (pages === 1) validators = validatorsOf(fetched);
    const page: FeedPage = await readFeedPage(fetched.body, source.form);
    const offset = lines.length + errors.length;
    for (const line of page.lines) lines.push({ ...line, row: line.row + offset });
    for (const error of page.errors) errors.push({ ...error, row: error.row + offset });
    if (lines.length + errors.length > PULL_LIMITS.MAX_FEED_LINES)
      throw new FetchFault("is too long", { again: false });
    url = nextUrl(source, fetched, page, pages);
  }
  return { outcome: "PULLED", lines, errors, validators };
}

const acceptOf = (form: FeedForm): string => (form.kind === "JSON" ? "application/json" : "text/csv, */*;q=0.5");

function conditionsOf({ etag, lastModified }: Validators): Record<string, string> {
  return {
    ...(etag === null ? {} : { "if-none-match": etag }),
    ...(lastModified === null ? {} : { "if-modified-since": lastModified }),
  };
}

function validatorsOf({ headers }: Fetched): Validators {
  return { etag: headers.etag ?? null, lastModified: headers["last-modified"] ?? null };
}

function refuseStatus({ status, headers }: Fetched): void {
  if (status === 200) return;
  // What is refused for good is tried again all the same: a token is renewed, a page comes back.
  throw new FetchFault(`answers ${status}`, {
    again: true,
    afterMs: retryAfterMs(headers["retry-after"] ?? null, Date.now()),
  });
}

function firstUrl({ url, paging }: PullSource): string {
  return paging.kind === "COUNTED" ? withParameter(url, paging.parameter, String(paging.first)) : url;
}

function nextUrl({ url, paging }: PullSource, fetched: Fetched, page: FeedPage, pages: number): string | undefined {
  switch (paging.kind) {
    case "NONE":
      return undefined;
    case "COUNTED":
      return page.rows === 0 ? undefined : withParameter(url, paging.parameter, String(paging.first + pages));
    case "CURSOR": {
      const cursor = valueAt(page.json, jsonPath(paging.path) ?? []);
      const says = (typeof cursor === "string" && cursor !== "") || typeof cursor === "number";
      return says ? withParameter(url, paging.parameter, String(cursor)) : undefined;
    }
    case "LINK": {
      const next = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(fetched.headers.link ?? "")?.[1];
      return next === undefined ? undefined : new URL(next, fetched.url).toString();
    }
  }
}

function withParameter(address: string, parameter: string, value: string): string {
  const url = new URL(address);
  url.searchParams.set(parameter, value);
  return url.toString();
}
