/**
 * The only thing messaging needs of a transaction: rows for SELECT and RETURNING, `[]` otherwise. Positional parameters
 * `$1…`; `Buffer` goes as bytea, arrays as Postgres arrays; bigint comes back as a string.
 */
export interface Session {
  // biome-ignore lint/suspicious/noExplicitAny: the caller names the row; the driver cannot know it.
  query<T = any>(sql: string, params?: unknown[]): Promise<T[]>;
}
