import { type Refusal, refuse } from "./refusal.js";

/** Open: being put together. Sent: with the other side. Settled: answered. Withdrawn: given up by us. */
export const CLAIM_STATES = ["OPEN", "SENT", "SETTLED", "WITHDRAWN"] as const;
export type ClaimState = (typeof CLAIM_STATES)[number];

export const CLAIM_OUTCOMES = ["CREDITED", "REPLACED", "REJECTED"] as const;
export type ClaimOutcome = (typeof CLAIM_OUTCOMES)[number];

/** Whom a claim is against. */
export const CLAIM_SIDES = ["SUPPLIER", "CARRIER"] as const;
export type ClaimSide = (typeof CLAIM_SIDES)[number];

/** Lines of one claim; what is more goes into another. */
export const MAX_CLAIM_LINES = 2_000;

/**
 * Unsellable pieces of a SKU at a location. `held` lie here under the claim, `sentBack` went back on it, `missing` were not
 * found by a count; what is none of them was let go when the claim was closed.
 */
export interface ClaimLine {
  readonly line: string;
  readonly sku: string;
  readonly location: string;
  readonly quantity: number;
  readonly reason: string | null;
  /** What we want for the line as a whole, minor units of the claim's currency. */
  readonly claimedMinor: number | null;
  readonly held: number;
  readonly sentBack: number;
  readonly missing: number;
  readonly outcome: ClaimOutcome | null;
  readonly creditedMinor: number | null;
}

/** A claim on unsellable goods against a supplier or carrier: open → sent → settled, or withdrawn before. */
export interface Claim {
  readonly claimId: string;
  readonly against: ClaimSide;
  readonly party: string;
  /** The other side's own number of it, or the delivery that it is about. */
  readonly reference: string | null;
  readonly note: string | null;
  readonly state: ClaimState;
  /** MIXED when its lines were settled differently. */
  readonly outcome: ClaimOutcome | "MIXED" | null;
  /** ISO 4217; null of a claim without amounts. */
  readonly currency: string | null;
  readonly creditedMinor: number;
  /** Epoch ms. */
  readonly openedAt: number;
  readonly openedBy: string;
  readonly sentAt: number | null;
  readonly closedAt: number | null;
  readonly lines: readonly ClaimLine[];
}

/** How a claim was answered: all lines alike, or some differently. */
export interface Settlement {
  readonly outcome: ClaimOutcome;
  readonly creditedMinor: number | null;
  readonly currency: string | null;
  readonly lines: readonly {
    readonly line: string;
    readonly outcome: ClaimOutcome;
    readonly creditedMinor: number | null;
  }[];
}

const stateRefusal = ({ claimId, state }: Claim, wanted: string): Refusal =>
  refuse("CLAIM_STATE", `claim ${claimId} is ${state.toLowerCase()}: only ${wanted} can`);

/** Only an open claim takes further lines. */
export const whyNoLines = (claim: Claim): Refusal | undefined =>
  claim.state === "OPEN" ? undefined : stateRefusal(claim, "an open one");

/** It goes to the other side. */
export function send(claim: Claim, now: number): Claim | Refusal {
  if (claim.state !== "OPEN") return stateRefusal(claim, "an open one");
  if (claim.lines.length === 0) return refuse("CLAIM_EMPTY", `claim ${claim.claimId} has no lines: add them first`);
  return { ...claim, state: "SENT", sentAt: now };
}

/** We give it up: what it held is free again. */
export function withdraw(claim: Claim, now: number): Claim | Refusal {
  if (claim.state !== "OPEN" && claim.state !== "SENT") return stateRefusal(claim, "an open or sent one");
  return { ...claim, state: "WITHDRAWN", closedAt: now, lines: claim.lines.map(letGo) };
}

