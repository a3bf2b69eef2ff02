import { randomUUID } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import express, {
  type ErrorRequestHandler,
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import swaggerUi from "swagger-ui-express";
import type { Actor, Authenticator, Role } from "./auth.js";
import { ROLES } from "./auth.js";
import type { HealthChecks } from "./health.js";
import { bodyKind, bodyProblem, checked, idempotencyKeyOf, MAX_BODY_BYTES, mediaTypeOf } from "./http-input.js";
import { hashOfJson, sha256 } from "./idempotency.js";
import type { Logger } from "./logging.js";
import type { KitMetrics } from "./metrics.js";
import { openApiDocument } from "./openapi.js";
import { invalid, PROBLEM_TYPE, Problem } from "./problem.js";
import type { Answer, RequestContext, Route } from "./route.js";
import { textFlaw } from "./text-flaws.js";
import { traceFrom, traceparentOf, withTrace } from "./trace-context.js";
import { isTransient } from "./transient.js";

export { type Answer, type RequestContext, type Route, route } from "./route.js";

/** What the HTTP side of a service is made of. */
export interface HttpOptions {
  service: string;
  version?: string;
  routes: readonly Route[];
  auth: Authenticator;
  health: HealthChecks;
  metrics: KitMetrics;
  logger: Logger;
  /** False from the moment of the stop signal on. */
  accepting?: () => boolean;
  /** Why the routes are not served yet; undefined once they are. */
  starting?: () => string | undefined;
}

type Locals = { requestId: string; actor: Actor; routePath?: string };

/** Makes the Express application of a route table. */
export function createHttpApp(o: HttpOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.set("query parser", "simple");
  app.use(observe(o));
  app.get("/health/live", (_request, response) => void response.json({ status: "live" }));
  app.get("/health/ready", (_request, response) => void sendReadiness(o, response));
  app.use(authenticate(o.auth));
  app.get("/metrics", only(["sre"]), async (_request, response) => {
    response.type(o.metrics.registry.contentType).send(await o.metrics.registry.metrics());
  });
  describeRoutes(app, o);
  app.use((_request, _response, next) => {
    const reason = o.starting?.();
    if (reason === undefined) return next();
    throw new Problem({ status: 503, type: "not-ready", title: "The service is starting", detail: reason });
  });
  for (const route of o.routes) mount(app, route);
  for (const [path, methods] of methodsByPath(o.routes)) app.all(expressPath(path), refuseMethod(methods));
  for (const path of ["/health/live", "/health/ready", "/metrics", "/openapi.json"])
    app.all(path, refuseMethod(["GET"]));
  app.use((request) => {
    throw new Problem({
      status: 404,
      type: "not-found",
      title: "Not found",
      detail: `${request.path} is no path here`,
    });
  });
  app.use(refuse(o.logger));
  return app;
}

/** The document and its page are made when somebody first asks: a third of what a start costs. */
function describeRoutes(app: Express, o: HttpOptions): void {
  let made: { document: Record<string, unknown>; page: RequestHandler } | undefined;
  const make = () => {
    if (made === undefined) {
      const document = openApiDocument({ service: o.service, version: o.version ?? "1", routes: o.routes });
      made = { document, page: swaggerUi.setup(document) };
    }
    return made;
  };
  app.get("/openapi.json", (_request, response) => void response.json(make().document));
  // The page's script comes from what its making left behind, so that comes first.
  const first: RequestHandler = (_request, _response, next) => {
    make();
    next();
  };
  app.use("/docs", first, swaggerUi.serve, (request: Request, response: Response, next: NextFunction) =>
    make().page(request, response, next),
  );
}

/** A server whose application can be put in later: health answers before the database is there. */
export interface HttpServer {
  readonly server: Server;
  /** Port it listens on. */
  readonly port: number;
  use(handler: RequestListener): void;
  /** Stops accepting, lets requests under way end for `graceMs`, then closes their connections. */
  close(graceMs: number): Promise<void>;
}

/** A request, its body included, takes this long at most, milliseconds: an upload of many lines over a slow line. */
const MAX_REQUEST_MS = 600_000;

/** Listens on host and port. @throws when the port is taken. */
export async function listen(handler: RequestListener, o: { host: string; port: number }): Promise<HttpServer> {
  let current = handler;
  const server = createServer(
    { requestTimeout: MAX_REQUEST_MS, headersTimeout: 15_000, keepAliveTimeout: 10_000 },
    (request, response) => current(request, response),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(o.port, o.host, () => resolve());
  });
  const address = server.address();
  return {
    server,
    port: typeof address === "object" && address !== null ? address.port : o.port,
    use(next) {
      current = next;
    },
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Makes the application and listens with it. */
export function createHttpServer(o: HttpOptions & { host: string; port: number }): Promise<HttpServer> {
  return listen(createHttpApp(o), o);
}

function observe(o: HttpOptions) {
  return (request: Request, response: Response, next: NextFunction) => {
    const asked = request.get("x-request-id");
    const requestId = asked !== undefined && /^[\w.:-]{1,128}$/.test(asked) ? asked : randomUUID();
    const trace = traceFrom(request.get("traceparent"), requestId);
    const locals = response.locals as Locals;
    locals.requestId = requestId;
    response.setHeader("x-request-id", requestId);
    response.setHeader("traceparent", traceparentOf(trace));
    const end = o.metrics.httpSeconds.startTimer({ method: request.method });
    response.on("finish", () => {
      const seconds = end({ route: locals.routePath ?? "other", status: String(response.statusCode) });
      const line = {
        method: request.method,
        path: request.path,
        status: response.statusCode,
        ms: Math.round(seconds * 1000),
      };
      withTrace(trace, () => o.logger.debug(line, "request answered"));
    });
    withTrace(trace, () => next());
  };
}

async function sendReadiness(o: HttpOptions, response: Response): Promise<void> {
  const starting = o.starting?.();
  const found = await o.health.recent();
  const checks = { ...found.checks };
  if (starting !== undefined) checks.start = { ok: false, reason: starting };
  if (!(o.accepting?.() ?? true)) checks.stop = { ok: false, reason: "the service is stopping" };
  const ok = found.ready && checks.start === undefined && checks.stop === undefined;
  o.metrics.ready.set(ok ? 1 : 0);
  response.status(ok ? 200 : 503).json({ status: ok ? "ready" : "not ready", checks });
}

function authenticate(auth: Authenticator) {
  return async (request: Request, response: Response, next: NextFunction) => {
    const browsable = request.path === "/openapi.json" || request.path.startsWith("/docs");
    const token = tokenOf(request.headers.authorization, browsable);
    try {
      (response.locals as Locals).actor = await auth.authenticate(token, request.headers.host);
    } catch (error) {
      if (browsable && error instanceof Problem && error.status === 401) {
        error.headers["www-authenticate"] = 'Basic realm="any name, the token as password"';
      }
      throw error;
    }
    next();
  };
}

/** A browser cannot send a bearer token for a page, but asks for name and password: there the password is the token. */
function tokenOf(header: string | undefined, browsable: boolean): string | undefined {
  const bearer = /^bearer +(\S+)$/i.exec(header ?? "")?.[1];
  const basic = browsable ? /^basic +(\S+)$/i.exec(header ?? "")?.[1] : undefined;
  if (bearer !== undefined || basic === undefined) return bearer;
  const [, ...password] = Buffer.from(basic, "base64").toString("utf8").split(":");
  return password.join(":") || undefined;
}

function only(roles: readonly Role[]) {
  return (_request: Request, response: Response, next: NextFunction) => {
    admit((response.locals as Locals).actor, roles, undefined);
    next();
  };
}

function admit(actor: Actor, roles: readonly Role[], supplierId: string | undefined): void {
  const matching = roles.filter((role) => actor.roles.includes(role));
  if (matching.length === 0) {
    throw new Problem({ status: 403, type: "role-missing", title: "The token's roles do not allow this" });
  }
  const onlyAsSupplier = matching.every((role) => role === "supplier");
  if (onlyAsSupplier && (actor.supplierId === undefined || (supplierId ?? actor.supplierId) !== actor.supplierId)) {
    throw new Problem({ status: 403, type: "other-supplier", title: "A supplier reaches its own data only" });
  }
}

const jsonParser = (limit: number) => express.json({ limit, strict: false, type: () => true });
const parseShortJson = jsonParser(MAX_BODY_BYTES);

function mount(app: Express, route: Route): void {
  const method = route.method.toLowerCase() as "get" | "post" | "put" | "patch" | "delete";
  const parseJson = route.maxBodyBytes === undefined ? parseShortJson : jsonParser(route.maxBodyBytes);
  app[method](expressPath(route.path), async (request: Request, response: Response) => {
    const locals = response.locals as Locals;
    locals.routePath = route.path;
    const given = request.params as Record<string, string>;
    admit(locals.actor, route.roles, given.supplierId);
    const kind = bodyKind(route, request);
    const idempotencyKey = idempotencyKeyOf(request);
    if (kind === "json") await parsed(parseJson, request, response);
    const json: unknown = kind === "json" ? request.body : undefined;
    refuseFlaws({ params: given, query: request.query, body: json });
    const context: RequestContext = {
      params: checked(route.params, given, "params") as Record<string, string>,
      query: checked(route.query, { ...request.query }, "query") as Record<string, unknown>,
      body: kind === "bulk" ? undefined : checked(route.body, json, "body"),
      actor: locals.actor,
      idempotencyKey,
      method: request.method,
      path: request.path,
      requestId: locals.requestId,
      bodyHash: json === undefined ? sha256("") : hashOfJson(json),
      bulk: kind === "bulk" ? { stream: request, contentType: mediaTypeOf(request) } : undefined,
      request,
    };
    await send(response, await route.handler(context));
  });
}

/** Before anything is looked up, locked or hashed with it. @throws Problem 400 naming the first field. */
function refuseFlaws(parts: Record<string, unknown>): void {
  for (const [part, value] of Object.entries(parts)) {
    const flaw = textFlaw(value, part);
    if (flaw !== undefined) throw invalid([flaw]);
  }
}

function parsed(parseJson: RequestHandler, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    parseJson(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
}

async function send(response: Response, answer: Answer): Promise<void> {
  response.status(answer.status);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.body instanceof Readable) {
    response.flushHeaders();
    await pipeline(answer.body, response);
  } else if (answer.body === undefined || answer.status === 204 || answer.status === 304) {
    response.end();
  } else {
    if (!response.hasHeader("content-type")) response.setHeader("content-type", "application/json; charset=utf-8");
    response.end(JSON.stringify(answer.body));
  }
}

function refuse(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const { requestId } = response.locals as Locals;
    const problem = error instanceof Problem ? error : (bodyProblem(error) ?? failure(error));
    if (problem.status >= 500)
      logger.error({ err: error, method: request.method, path: request.path }, "request failed");
    if (response.headersSent) {
      response.destroy(error instanceof Error ? error : undefined);
      return;
    }
    for (const [name, value] of Object.entries(problem.headers)) response.setHeader(name, value);
    response.status(problem.status).setHeader("content-type", PROBLEM_TYPE);
    response.end(JSON.stringify({ ...problem.body(), instance: `urn:septet:request:${requestId}` }));
  };
}

/** What is nobody's fault in the request tells nothing of the inside. */
function failure(error: unknown): Problem {
  if (isTransient(error)) {
    const headers = { "retry-after": "1" };
    return new Problem({ status: 503, type: "unavailable", title: "Something needed is away, try again", headers });
  }
  return new Problem({ status: 500, type: "internal-error", title: "Something went wrong here" });
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const route of routes) methods.set(route.path, [...(methods.get(route.path) ?? []), route.method]);
  return methods;
}

function refuseMethod(methods: readonly string[]) {
  return () => {
    const headers = { allow: methods.join(", ") };
    throw new Problem({ status: 405, type: "method-not-allowed", title: "Not with this method", headers });
  };
}

function expressPath(path: string): string {
  return path.replace(/\{([^}]+)\}/g, ":$1");
}

/** For routes that everybody with a token may call. */
export const ANY_ROLE: readonly Role[] = ROLES;
