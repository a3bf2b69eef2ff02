import { ACCOUNTS, OWNER, type ServiceName } from "@septet/stock-contracts";
import { z } from "zod";
import type { AuditTarget } from "./http/balances-client.js";

const OWNERS = [...new Set(ACCOUNTS.map((account) => OWNER[account]))];
const EXAMPLE = "order-reservation=http://127.0.0.1:7101,warehouse=http://127.0.0.1:7102";

function targetsOf(text: string): AuditTarget[] {
  return text.split(",").map((pair) => {
    const [service = "", url = ""] = pair.trim().split(/=(.*)/s);
    return { service, url };
  });
}

function isTarget({ service, url }: AuditTarget): boolean {
  return OWNERS.includes(service as ServiceName) && /^https?:\/\/./.test(url);
}

const seconds = z.coerce.number().int().min(0).max(86_400);

/** What the ledger reads from its environment beside the common variables. */
export const LEDGER_VARIABLES = {
  AUDIT_TARGETS: z
    .string()
    .default("")
    .transform((text) => (text.trim() === "" ? [] : targetsOf(text)))
    .refine((targets) => targets.every(isTarget), "names an unknown service or no http(s) address")
    .describe(`services to compare with, ${OWNERS.join(", ")}, as ${EXAMPLE}`),
  AUDIT_TOKEN: z.string().min(1).optional().describe("bearer token of the role sre for the audited services"),
  AUDIT_TOKEN_FILE: z.string().min(1).optional().describe("file with that token, read anew for each request"),
  AUDIT_INTERVAL_SECONDS: seconds.default(60).describe("seconds between audits, 0 to 86400, 0 = only when asked"),
  GAP_ALERT_AFTER_SECONDS: seconds.default(30).describe("seconds a gap may stay open without an alert, 0 to 86400"),
  FOLD_GATHER_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000)
    .default(20)
    .describe("milliseconds to gather movements into one slice, 0 to 1000"),
} as const;
