import type { Role } from "@septet/local-stack";
import type { Logger } from "@septet/messaging";
import { ServiceClient } from "./service-client.js";

export type RunningService = "order-reservation" | "warehouse" | "transfer" | "supplier-sync" | "ledger";

/** Everything needed to speak to a running platform. */
export interface PlatformAccess {
  readonly kafkaBrokers: readonly string[];
  /** Before every topic and group; empty on a platform of its own. */
  readonly topicPrefix: string;
  readonly registryUrl: string;
  /** All instances of each service. */
  readonly urls: Readonly<Record<RunningService, readonly string[]>>;
  /** A token with the given roles. */
  token(roles: readonly Role[]): Promise<string>;
  readonly logger: Logger;
}

const ROLES = ["operator", "warehouse", "upstream", "storefront", "sre"] as const;

/** A client of one service that may do everything a person of the house may. */
export function clientOf(access: PlatformAccess, service: RunningService): ServiceClient {
  let token: Promise<string> | undefined;
  return new ServiceClient({
    service,
    urls: access.urls[service],
    token: () => {
      token ??= access.token(ROLES);
      return token;
    },
  });
}
