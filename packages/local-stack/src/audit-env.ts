import type { LocalAuth } from "./auth.js";
import type { LocalService } from "./ports.js";

/** Longer than any local platform lives; nobody else has the token. */
const TOKEN_SECONDS = 10 * 365 * 86_400;

/** What the ledger needs to compare the others with its books: where they are, and a token that lets it in. */
export async function auditEnv(
  auth: LocalAuth,
  urls: Readonly<Record<string, readonly string[]>>,
): Promise<Record<string, string>> {
  const targets = Object.entries(urls).filter(([service]) => service !== "ledger");
  if (targets.length === 0) return {};
  return {
    AUDIT_TARGETS: targets.map(([service, [url]]) => `${service}=${url}`).join(","),
    AUDIT_TOKEN: await auth.issueToken({ subject: "ledger", roles: ["sre"], lifetimeSeconds: TOKEN_SECONDS }),
  };
}

/** The ledger after the others, because it is told their addresses. */
export function ledgerLast<T>(services: readonly (readonly [LocalService, T])[]): (readonly [LocalService, T])[] {
  return [...services].sort(([a], [b]) => Number(a === "ledger") - Number(b === "ledger"));
}
