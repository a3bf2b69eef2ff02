import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { ConfigError, loadConfig } from "../src/index.js";

const GOOD = {
  PORT: "7101",
  DATABASE_URL: "postgres://u:p@127.0.0.1:5432/order_reservation",
  KAFKA_BROKERS: "127.0.0.1:9092, other:9093",
  SCHEMA_REGISTRY_URL: "http://127.0.0.1:8081/apis/ccompat/v7",
  AUTH_ISSUER: "https://issuer.test",
  AUTH_AUDIENCE: "septet",
  AUTH_JWKS_FILE: "keys.json",
};

function refusal(env: Record<string, string | undefined>, shape = {}): ConfigError {
  try {
    loadConfig(shape, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the configuration was taken");
}
const named = (error: ConfigError) => error.problems.map((p) => p.variable).sort();

describe("configuration", () => {
  test("a complete environment gives typed values and defaults", () => {
    const config = loadConfig({ UNPAID_HOLD_SECONDS: z.coerce.number().int().default(1800) }, GOOD);
    expect(config.PORT).toBe(7101);
    expect(config.KAFKA_BROKERS).toEqual(["127.0.0.1:9092", "other:9093"]);
    expect(config.HOST).toBe("127.0.0.1");
    expect(config.KAFKA_TLS).toBe(false);
    expect(config.DATABASE_POOL_SIZE).toBe(10);
    expect(config.UNPAID_HOLD_SECONDS).toBe(1800);
  });

  test("every wrong variable is named at once, with what it takes", () => {
    const shape = { UNPAID_HOLD_SECONDS: z.coerce.number().int().min(1).describe("seconds, at least 1") };
    const error = refusal(
      { ...GOOD, PORT: "99999", DATABASE_URL: "mysql://x", KAFKA_BROKERS: undefined, UNPAID_HOLD_SECONDS: "soon" },
      shape,
    );
    expect(named(error)).toEqual(["DATABASE_URL", "KAFKA_BROKERS", "PORT", "UNPAID_HOLD_SECONDS"]);
    expect(error.message).toContain("KAFKA_BROKERS: is missing");
    expect(error.message).toContain("takes: seconds, at least 1");
  });

  test("a value is never repeated in the refusal, since it may be a secret", () => {
    const error = refusal({ ...GOOD, DATABASE_URL: "nonsense://user:hunter2@host" });
    expect(error.message).not.toContain("hunter2");
  });

  test("an empty variable counts as not set", () => {
    expect(named(refusal({ ...GOOD, PORT: "" }))).toEqual(["PORT"]);
  });

  test("nobody runs without authentication on an address that others reach", () => {
    expect(named(refusal({ ...GOOD, AUTH_MODE: "none", HOST: "0.0.0.0" }))).toEqual(["AUTH_MODE"]);
    expect(loadConfig({}, { ...GOOD, AUTH_MODE: "none", HOST: "::1" }).AUTH_MODE).toBe("none");
  });

  test("with tokens, issuer, audience and the keys' place are needed", () => {
    const env = { ...GOOD, AUTH_ISSUER: undefined, AUTH_AUDIENCE: undefined, AUTH_JWKS_FILE: undefined };
    expect(named(refusal(env))).toEqual(["AUTH_AUDIENCE", "AUTH_ISSUER", "AUTH_JWKS_FILE"]);
    expect(loadConfig({}, { ...GOOD, AUTH_JWKS_FILE: undefined, AUTH_JWKS_URL: "https://x.test/jwks" }).AUTH_MODE).toBe(
      "jwt",
    );
  });

  test("SASL needs user and password", () => {
    const error = refusal({ ...GOOD, KAFKA_SASL_MECHANISM: "scram-sha-512" });
    expect(named(error)).toEqual(["KAFKA_SASL_PASSWORD", "KAFKA_SASL_USERNAME"]);
  });
});
