import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { openAuth } from "../src/auth.js";

describe("the stack's own issuer of tokens", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "septet-auth-"));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const keysOf = (file: string) => JSON.parse(readFileSync(file, "utf8")) as JSONWebKeySet;

  test("a token verifies against the published keys, also after the stack was started again", async () => {
    const token = await (await openAuth(home)).issueToken({ subject: "ada", roles: ["supplier"], supplier: "acme" });
    const { issuer, audience, jwksFile } = await openAuth(home);
    const { payload } = await jwtVerify(token, createLocalJWKSet(keysOf(jwksFile)), { issuer, audience });
    expect(payload).toMatchObject({ sub: "ada", roles: ["supplier"], supplier: "acme" });
  });

  test("the private half is in no published file and readable by its owner only", async () => {
    const { jwksFile } = await openAuth(home);
    expect(keysOf(jwksFile).keys.map((key) => "d" in key)).toEqual([false]);
    expect(statSync(join(home, "auth", "private.jwk.json")).mode & 0o077).toBe(0);
  });

  test("another home's token does not verify here", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "septet-auth-"));
    try {
      const token = await (await openAuth(elsewhere)).issueToken({ subject: "eve", roles: ["operator"] });
      const { jwksFile } = await openAuth(home);
      await expect(jwtVerify(token, createLocalJWKSet(keysOf(jwksFile)))).rejects.toThrow();
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });
});