/** The other side has answered: what it held is free again, to be scrapped, sent back or found fit. */
export function settle(claim: Claim, settlement: Settlement, now: number): Claim | Refusal {
  if (claim.state !== "SENT") return stateRefusal(claim, "a sent one");
  const currency = claim.currency ?? settlement.currency;
  if (settlement.currency !== null && settlement.currency !== currency) {
    return refuse("CLAIM_CURRENCY", `claim ${claim.claimId} is in ${currency}`, [
      { field: "currency", reason: `takes ${currency}` },
    ]);
  }
  const told = new Map(settlement.lines.map((line) => [line.line, line]));
  const unknown = settlement.lines.findIndex(({ line }) => !claim.lines.some((one) => one.line === line));
  if (unknown >= 0) {
    const field = `lines[${unknown}].line`;
    return refuse("UNKNOWN_LINE", "the claim has no such line", [{ field, reason: "is no line of the claim" }]);
  }
  const lines = claim.lines.map((line) => {
    const { outcome, creditedMinor } = told.get(line.line) ?? { outcome: settlement.outcome, creditedMinor: null };
    return { ...letGo(line), outcome, creditedMinor };
  });
  const credited = settlement.creditedMinor ?? lines.reduce((sum, line) => sum + (line.creditedMinor ?? 0), 0);
  const outcomes = new Set(lines.map((line) => line.outcome));
  const fault = lineAmountFault(settlement, lines) ?? amountFault(outcomes.has("CREDITED"), credited, currency);
  if (fault !== undefined) return fault;
  const outcome = outcomes.size === 1 ? [...outcomes][0]! : "MIXED";
  return { ...claim, state: "SETTLED", outcome, currency, creditedMinor: credited, closedAt: now, lines };
}

const wrong = (field: string, reason: string): Refusal =>
  refuse("CLAIM_AMOUNT", "the amount and the outcome contradict each other", [{ field, reason }]);

/** What is credited has an amount, by itself or within the whole, and what is not has none; the whole is what they come to. */
function lineAmountFault(
  { creditedMinor: whole, lines: told }: Settlement,
  lines: readonly ClaimLine[],
): Refusal | undefined {
  const amountOf = (line: { readonly creditedMinor: number | null }) => line.creditedMinor ?? 0;
  const paid = told.findIndex((line) => line.outcome !== "CREDITED" && amountOf(line) > 0);
  if (paid >= 0) return wrong(`lines[${paid}].creditedMinor`, "only what was credited has an amount");
  const credited = lines.filter((line) => line.outcome === "CREDITED");
  const unpaid = credited.filter((line) => amountOf(line) === 0);
  const sum = credited.reduce((all, line) => all + amountOf(line), 0);
  if (whole === null && unpaid.length > 0) {
    const index = told.findIndex(({ line }) => line === unpaid[0]!.line);
    const field = index >= 0 ? `lines[${index}].creditedMinor` : "creditedMinor";
    return wrong(field, "is missing: what was credited has an amount");
  }
  if (whole !== null && whole < sum) return wrong("creditedMinor", "is less than its lines come to");
  if (whole !== null && sum > 0 && unpaid.length === 0 && whole > sum) {
    return wrong("creditedMinor", "is more than its lines come to");
  }
  return undefined;
}

function amountFault(anyCredited: boolean, credited: number, currency: string | null): Refusal | undefined {
  if (anyCredited && credited === 0) return wrong("creditedMinor", "is missing: what was credited has an amount");
  if (!anyCredited && credited > 0) return wrong("creditedMinor", "only what was credited has an amount");
  if (credited > 0 && currency === null) return wrong("currency", "is missing, here and in the claim");
  return undefined;
}

const letGo = (line: ClaimLine): ClaimLine => ({ ...line, held: 0 });

/** How many pieces of a line may still go back on its claim. */
export const mayGoBack = (claim: Pick<Claim, "state">, line: ClaimLine): number =>
  claim.state === "SENT" ? line.held : line.quantity - line.sentBack - line.missing;

/** Where somebody puts a photograph or a protocol: an address that anybody with the right to it can open, and no secret. */
export function isEvidenceUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  return protocol === "https:" && username === "" && password === "" && hostname.includes(".");
}
