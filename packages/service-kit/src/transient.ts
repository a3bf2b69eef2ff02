import { FatalError, TransientError } from "@septet/messaging";

export { TransientError };

const NETWORK_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
]);

/**
 * SQLSTATEs that are the database's condition and not the data's: connection (08), authorisation and missing database
 * (28, 3D: an operator is at work), resources (53), operator intervention (57), system (58), rollback (40), lock not
 * available (55P03), a transaction ended for idling (25P03), read-only after a failover (25006).
 */
const DATABASE_STATES = /^(08|28|3D|40|53|57|58)...$|^55P03$|^25P03$|^25006$/;

/** Errors of pg, its pool and TypeORM that carry no code. */
const DATABASE_MESSAGES = [
  /^Connection terminated/,
  /^timeout exceeded when trying to connect/,
  /^timeout expired/,
  /^Query read timeout/,
  /is not queryable$/,
  /^Cannot use a pool after calling end/,
  /^Query runner already released/,
  /database is not established/,
  /^Connection with .* is not established/,
];

/**
 * Whether an error says that something is away (database, broker, registry, network) rather than that the work is wrong.
 * Constraint violations, bad data and bugs are not transient: the slice queue bisects those.
 */
export function isTransient(error: unknown): boolean {
  return anyOf(error, 0);
}

function anyOf(error: unknown, depth: number): boolean {
  if (typeof error !== "object" || error === null || depth > 5) return false;
  const e = error as {
    transient?: unknown;
    retriable?: unknown;
    code?: unknown;
    message?: unknown;
    cause?: unknown;
    driverError?: unknown;
    errors?: unknown;
  };
  if (error instanceof FatalError) return false;
  if (error instanceof TransientError || e.transient === true || e.retriable === true) return true;
  if (typeof e.code === "string" && (NETWORK_CODES.has(e.code) || DATABASE_STATES.test(e.code))) return true;
  // A code of another class is PostgreSQL's verdict on the data; what wraps it changes nothing.
  if (typeof e.code === "string" && /^[0-9A-Z]{5}$/.test(e.code)) return false;
  const { message } = e;
  if (typeof message === "string" && DATABASE_MESSAGES.some((pattern) => pattern.test(message))) return true;
  if (Array.isArray(e.errors) && e.errors.some((inner) => anyOf(inner, depth + 1))) return true;
  return anyOf(e.driverError, depth + 1) || anyOf(e.cause, depth + 1);
}

/** The SQLSTATE of an error that came from PostgreSQL, through TypeORM or not. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const e = error as { code?: unknown; driverError?: unknown };
  if (typeof e.code === "string" && /^[0-9A-Z]{5}$/.test(e.code)) return e.code;
  return sqlState(e.driverError);
}
