import { attachOrStartStack, type System, startSystem, type TestStack } from "@septet/local-stack";
import type { Logger } from "@septet/messaging";
import type { PlatformAccess } from "./access.js";

/** A platform started for one run, and gone afterwards. */
export interface OwnPlatform {
  readonly access: PlatformAccess;
  readonly system: System;
  stop(): Promise<void>;
}

/** Starts a stack (or takes the test runner's) and the services, `instances` of those that share work. */
export async function startOwnPlatform(instances: number, logger: Logger): Promise<OwnPlatform> {
  const stack = await attachOrStartStack();
  try {
    const services = { "order-reservation": instances, warehouse: instances, ledger: 1 };
    const system = await startSystem({ stack, services });
    const stop = async () => {
      try {
        await system.stop();
      } finally {
        await stack.stop();
      }
    };
    return { access: accessTo(system, stack, logger), system, stop };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** How to speak to a system that was started here. */
export function accessTo(system: System, stack: Pick<TestStack, "auth">, logger: Logger): PlatformAccess {
  const { urls } = system;
  return {
    kafkaBrokers: system.kafkaBrokers.split(","),
    topicPrefix: system.topicPrefix,
    registryUrl: system.registryUrl,
    urls: {
      "order-reservation": urls["order-reservation"] ?? [],
      warehouse: urls.warehouse ?? [],
      transfer: urls.transfer ?? [],
      "supplier-sync": urls["supplier-sync"] ?? [],
      ledger: urls.ledger ?? [],
    },
    token: (roles) => stack.auth.issueToken({ subject: "replay", roles }),
    logger,
  };
}
