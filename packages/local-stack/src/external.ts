import { type LocalService, SERVICES } from "./ports.js";

/** Parts of the stack that exist already; what is named here is used and not started. */
export interface External {
  /** Database addresses by service; from DATABASE_URL_ORDER_RESERVATION and so on. */
  readonly databaseUrls: Partial<Record<LocalService, string>>;
  readonly kafkaBrokers?: string;
  /** KAFKA_TLS and KAFKA_SASL_…, handed on to the services. */
  readonly kafkaSecurity: Record<string, string>;
  readonly registryUrl?: string;
}

const SECURITY = ["KAFKA_TLS", "KAFKA_SASL_MECHANISM", "KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"];

/** Name of the variable that replaces a service's embedded database. */
export function databaseVariable(service: LocalService): string {
  return `DATABASE_URL_${service.toUpperCase().replaceAll("-", "_")}`;
}

/** Reads what exists already from the environment. An empty variable counts as not set. */
export function externalFrom(env: Readonly<Record<string, string | undefined>>): External {
  const databaseUrls: Partial<Record<LocalService, string>> = {};
  for (const service of Object.keys(SERVICES) as LocalService[]) {
    const url = env[databaseVariable(service)];
    if (url) databaseUrls[service] = url;
  }
  const given = SECURITY.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  return {
    databaseUrls,
    kafkaSecurity: env.KAFKA_BROKERS ? Object.fromEntries(given) : {},
    ...(env.KAFKA_BROKERS ? { kafkaBrokers: env.KAFKA_BROKERS } : {}),
    ...(env.SCHEMA_REGISTRY_URL ? { registryUrl: env.SCHEMA_REGISTRY_URL } : {}),
  };
}

export const NOTHING_EXTERNAL: External = { databaseUrls: {}, kafkaSecurity: {} };
