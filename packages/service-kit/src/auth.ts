import { readFile } from "node:fs/promises";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";
import { Problem } from "./problem.js";
import { isTransient, TransientError } from "./transient.js";

/** Who may call: the roles of product H. */
export const ROLES = ["upstream", "storefront", "warehouse", "operator", "supplier", "sre"] as const;
export type Role = (typeof ROLES)[number];

/** Who calls. */
export interface Actor {
  /** The token's subject; goes into what the caller changes. */
  subject: string;
  roles: readonly Role[];
  /** The supplier a caller of the role `supplier` speaks for. */
  supplierId?: string;
}

/** Clocks of issuer and service may differ by this much, seconds. */
export const CLOCK_TOLERANCE_SECONDS = 30;
/** A key file is read again for an unknown key id, but not more often than this, milliseconds. */
export const JWKS_COOLDOWN_MS = 1_000;
/** Keys are read again after this, milliseconds, so that a key that was withdrawn counts no longer. */
export const JWKS_MAX_AGE_MS = 300_000;

/** Turns a bearer token into its actor. */
export interface Authenticator {
  /** @throws Problem 401 for a missing, expired or foreign token, 503 when the keys cannot be had. */
  authenticate(token: string | undefined): Promise<Actor>;
}

export type AuthOptions =
  | { mode: "none" }
  | {
      mode: "jwt";
      issuer: string;
      audience: string;
      jwksUrl?: string | undefined;
      jwksFile?: string | undefined;
      keysCooldownMs?: number;
      keysMaxAgeMs?: number;
    };

/** Takes the AUTH_ variables of a loaded configuration. */
export function authOptions(config: {
  AUTH_MODE: "jwt" | "none";
  AUTH_ISSUER?: string | undefined;
  AUTH_AUDIENCE?: string | undefined;
  AUTH_JWKS_URL?: string | undefined;
  AUTH_JWKS_FILE?: string | undefined;
}): AuthOptions {
  if (config.AUTH_MODE === "none") return { mode: "none" };
  return {
    mode: "jwt",
    issuer: config.AUTH_ISSUER ?? "",
    audience: config.AUTH_AUDIENCE ?? "",
    jwksUrl: config.AUTH_JWKS_URL,
    jwksFile: config.AUTH_JWKS_FILE,
  };
}

/** With AUTH_MODE=none everybody on this machine is an operator of everything. */
export const ANYBODY: Actor = { subject: "anonymous", roles: ROLES };

/** Makes the authenticator. */
export function createAuthenticator(options: AuthOptions): Authenticator {
  if (options.mode === "none") return { authenticate: async () => ANYBODY };
  const keys = keySource(options);
  return {
    async authenticate(token) {
      if (token === undefined) throw unauthenticated("token-missing", "A bearer token is needed");
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer: options.issuer,
          audience: options.audience,
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          requiredClaims: ["sub", "exp"],
        });
        return actorOf(payload);
      } catch (error) {
        throw refusal(error);
      }
    },
  };
}

function actorOf(payload: Record<string, unknown>): Actor {
  const roles = Array.isArray(payload.roles) ? ROLES.filter((role) => (payload.roles as unknown[]).includes(role)) : [];
  const supplier = payload.supplier;
  return {
    subject: String(payload.sub),
    roles,
    ...(typeof supplier === "string" && supplier !== "" ? { supplierId: supplier } : {}),
  };
}

function refusal(error: unknown): Error {
  if (error instanceof Problem) return error;
  if (error instanceof errors.JWTExpired) return unauthenticated("token-expired", "The token has expired");
  if (error instanceof errors.JWKSTimeout || isTransient(error)) {
    return new Problem({ status: 503, type: "keys-unavailable", title: "The issuer's keys cannot be read now" });
  }
  if (error instanceof errors.JOSEError) return unauthenticated("token-invalid", "The token is not valid here");
  return error instanceof Error ? error : new Error(String(error));
}

function unauthenticated(type: string, title: string): Problem {
  const headers = { "www-authenticate": type === "token-missing" ? "Bearer" : 'Bearer error="invalid_token"' };
  return new Problem({ status: 401, type, title, headers });
}

function keySource(o: Extract<AuthOptions, { mode: "jwt" }>): JWTVerifyGetKey {
  const cooldownMs = o.keysCooldownMs ?? JWKS_COOLDOWN_MS;
  const maxAgeMs = o.keysMaxAgeMs ?? JWKS_MAX_AGE_MS;
  if (o.jwksUrl !== undefined) {
    const remote = createRemoteJWKSet(new URL(o.jwksUrl), {
      timeoutDuration: 3_000,
      cooldownDuration: cooldownMs,
      cacheMaxAge: maxAgeMs,
    });
    return async (header, token) => {
      try {
        return await remote(header, token);
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
        throw new TransientError("the issuer's keys cannot be fetched", { cause: error });
      }
    };
  }
  return fileKeys(o.jwksFile ?? "", cooldownMs, maxAgeMs);
}

/** Keys of a file, read again when they are old, and when a token names a key that it did not have. */
function fileKeys(path: string, cooldownMs: number, maxAgeMs: number): JWTVerifyGetKey {
  let keys: ReturnType<typeof createLocalJWKSet> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  const read = async () => {
    try {
      keys = createLocalJWKSet(JSON.parse(await readFile(path, "utf8")) as JSONWebKeySet);
      readAt = performance.now();
      return keys;
    } catch (error) {
      throw new TransientError(`the key file ${path} cannot be read`, { cause: error });
    }
  };
  const ageMs = () => performance.now() - readAt;
  return async (header, token) => {
    try {
      return await (keys === undefined || ageMs() >= maxAgeMs ? await read() : keys)(header, token);
    } catch (error) {
      const stale = ageMs() >= cooldownMs;
      if (!(error instanceof errors.JWKSNoMatchingKey) || !stale) throw error;
      return (await read())(header, token);
    }
  };
}
