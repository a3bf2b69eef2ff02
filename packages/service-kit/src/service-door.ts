import { authOptions, createAuthenticator } from "./auth.js";
import { createHttpApp, listen } from "./http.js";
import type { Route } from "./route.js";
import type { Start } from "./service-ground.js";

/** The HTTP side of a service: open before anything else, so that health answers, and with routes once there are some. */
export interface Door {
  readonly port: number;
  /** Serves the routes from now on. */
  serve(routes: readonly Route[]): void;
  /** Not ready from now on; requests under way have `graceMs` to end. */
  close(graceMs: number): Promise<void>;
}

/** Listens. @throws when the port is taken. */
export async function openDoor(start: Start): Promise<Door> {
  const { service, config, logger, metrics, health, progress, parts } = start;
  let accepting = true;
  const shared = {
    service,
    auth: createAuthenticator(authOptions(config)),
    health,
    metrics,
    logger,
    accepting: () => accepting,
    starting: () => progress.reason,
  };
  // A request that came in while the service started may get here after it has: "no such path" would be a lie.
  const beforeRoutes = createHttpApp({ ...shared, routes: [], starting: () => progress.reason ?? "starting" });
  const http = await (parts?.listen ?? listen)(beforeRoutes, { host: config.HOST, port: config.PORT });
  start.closers.push("http", () => http.close(0));
  logger.info({ host: config.HOST, port: http.port }, "listening, starting");
  return {
    port: http.port,
    serve: (routes) => http.use(createHttpApp({ ...shared, routes })),
    close(graceMs) {
      accepting = false;
      return http.close(graceMs);
    },
  };
}
