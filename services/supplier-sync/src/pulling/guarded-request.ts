import { lookup as dnsLookup, type LookupAddress } from "node:dns";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { AllowedAddresses } from "./allowed-addresses.js";

/** Why nothing was fetched. `again`: whether it is worth trying again. The reason holds no secret. */
export class FetchFault extends Error {
  readonly again: boolean;
  /** What the other side asked us to wait, ms; 0 where it did not. */
  readonly afterMs: number;

  constructor(reason: string, o: { again: boolean; afterMs?: number }) {
    super(reason);
    this.name = "FetchFault";
    this.again = o.again;
    this.afterMs = o.afterMs ?? 0;
  }
}

/** What may be fetched, from where and how much of it. */
export interface FetchBounds {
  readonly allowed: AllowedAddresses;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly maxRedirects: number;
  /** Ends it before its time: the service stops. */
  readonly stop?: AbortSignal;
}

/** An answer that was fetched whole. */
export interface Fetched {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Where it came from in the end. */
  readonly url: URL;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches an address from the outside. Every connection goes to an address that was looked at: the name is resolved once, by
 * the connection itself, so that it cannot mean another machine the second time. Redirects are followed under the same rule,
 * and headers that were meant for one host are not shown to another.
 * @throws FetchFault when it may not or could not be fetched
 */
export async function guardedGet(
  address: string,
  headers: Readonly<Record<string, string>>,
  bounds: FetchBounds,
): Promise<Fetched> {
  let url = checkedUrl(address, bounds.allowed);
  let sent = headers;
  for (let redirects = 0; ; redirects++) {
    const fetched = await send(url, { method: "GET", headers: sent }, bounds);
    const { location } = fetched.headers;
    if (!REDIRECTS.has(fetched.status) || location === undefined) return fetched;
    if (redirects === bounds.maxRedirects) throw new FetchFault("redirects too often", { again: false });
    const next = checkedUrl(new URL(location, url).toString(), bounds.allowed);
    if (url.protocol === "https:" && next.protocol !== "https:") {
      throw new FetchFault("redirects away from https", { again: false });
    }
    if (next.origin !== url.origin) sent = { accept: headers.accept ?? "*/*" };
    url = next;
  }
}

/**
 * Posts a body to an address, under the rule of `guardedGet`; a redirect is an answer like others and not followed.
 * @throws FetchFault when it may not or could not be sent
 */
export function guardedPost(
  address: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  bounds: Omit<FetchBounds, "maxRedirects">,
): Promise<Fetched> {
  const length = { "content-length": String(Buffer.byteLength(body)) };
  const url = checkedUrl(address, bounds.allowed);
  return send(url, { method: "POST", headers: { ...headers, ...length }, body }, bounds);
}

/** @throws FetchFault for what is no http address, names a user, or is the address of a machine that may not be reached */
export function checkedUrl(address: string, allowed: AllowedAddresses): URL {
  if (!URL.canParse(address)) throw new FetchFault("is no address", { again: false });
  const url = new URL(address);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new FetchFault("is no http address", { again: false });
  }
  if (url.username !== "" || url.password !== "") throw new FetchFault("names a user", { again: false });
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !allowed.includes(host)) throw notAllowed();
  return url;
}

const notAllowed = () => new FetchFault("leads to an address that connectors may not reach", { again: false });

/** Resolves a name for a connection, and fails where one of its addresses may not be reached. */
function guardedLookup(allowed: AllowedAddresses): LookupFunction {
  return (host, options, done) => {
    dnsLookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, "", 0);
      const [first] = addresses as LookupAddress[];
      if (first === undefined || !addresses.every(({ address }) => allowed.includes(address))) {
        return done(notAllowed(), "", 0);
      }
      if (options.all === true) return done(null, addresses);
      return done(null, first.address, first.family);
    });
  };
}

interface Outgoing {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

function send(url: URL, out: Outgoing, bounds: Omit<FetchBounds, "maxRedirects">): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === "https:" ? https : http;
    const lookup = guardedLookup(bounds.allowed);
    // The whole of it within the time, not only its silences; no connection is kept, so none is older than its check.
    const { timeoutMs, stop } = bounds;
    const time = AbortSignal.timeout(timeoutMs);
    const signal = stop === undefined ? time : AbortSignal.any([time, stop]);
    const fail = (error: Error) => reject(error instanceof FetchFault ? error : faultOf(error, signal));
    const { method, body: sent = "" } = out;
    const asked = { ...out.headers, "accept-encoding": "identity" };
    const outgoing = request(url, { method, headers: asked, lookup, signal, agent: false }, (response) => {
      bodyOf(response, bounds.maxBytes).then((body) => {
        const found = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(found), body, url });
      }, fail);
    });
    outgoing.on("error", fail);
    outgoing.end(sent);
  });
}

async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = response.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    response.destroy();
    throw new FetchFault(`answers in ${encoding.slice(0, 20)} although asked not to`, { again: false });
  }
  const chunks: Buffer[] = [];
  let lengthBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    lengthBytes += chunk.length;
    if (lengthBytes > maxBytes) {
      response.destroy();
      throw new FetchFault(`answers with more than ${maxBytes} bytes`, { again: false });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function faultOf(error: Error, signal: AbortSignal): FetchFault {
  if (signal.aborted) return new FetchFault("took too long", { again: true });
  const { code = error.name } = error as { readonly code?: string };
  return new FetchFault(`could not be reached: ${code}`, { again: true });
}
