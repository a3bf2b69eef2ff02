import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Loose } from "./loose.js";

export interface Answer<T = Loose> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; the text of any other content type. */
  readonly body: T;
}

export interface RequestOptions {
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds until it is given up; 60 s if not given. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;
/** Before what was answered 503 is asked again, milliseconds. */
const AGAIN_AFTER_MS = 200;

/**
 * A small JSON client that adds the token, and an Idempotency-Key to every POST. What is answered 503, "nothing was kept, ask
 * again", it asks again under the same key until its time is over, as services tell their callers to.
 */
export interface ServiceClient {
  request<T = Loose>(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<Answer<T>>;
  get<T = Loose>(path: string, options?: RequestOptions): Promise<Answer<T>>;
  post<T = Loose>(path: string, body?: unknown, options?: RequestOptions): Promise<Answer<T>>;
  put<T = Loose>(path: string, body?: unknown, options?: RequestOptions): Promise<Answer<T>>;
}

/** @param token called per request, because tokens expire; "" for none */
export function serviceClient(baseUrl: string, token: () => Promise<string>): ServiceClient {
  const request: ServiceClient["request"] = async (method, path, body, options = {}) => {
    const bearer = await token();
    const init = {
      method,
      headers: {
        ...(bearer === "" ? {} : { authorization: `Bearer ${bearer}` }),
        ...(method === "POST" ? { "idempotency-key": options.idempotencyKey ?? randomUUID() } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: encode(body) }),
    };
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    const end = performance.now() + timeoutMs;
    const once = () => fetch(baseUrl + path, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    let answer = await once();
    while (answer.status === 503 && performance.now() < end) {
      await answer.body?.cancel();
      await delay(AGAIN_AFTER_MS);
      answer = await once();
    }
    const text = await answer.text();
    const isJson = /[/+]json/.test(answer.headers.get("content-type") ?? "");
    return { status: answer.status, headers: answer.headers, body: isJson && text !== "" ? JSON.parse(text) : text };
  };
  return {
    request,
    get: (path, options) => request("GET", path, undefined, options),
    post: (path, body, options) => request("POST", path, body, options),
    put: (path, body, options) => request("PUT", path, body, options),
  };
}

/** Text and bytes go as they are (CSV, NDJSON), anything else as JSON. */
function encode(body: unknown): string | Uint8Array<ArrayBuffer> {
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return new Uint8Array(body);
  return JSON.stringify(body);
}
