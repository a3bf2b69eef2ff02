import type { Suggestion } from "./suggestion.js";

/** What a suggestion proposes: the same figures make the same proposal, and this is its name. */
export interface Proposal {
  readonly sku: string;
  readonly source: string;
  readonly destination: string;
  /** Pieces. */
  readonly quantity: number;
}

/** Names a proposal by what it says, so that nothing has to be kept for it to be found again. */
export function suggestionIdOf({ sku, source, destination, quantity }: Proposal): string {
  return Buffer.from(JSON.stringify([sku, source, destination, quantity]), "utf8").toString("base64url");
}

/** Reads a name back; undefined when it is none. */
export function proposalOf(suggestionId: string): Proposal | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(suggestionId, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 4) return undefined;
  const [sku, source, destination, quantity] = parts as unknown[];
  const texts = [sku, source, destination].every((text) => typeof text === "string" && !text.includes("\0"));
  if (!texts || !Number.isSafeInteger(quantity) || (quantity as number) < 1) return undefined;
  return { sku, source, destination, quantity } as Proposal;
}

export function proposalIn({ sku, quantity, source, destination }: Suggestion): Proposal {
  return { sku, source: source.location, destination: destination.location, quantity };
}

/** What stands of a proposal on the figures of now. */
export type Standing =
  /** As many pieces, or more, would be proposed now. */
  | { readonly outcome: "STANDS" }
  /** Another quantity, or another source, would be proposed for this destination. */
  | { readonly outcome: "CHANGED"; readonly now: Suggestion }
  /** Nothing would be proposed for this destination. */
  | { readonly outcome: "GONE" };

/**
 * Whether a proposal still stands, given what is suggested for its SKU now. One that became larger stands as it is: who
 * reads the list while goods are sold need not begin again with every piece.
 */
export function standingOf(proposal: Proposal, suggestions: readonly Suggestion[]): Standing {
  const now = suggestions.find(({ destination }) => destination.location === proposal.destination);
  if (now === undefined) return { outcome: "GONE" };
  const stands = now.source.location === proposal.source && now.quantity >= proposal.quantity;
  return stands ? { outcome: "STANDS" } : { outcome: "CHANGED", now };
}
