import { z } from "zod";

/** Addresses that only this machine can reach. */
export const LOOPBACK_HOSTS: readonly string[] = ["127.0.0.1", "::1", "localhost"];

/** Whether a Host header (name or address, with or without a port) names this machine. */
export function isLoopbackHost(header: string | undefined): boolean {
  const name = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/i.exec(header ?? "");
  return LOOPBACK_HOSTS.includes((name?.[1] ?? name?.[2] ?? "").toLowerCase());
}

const flag = z
  .enum(["true", "false", "1", "0"], { error: "must be true or false" })
  .transform((value) => value === "true" || value === "1");

const port = z.coerce.number().int().min(0).max(65_535);

/** The variables every service reads. `describe` is what the refusal tells the operator. */
export const COMMON_VARIABLES = {
  PORT: port.describe("TCP port to listen on, 0 to 65535"),
  HOST: z.string().min(1).default("127.0.0.1").describe("address to listen on, default 127.0.0.1"),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe("the service's own database, e.g. postgres://user:password@host:5432/name"),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(100).default(10).describe("pooled connections, 2 to 100"),
  KAFKA_BROKERS: z
    .string()
    .regex(/^\s*[^\s,:]+:\d+(\s*,\s*[^\s,:]+:\d+)*\s*$/)
    .transform((value) => value.split(",").map((broker) => broker.trim()))
    .describe("brokers as host:port, separated by commas"),
  KAFKA_TLS: flag.default(false).describe("true or false, default false"),
  KAFKA_SASL_MECHANISM: z
    .enum(["plain", "scram-sha-256", "scram-sha-512"])
    .optional()
    .describe("plain, scram-sha-256 or scram-sha-512; with it KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"),
  KAFKA_SASL_USERNAME: z.string().min(1).optional().describe("user name at the brokers"),
  KAFKA_SASL_PASSWORD: z.string().min(1).optional().describe("password at the brokers"),
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{0,80}$/)
    .default("")
    .describe("put before every topic and group name: letters, digits, '.', '_' and '-', at most 80"),
  SCHEMA_REGISTRY_URL: z.url({ protocol: /^https?$/ }).describe("the registry's Confluent API, http(s)://…"),
  AUTH_MODE: z.enum(["jwt", "none"]).default("jwt").describe("jwt, or none when HOST is a loopback address"),
  AUTH_ISSUER: z.string().min(1).optional().describe("the issuer of tokens (iss), with AUTH_MODE=jwt"),
  AUTH_AUDIENCE: z.string().min(1).optional().describe("the audience of tokens (aud), with AUTH_MODE=jwt"),
  AUTH_JWKS_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("where the issuer's public keys are; this or AUTH_JWKS_FILE, with AUTH_MODE=jwt"),
  AUTH_JWKS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe("file with the issuer's public keys; this or AUTH_JWKS_URL, with AUTH_MODE=jwt"),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("fatal, error, warn, info, debug, trace or silent"),
  SEPTET_INSTANCE: z.string().min(1).max(80).default("1").describe("name of this instance, at most 80 characters"),
} as const;

const COMMON_SCHEMA = z.object(COMMON_VARIABLES);
/** What every service knows from its environment. */
export type CommonConfig = z.output<typeof COMMON_SCHEMA>;

/** One variable that is missing or wrong. */
export interface ConfigProblem {
  variable: string;
  /** What is wrong with it; never its value, which may be a secret. */
  problem: string;
  /** What it takes. */
  takes: string;
}

/** The environment does not make a configuration; `message` names every wrong variable at once. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map((p) => `  ${p.variable}: ${p.problem} (takes: ${p.takes})`);
    super(`cannot start, ${problems.length} wrong variable${problems.length === 1 ? "" : "s"}:\n${lines.join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

type Shape = Record<string, z.ZodType>;
export type ConfigOf<S extends Shape> = z.output<z.ZodObject<S>>;

/**
 * Reads the common variables and those in `shape` from `env`. An empty variable counts as not set.
 * @throws ConfigError naming every wrong variable and what it takes.
 */
export function loadConfig<S extends Shape = Record<never, never>>(
  shape: S,
  env: Record<string, string | undefined>,
): CommonConfig & ConfigOf<S> {
  const all: Shape = { ...COMMON_VARIABLES, ...shape };
  const given = Object.fromEntries(Object.keys(all).flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const problems: ConfigProblem[] = [];
  const config: Record<string, unknown> = {};
  for (const [variable, schema] of Object.entries(all)) {
    const parsed = schema.safeParse(given[variable]);
    if (parsed.success) config[variable] = parsed.data;
    else {
      const problem = given[variable] === undefined ? "is missing" : sentence(parsed.error.issues);
      problems.push({ variable, problem, takes: schema.description ?? "see the documentation" });
    }
  }
  const wrong = new Set(problems.map((p) => p.variable));
  problems.push(...combinationProblems(config).filter((p) => !wrong.has(p.variable)));
  if (problems.length > 0) throw new ConfigError(problems);
  return config as CommonConfig & ConfigOf<S>;
}

function sentence(issues: readonly { message: string }[]): string {
  return [...new Set(issues.map((issue) => issue.message))].join("; ");
}

function combinationProblems(config: Record<string, unknown>): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const need = (variable: keyof typeof COMMON_VARIABLES, why: string) => {
    if (config[variable] === undefined)
      problems.push({ variable, problem: `is missing, ${why}`, takes: COMMON_VARIABLES[variable].description ?? "" });
  };
  if (config.AUTH_MODE === "none" && !LOOPBACK_HOSTS.includes(String(config.HOST))) {
    const takes = COMMON_VARIABLES.AUTH_MODE.description ?? "";
    problems.push({ variable: "AUTH_MODE", problem: "none is accepted on a loopback HOST only", takes });
  }
  if (config.AUTH_MODE === "jwt") {
    need("AUTH_ISSUER", "AUTH_MODE is jwt");
    need("AUTH_AUDIENCE", "AUTH_MODE is jwt");
    if (config.AUTH_JWKS_URL === undefined) need("AUTH_JWKS_FILE", "AUTH_MODE is jwt and AUTH_JWKS_URL is not set");
  }
  if (config.KAFKA_SASL_MECHANISM !== undefined) {
    need("KAFKA_SASL_USERNAME", "KAFKA_SASL_MECHANISM is set");
    need("KAFKA_SASL_PASSWORD", "KAFKA_SASL_MECHANISM is set");
  }
  return problems;
}
