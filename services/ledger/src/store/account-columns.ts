import { ACCOUNTS, type Account, type Balance } from "@septet/stock-contracts";

/** The column of each account, in `balance` and in `movement_location`. */
export const COLUMN: Readonly<Record<Account, string>> = {
  total: "total",
  sellable: "sellable",
  orderReserved: "order_reserved",
  unsellable: "unsellable",
  locked: "locked",
  transferReserved: "transfer_reserved",
  inTransit: "in_transit",
  virtual: "virtual",
};

/** The account columns, comma-separated, in the order of `ACCOUNTS`. */
export const ACCOUNT_COLUMNS = ACCOUNTS.map((account) => COLUMN[account]).join(", ");

/** The account columns under their account names, as JSON-safe numbers (pieces stay far below 2^53). */
export function selectAccounts(table: string): string {
  return ACCOUNTS.map((account) => `${table}.${COLUMN[account]}::float8 AS "${account}"`).join(", ");
}

/** Reads the eight accounts out of a row of `selectAccounts`. */
export function balancesOf(row: Balance): Balance {
  const { total, sellable, orderReserved, unsellable, locked, transferReserved, inTransit, virtual } = row;
  return { total, sellable, orderReserved, unsellable, locked, transferReserved, inTransit, virtual };
}
