import type { TransferLineState } from "@septet/stock-contracts";

/**
 * What became of the pieces of a transfer, each account counting up for ever (`withdrawn` alone goes down again, when the
 * source answers for pieces that were called off before it had; and `requested` once, by what was taken out of a draft
 * when that is sent). A line has one set, the transfer the sum over its lines:
 * every figure below is a sum of accounts, so that both are judged by the same functions.
 */
export const ACCOUNTS = [
  "requested",
  "reserved",
  "rejected",
  "withdrawn",
  "cancelled",
  "short",
  "damagedBefore",
  "dispatched",
  "received",
  "damaged",
  "returned",
  "lost",
  "surplus",
] as const;
export type AccountName = (typeof ACCOUNTS)[number];
/** Pieces by account. `received` counts damaged and returned ones too; `surplus` is beyond what was under way. */
export type Accounts = { readonly [A in AccountName]: number };
export type AccountChange = { readonly [A in AccountName]?: number };

export const NOTHING: Accounts = Object.fromEntries(ACCOUNTS.map((name) => [name, 0])) as Accounts;

/** The accounts after a change, which may name some of them only. */
export function plus(accounts: Accounts, change: AccountChange): Accounts {
  const sum: { [A in AccountName]: number } = { ...accounts };
  for (const name of ACCOUNTS) sum[name] += change[name] ?? 0;
  return sum;
}

/** Asked for, still wanted, not answered yet. */
export const awaitingOf = (a: Accounts): number => a.requested - a.reserved - a.rejected - a.withdrawn;

/** Promised at the source and still there: what can be dispatched. */
export const heldOf = (a: Accounts): number => a.reserved - a.cancelled - a.short - a.damagedBefore - a.dispatched;

/** Left the source, neither arrived nor lost. */
export const underWayOf = (a: Accounts): number => a.dispatched - a.received - a.lost;

/** What can still happen to something, in pieces. */
export const openOf = (a: Accounts): number => awaitingOf(a) + heldOf(a) + underWayOf(a);

/** The state of a line, or of a transfer by the sums over its lines. */
export function stateOf(
  a: Accounts,
  { draft, returning }: { readonly draft: boolean; readonly returning: boolean },
): TransferLineState {
  if (draft) return a.withdrawn === a.requested ? "CANCELLED" : "DRAFT";
  if (underWayOf(a) > 0) return returning ? "RETURNING" : "DISPATCHED";
  if (a.dispatched > 0) return openOf(a) > 0 ? "RECEIVED" : "CLOSED";
  if (awaitingOf(a) > 0) return "REQUESTED";
  if (heldOf(a) > 0) return "RESERVED";
  if (a.short + a.damagedBefore > 0) return "CLOSED";
  return a.cancelled + a.withdrawn > 0 ? "CANCELLED" : "REJECTED";
}

const FINAL: ReadonlySet<TransferLineState> = new Set(["CLOSED", "CANCELLED", "REJECTED"]);

/** True when nothing is open any more. */
export const isFinal = (state: TransferLineState): boolean => FINAL.has(state);
