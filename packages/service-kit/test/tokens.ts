import { writeFile } from "node:fs/promises";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { Role } from "../src/index.js";

export const ISSUER = "https://issuer.test";
export const AUDIENCE = "septet";

/** An issuer with one key: what the local stack is to a service. */
export async function createIssuer(kid = "key-1") {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" };
  return {
    jwk,
    writeKeys: (path: string) => writeFile(path, JSON.stringify({ keys: [jwk] })),
    token(o: {
      subject?: string;
      roles?: readonly Role[];
      supplier?: string;
      issuer?: string;
      audience?: string;
      expiresInSeconds?: number;
    }) {
      const claims = { roles: o.roles ?? [], ...(o.supplier === undefined ? {} : { supplier: o.supplier }) };
      return new SignJWT(claims)
        .setProtectedHeader({ alg: "ES256", kid })
        .setSubject(o.subject ?? "somebody")
        .setIssuer(o.issuer ?? ISSUER)
        .setAudience(o.audience ?? AUDIENCE)
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + (o.expiresInSeconds ?? 300))
        .sign(privateKey);
    },
  };
}
export type Issuer = Awaited<ReturnType<typeof createIssuer>>;
