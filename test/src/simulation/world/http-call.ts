import { IncomingMessage, type RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { SimulatedProcess } from "../kernel/simulated-process.js";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: unknown;
  /** A body that is no JSON. */
  readonly sheet?: { readonly type: string; readonly content: string };
  /** The connection breaks after so many bytes of the body. */
  readonly breaksAfter?: number | undefined;
  readonly key?: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Hands a request to a service without a network between; the answer never comes when its process dies. */
export function call(process: SimulatedProcess, app: RequestListener, request: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() }) as Socket;
    const incoming = new IncomingMessage(socket);
    incoming.method = request.method;
    incoming.url = request.path;
    const text = request.sheet?.content ?? (request.body === undefined ? "" : JSON.stringify(request.body));
    const type = request.sheet?.type ?? "application/json";
    incoming.headers = {
      host: "localhost",
      ...(text === "" ? {} : { "content-type": type, "content-length": String(Buffer.byteLength(text)) }),
      ...(request.key === undefined ? {} : { "idempotency-key": request.key }),
    };
    const response = new ServerResponse(incoming);
    const chunks: Buffer[] = [];
    response.write = (chunk: unknown) => {
      chunks.push(Buffer.from(chunk as string));
      return true;
    };
    response.end = ((chunk?: unknown) => {
      if (chunk !== undefined && typeof chunk !== "function") chunks.push(Buffer.from(chunk as string));
      const said = Buffer.concat(chunks).toString();
      resolve({ status: response.statusCode, body: said === "" ? undefined : (JSON.parse(said) as unknown) });
      return response;
    }) as typeof response.end;
    process.run(() => {
      if (request.breaksAfter === undefined) {
        if (text !== "") incoming.push(Buffer.from(text));
        incoming.push(null);
      } else {
        incoming.push(Buffer.from(text.slice(0, Math.max(1, request.breaksAfter))));
        setImmediate(() => incoming.destroy());
      }
      app(incoming, response);
    });
  });
}
