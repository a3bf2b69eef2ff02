import { existsSync } from "node:fs";
import { join } from "node:path";
import { defaultHome, defaultPortBase, openAuth, PORT_OFFSETS, SERVICES } from "@septet/local-stack";
import type { Logger } from "@septet/messaging";
import type { PlatformAccess, RunningService } from "./access.js";

const HERE = "127.0.0.1";

/** No platform runs where one was looked for; its message says what to do. */
export class NothingRunsError extends Error {
  override readonly name = "NothingRunsError";
}

/** The platform that `npm start` runs on this machine; parts that exist elsewhere are named by the same variables. */
export async function runningPlatform(env: NodeJS.ProcessEnv, logger: Logger): Promise<PlatformAccess> {
  const base = defaultPortBase(env);
  const home = defaultHome(env);
  const urlOf = (service: RunningService) => [`http://${HERE}:${base + SERVICES[service].portOffset}`];
  const urls = {
    "order-reservation": urlOf("order-reservation"),
    warehouse: urlOf("warehouse"),
    ledger: urlOf("ledger"),
  };
  await assertRunning(urls["order-reservation"][0]!, home);
  const auth = await openAuth(home);
  return {
    kafkaBrokers: (env.KAFKA_BROKERS ?? `${HERE}:${base + PORT_OFFSETS.kafka}`).split(","),
    topicPrefix: env.KAFKA_TOPIC_PREFIX ?? "",
    registryUrl: env.SCHEMA_REGISTRY_URL ?? `http://${HERE}:${base + PORT_OFFSETS.registry}/apis/ccompat/v7`,
    urls,
    token: (roles) => auth.issueToken({ subject: "replay", roles: roles as never }),
    logger,
  };
}

async function assertRunning(url: string, home: string): Promise<void> {
  const hint = `start it with npm start, set SEPTET_PORT_BASE and SEPTET_HOME, or give --with-stack`;
  if (!existsSync(join(home, "auth"))) throw new NothingRunsError(`no platform has run in ${home}; ${hint}`);
  const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
  if (!answer) throw new NothingRunsError(`nothing answers at ${url}; ${hint}`);
}
