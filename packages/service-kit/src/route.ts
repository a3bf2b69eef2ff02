import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { z } from "zod";
import type { Actor, Role } from "./auth.js";

/** What a handler gets. */
export interface RequestContext<P = Record<string, string>, Q = Record<string, unknown>, B = unknown> {
  params: P;
  query: Q;
  body: B;
  actor: Actor;
  /** Present on every POST, else the empty string. */
  idempotencyKey: string;
  method: string;
  /** The path as asked, parameters filled in. */
  path: string;
  requestId: string;
  /** sha256 of the body in canonical JSON, hex; of nothing for a bulk route, whose body is not read yet. */
  bodyHash: string;
  /** Bulk routes: the raw bytes and their media type. */
  bulk: { stream: Readable; contentType: string } | undefined;
  request: IncomingMessage;
}

/** What a handler answers. A `Readable` is streamed as it is, with the content type of `headers`. */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type ObjectSchema = z.ZodType<Record<string, unknown>>;

/** One line of the route table: who may do what, what goes in, what comes out. */
export interface RouteSpec<P extends ObjectSchema, Q extends ObjectSchema, B extends z.ZodType> {
  method: Method;
  /** With parameters in braces: `/v1/receipts/{receiptId}`. */
  path: string;
  /** Who may call it. A supplier reaches only its own `{supplierId}`. */
  roles: readonly Role[];
  summary: string;
  description?: string;
  params?: P;
  query?: Q;
  body?: B;
  /** By status: what it means, and the body's schema. */
  responses: Record<number, string | { description: string; body?: z.ZodType }>;
  /** Media types taken as a raw stream of any length; other bodies stay JSON of at most `maxBodyBytes`. */
  bulk?: readonly string[] | true;
  /** The longest JSON body, bytes; 1 MiB if not given. For documents of thousands of lines. */
  maxBodyBytes?: number;
  handler(context: RequestContext<z.output<P>, z.output<Q>, z.output<B>>): Promise<Answer> | Answer;
}

/** A route as the server holds it. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly roles: readonly Role[];
  readonly summary: string;
  readonly description: string | undefined;
  readonly params: ObjectSchema | undefined;
  readonly query: ObjectSchema | undefined;
  readonly body: z.ZodType | undefined;
  readonly responses: Record<number, string | { description: string; body?: z.ZodType }>;
  readonly bulk: readonly string[];
  readonly maxBodyBytes: number | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: the schemas beside it prove what it gets
  readonly handler: (context: RequestContext<any, any, any>) => Promise<Answer> | Answer;
}

/** Media types of a bulk route that names none. */
export const BULK_TYPES: readonly string[] = ["text/csv", "application/x-ndjson"];

/** Makes a line of the route table. @throws when it names no role: that would lock everybody out. */
export function route<
  P extends ObjectSchema = z.ZodType<Record<string, string>>,
  Q extends ObjectSchema = z.ZodType<Record<string, unknown>>,
  B extends z.ZodType = z.ZodType<unknown>,
>(spec: RouteSpec<P, Q, B>): Route {
  if (spec.roles.length === 0) throw new Error(`${spec.method} ${spec.path} names no role`);
  return {
    method: spec.method,
    path: spec.path.replace(/:([A-Za-z0-9_]+)/g, "{$1}"),
    roles: spec.roles,
    summary: spec.summary,
    description: spec.description,
    params: spec.params,
    query: spec.query,
    body: spec.body,
    responses: spec.responses,
    bulk: spec.bulk === true ? BULK_TYPES : (spec.bulk ?? []),
    maxBodyBytes: spec.maxBodyBytes,
    handler: spec.handler,
  };
}
