import { readFile } from "node:fs/promises";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";
import { isLoopbackHost } from "./config.js";
import { Problem } from "./problem.js";
import { isTransient, TransientError } from "./transient.js";
import { VerifiedTokens } from "./verified-tokens.js";

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
/** A key that was withdrawn counts no longer after this, milliseconds, nor do tokens that were verified with it. */
export const JWKS_MAX_AGE_MS = 300_000;
/** Of that time a verified token is remembered for one part, and keys are read again after the other parts. */
const PARTS_OF_MAX_AGE = 5;

/** Turns a bearer token into its actor. */
export interface Authenticator {
  /**
   * @param host the request's Host header; looked at where no token is asked for
   * @throws Problem 401 for a missing, expired or foreign token, 503 when the keys cannot be had, 403 for a request
   * without a token that was addressed to another machine.
   */
  authenticate(token: string | undefined, host?: string): Promise<Actor>;
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
  if (options.mode === "none") return { authenticate: async (_token, host) => anybodyAt(host) };
  const maxAgeMs = options.keysMaxAgeMs ?? JWKS_MAX_AGE_MS;
  const freshMs = maxAgeMs / PARTS_OF_MAX_AGE;
  const keys = keySource(options, maxAgeMs - freshMs);
  const verified = new VerifiedTokens(freshMs);
  return {
    async authenticate(token) {
      if (token === undefined) throw unauthenticated("token-missing", "A bearer token is needed");
      const known = verified.actorOf(token);
      if (known !== undefined) return known;
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer: options.issuer,
          audience: options.audience,
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          requiredClaims: ["sub", "exp"],
        });
        const actor = actorOf(payload);
        verified.remember(token, actor, (payload.exp! + CLOCK_TOLERANCE_SECONDS) * 1_000);
        return actor;
      } catch (error) {
        throw refusal(error);
      }
    },
  };
}

/**
 * A page from elsewhere whose name is made to point at this machine reaches a service on loopback through the browser of
 * whoever reads it; its requests carry the page's name.
 */
function anybodyAt(host: string | undefined): Actor {
  if (isLoopbackHost(host)) return ANYBODY;
  throw new Problem({ status: 403, type: "host-not-local", title: "Without tokens only this machine is served" });
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

function keySource(o: Extract<AuthOptions, { mode: "jwt" }>, maxAgeMs: number): JWTVerifyGetKey {
  const cooldownMs = o.keysCooldownMs ?? JWKS_COOLDOWN_MS;
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
