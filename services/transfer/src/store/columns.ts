import { ACCOUNTS, type Accounts } from "../domain/accounts.js";

/** The time, read once per statement: the function alone is read per row, and no index can be searched with it. */
export const NOW = "(SELECT septet_now())";

/** A time column as epoch ms. */
export const ms = (column: string, alias: string): string =>
  `round(extract(epoch FROM ${column}) * 1000)::float8 AS ${alias}`;

/** Epoch ms as a time; null stays null. */
export const time = (value: string): string => `to_timestamp(${value} / 1000.0)`;

/** The column of each account. */
const COLUMN = Object.fromEntries(
  ACCOUNTS.map((name) => [name, name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]),
) as Readonly<Record<keyof Accounts, string>>;

/** Reads the accounts as one array, in their order; sums stay far below 2^53. */
export const accountsAs = (alias: string, table: string): string =>
  `ARRAY[${ACCOUNTS.map((name) => `${table}.${COLUMN[name]}`).join(", ")}]::float8[] AS ${alias}`;

export const accountsOf = (values: readonly number[]): Accounts =>
  Object.fromEntries(ACCOUNTS.map((name, index) => [name, values[index]!])) as Accounts;

/** `a, b, c` of the account columns. */
export const ACCOUNT_COLUMNS = ACCOUNTS.map((name) => COLUMN[name]).join(", ");

/** `a = c.a, b = c.b` of the account columns. */
export const setAccounts = (from: string): string =>
  ACCOUNTS.map((name) => `${COLUMN[name]} = ${from}.${COLUMN[name]}`).join(", ");

/** `$n::type[], …` for one array per account, counted from `first`. */
export const accountArrays = (first: number, type: string): string =>
  ACCOUNTS.map((_, index) => `$${first + index}::${type}[]`).join(", ");

/** The arrays themselves, in the same order. */
export const accountValues = (rows: readonly { readonly accounts: Accounts }[]): number[][] =>
  ACCOUNTS.map((name) => rows.map((row) => row.accounts[name]));
