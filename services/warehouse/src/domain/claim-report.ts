/** Sums of claims in one state and one currency, as the store gives them. */
export interface ClaimSums {
  readonly against: string;
  readonly party: string;
  readonly state: string;
  readonly currency: string | null;
  readonly claims: number;
  readonly pieces: number;
  readonly sentBack: number;
  readonly missing: number;
  readonly claimedMinor: number;
  readonly creditedMinor: number;
  readonly credited: number;
  readonly replaced: number;
  readonly rejected: number;
  readonly mixed: number;
}

interface Amount {
  readonly currency: string;
  claimedMinor: number;
  creditedMinor: number;
}

/** How claims against one supplier or carrier went. Amounts are in minor units, never added over currencies. */
export interface PartyReport {
  readonly against: string;
  readonly party: string;
  claims: number;
  pieces: number;
  sentBack: number;
  missing: number;
  readonly outcomes: { credited: number; replaced: number; rejected: number; mixed: number };
  readonly amounts: Amount[];
  readonly byState: { readonly [state: string]: { claims: number; pieces: number } };
  /** Settled ÷ all but those we gave up, 0 to 1; null when there are none. */
  shareSettled: number | null;
}

/** Puts the sums together, party by party, in the order given. */
export function reportOf(rows: readonly ClaimSums[]): PartyReport[] {
  const parties = new Map<string, ClaimSums[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.against, row.party]);
    parties.set(key, [...(parties.get(key) ?? []), row]);
  }
  return [...parties.values()].map(partyReport);
}

function partyReport(rows: readonly ClaimSums[]): PartyReport {
  const sum = (of: (row: ClaimSums) => number) => rows.reduce((all, row) => all + of(row), 0);
  const byState: { [state: string]: { claims: number; pieces: number } } = {};
  const amounts = new Map<string, Amount>();
  for (const { state, claims, pieces, currency, claimedMinor, creditedMinor } of rows) {
    const known = byState[state] ?? { claims: 0, pieces: 0 };
    byState[state] = { claims: known.claims + claims, pieces: known.pieces + pieces };
    if (currency === null) continue;
    const amount = amounts.get(currency) ?? { currency, claimedMinor: 0, creditedMinor: 0 };
    amount.claimedMinor += claimedMinor;
    amount.creditedMinor += creditedMinor;
    amounts.set(currency, amount);
  }
  const counted = sum((row) => row.claims) - (byState.WITHDRAWN?.claims ?? 0);
  return {
    against: rows[0]!.against,
    party: rows[0]!.party,
    claims: sum((row) => row.claims),
    pieces: sum((row) => row.pieces),
    sentBack: sum((row) => row.sentBack),
    missing: sum((row) => row.missing),
    outcomes: {
      credited: sum((row) => row.credited),
      replaced: sum((row) => row.replaced),
      rejected: sum((row) => row.rejected),
      mixed: sum((row) => row.mixed),
    },
    amounts: [...amounts.values()],
    byState,
    shareSettled: counted === 0 ? null : (byState.SETTLED?.claims ?? 0) / counted,
  };
}
