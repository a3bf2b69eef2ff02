import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";

const ALGORITHM = "EdDSA";
export const ISSUER = "https://local-stack.septet.example";
export const AUDIENCE = "septet";

export const ROLES = ["upstream", "storefront", "warehouse", "operator", "supplier", "sre"] as const;
export type Role = (typeof ROLES)[number];

export interface TokenOrder {
  readonly subject: string;
  readonly roles: readonly Role[];
  /** The supplier that a token with the role `supplier` speaks for. */
  readonly supplier?: string;
  /** Seconds it is good for; 12 hours if not given. */
  readonly lifetimeSeconds?: number;
}

/** The stack's own issuer of bearer tokens, in place of the operator's. */
export interface LocalAuth {
  readonly issuer: string;
  readonly audience: string;
  /** The public keys, for AUTH_JWKS_FILE. */
  readonly jwksFile: string;
  issueToken(order: TokenOrder): Promise<string>;
}

/** Opens the issuer whose key pair is kept in `<home>/auth`; makes the key pair the first time. */
export async function openAuth(home: string): Promise<LocalAuth> {
  const folder = join(home, "auth");
  const [privateFile, jwksFile] = [join(folder, "private.jwk.json"), join(folder, "jwks.json")];
  mkdirSync(folder, { recursive: true });
  if (!existsSync(privateFile)) await makeKeyPair(privateFile);
  const jwk = JSON.parse(readFileSync(privateFile, "utf8")) as JWK & { kid: string };
  const { d: _secret, ...publicJwk } = jwk;
  writeAtomically(jwksFile, JSON.stringify({ keys: [publicJwk] }, null, 2), 0o644);
  const key = await importJWK(jwk, ALGORITHM);
  return {
    issuer: ISSUER,
    audience: AUDIENCE,
    jwksFile,
    issueToken: ({ subject, roles, supplier, lifetimeSeconds = 12 * 3600 }) =>
      new SignJWT({ roles: [...roles], ...(supplier === undefined ? {} : { supplier }) })
        .setProtectedHeader({ alg: ALGORITHM, kid: jwk.kid })
        .setSubject(subject)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + lifetimeSeconds)
        .sign(key),
  };
}

async function makeKeyPair(file: string): Promise<void> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { crv: "Ed25519", extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: ALGORITHM, use: "sig" };
  writeAtomically(file, JSON.stringify(jwk, null, 2), 0o600);
}

function writeAtomically(file: string, text: string, mode: number): void {
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}
