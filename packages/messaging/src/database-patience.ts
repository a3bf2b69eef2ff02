import type { ClientConfig } from "pg";

/** PostgreSQL ends a statement of ours after this, milliseconds. */
export const STATEMENT_TIMEOUT_MS = 30_000;
/** Longer than the server's own limit: for a server that no longer answers at all. */
export const QUERY_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;

/** Silence on a connection before it is probed; both sides do. */
const KEEPALIVE_AFTER_SECONDS = 5;
const PROBE_EVERY_SECONDS = 2;
const PROBES = 3;
/** What the other side's kernel has not taken for this long, milliseconds, ends the connection. */
const UNTAKEN_MS = 10_000;

/**
 * Settings of every connection, so that none lasts without its other side. A process whose network is cut, or that froze
 * while PostgreSQL sends to it, is "active" for PostgreSQL and kept its locks: no idle limit sees that, and without
 * `tcp_user_timeout`, which counts a window that stays closed too, the kernel waits a quarter of an hour. pg cannot set the
 * same on our side; there `query_timeout` ends the waiting. Has no effect on Unix sockets.
 */
export const CONNECTION_SETTINGS = {
  keepAlive: true,
  // Without a delay of our own the system's holds: two hours.
  keepAliveInitialDelayMillis: KEEPALIVE_AFTER_SECONDS * 1_000,
  options: [
    `-c tcp_keepalives_idle=${KEEPALIVE_AFTER_SECONDS}`,
    `-c tcp_keepalives_interval=${PROBE_EVERY_SECONDS}`,
    `-c tcp_keepalives_count=${PROBES}`,
    `-c tcp_user_timeout=${UNTAKEN_MS}`,
  ].join(" "),
} as const satisfies ClientConfig;
