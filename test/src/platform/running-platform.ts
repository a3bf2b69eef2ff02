import { defaultHome, runningPlatform as runningLocalPlatform } from "@septet/local-stack";
import type { Logger } from "@septet/messaging";
import type { PlatformAccess } from "./access.js";

/** No platform runs where one was looked for; its message says what to do. */
export class NothingRunsError extends Error {
  override readonly name = "NothingRunsError";
}

/** The platform that `npm start` runs on this machine, found by SEPTET_HOME. @throws NothingRunsError if there is none. */
export async function runningPlatform(logger: Logger): Promise<PlatformAccess> {
  const local = await runningLocalPlatform(defaultHome()).catch((error: Error) => {
    throw new NothingRunsError(`${error.message} Or give --with-stack.`);
  });
  const { kafkaBrokers, topicPrefix, registryUrl, urls } = local;
  return {
    kafkaBrokers: kafkaBrokers.split(","),
    topicPrefix,
    registryUrl,
    urls: {
      "order-reservation": urls["order-reservation"] ?? [],
      warehouse: urls.warehouse ?? [],
      transfer: urls.transfer ?? [],
      "supplier-sync": urls["supplier-sync"] ?? [],
      ledger: urls.ledger ?? [],
    },
    token: (roles) => local.token(roles, "replay"),
    logger,
  };
}
