import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";

/** Where a piece of work belongs: the W3C trace and, inside HTTP, the request. */
export interface TraceContext {
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits: this piece of work. */
  spanId: string;
  /** 2 hex digits. */
  flags: string;
  requestId?: string;
}

const FORMAT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const storage = new AsyncLocalStorage<TraceContext>();

/** Continues the trace of a `traceparent` header; starts a new one when it is missing or malformed. */
export function traceFrom(traceparent: string | undefined, requestId?: string): TraceContext {
  const match = traceparent === undefined ? null : FORMAT.exec(traceparent.trim().toLowerCase());
  const known = match !== null && !/^0+$/.test(match[1]!) && !/^0+$/.test(match[2]!) && !match[0].startsWith("ff");
  return {
    traceId: known ? match[1]! : randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    flags: known ? match[3]! : "01",
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** Runs `work` inside the trace; logs and published messages of it carry the trace. */
export function withTrace<T>(trace: TraceContext, work: () => T): T {
  return storage.run(trace, work);
}

/** The trace of the work under way. */
export function currentTrace(): TraceContext | undefined {
  return storage.getStore();
}

/** The `traceparent` header that passes the trace on. */
export function traceparentOf(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.flags}`;
}

/** Headers for an outgoing message or request: the trace under way, nothing outside of one. */
export function traceHeaders(): Record<string, string> {
  const trace = storage.getStore();
  return trace === undefined ? {} : { traceparent: traceparentOf(trace) };
}

/** Headers that pass on the trace a message came with, for what is published because of it. */
export function traceHeadersOf(message: { headers: Record<string, string> }): Record<string, string> {
  const { traceparent } = message.headers;
  return traceparent === undefined ? {} : { traceparent: traceparentOf(traceFrom(traceparent)) };
}
