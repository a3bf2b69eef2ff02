import { IncomingMessage, type RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { SimulatedProcess } from "../kernel/simulated-process.js";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: unknown;
  readonly key?: string;
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
    const text = request.body === undefined ? "" : JSON.stringify(request.body);
    incoming.headers = {
      host: "localhost",
      ...(text === "" ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) }),
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
      incoming.push(text === "" ? null : Buffer.from(text));
      if (text !== "") incoming.push(null);
      app(incoming, response);
    });
  });
}
