import { type Claim, type ClaimLine, mayGoBack } from "./claim.js";
import { onHandKey } from "./on-hand.js";
import type { RefusalCode } from "./refusal.js";
import type { DocumentKind, ReadLine } from "./stock-document.js";

/** Pieces of a claim's line that went back by a document. */
export interface SentBack {
  readonly claimId: string;
  readonly line: string;
  readonly quantity: number;
  /** Of them, those that lay under the claim until then. */
  readonly released: number;
  /** The disposal that says so. */
  readonly reference: string;
  readonly actor: string | null;
}

/** Pieces under claim at a place: a delta. */
export interface ClaimedChange {
  readonly sku: string;
  readonly location: string;
  readonly claimed: number;
}

/** Why a line that names a claim cannot be booked. */
export interface ClaimFault {
  readonly code: RefusalCode;
  readonly field: "claim" | "quantity";
  readonly reason: string;
}

/** The claims that a slice's documents name, with what they did to them so far. */
export class ClaimBook {
  readonly #claims: ReadonlyMap<string, Claim>;
  readonly #sentBack: SentBack[] = [];
  readonly #backByLine = new Map<string, number>();
  readonly #claimed = new Map<string, ClaimedChange>();

  constructor(claims: ReadonlyMap<string, Claim>) {
    this.#claims = claims;
  }

  /**
   * Goods that come as a replacement are never refused; sent back can be what a sent or settled claim has not got back.
   * @param before pieces of the same place and claim that earlier lines of the document send back
   */
  faultOf(kind: DocumentKind, location: string, { told, booked }: ReadLine, before: number): ClaimFault | undefined {
    if (told.claim === undefined) return undefined;
    const claim = this.#claims.get(told.claim);
    if (claim === undefined) {
      return { code: "UNKNOWN_CLAIM", field: "claim", reason: `no claim is called ${told.claim}` };
    }
    if (kind === "RECEIPT") return undefined;
    if (claim.state !== "SENT" && claim.state !== "SETTLED") {
      const reason = `claim ${told.claim} is ${claim.state.toLowerCase()}: goods go back on a sent or settled one`;
      return { code: "CLAIM_STATE", field: "claim", reason };
    }
    const line = this.#lineAt(claim, booked.sku, location);
    const left = line === undefined ? 0 : mayGoBack(claim, line) - this.#backOf(claim, line);
    if (before + told.quantity <= left) return undefined;
    const reason = `not that many of ${booked.sku} are under claim ${told.claim} at ${location}`;
    return { code: "MORE_THAN_CLAIMED", field: "quantity", reason };
  }

  /** True when the pieces of a line that goes back lie under its claim, so that they are not free but there. */
  holds({ told }: ReadLine): boolean {
    return told.claim !== undefined && this.#claims.get(told.claim)?.state === "SENT";
  }

  sendBack(location: string, { told, booked }: ReadLine, reference: string, actor: string | null): void {
    const claim = told.claim === undefined ? undefined : this.#claims.get(told.claim);
    const line = claim && this.#lineAt(claim, booked.sku, location);
    if (!claim || !line) return;
    const released = claim.state === "SENT" ? told.quantity : 0;
    this.#sentBack.push({
      claimId: claim.claimId,
      line: line.line,
      quantity: told.quantity,
      released,
      reference,
      actor,
    });
    const key = onHandKey(claim.claimId, line.line);
    this.#backByLine.set(key, (this.#backByLine.get(key) ?? 0) + told.quantity);
    if (released > 0) this.#addClaimed(booked.sku, location, -released);
  }

  /** What this slice added to the pieces under claim at a place. */
  claimedAt(sku: string, location: string): number {
    return this.#claimed.get(onHandKey(sku, location))?.claimed ?? 0;
  }

  sentBack(): readonly SentBack[] {
    return this.#sentBack;
  }

  claimed(): ClaimedChange[] {
    return [...this.#claimed.values()];
  }

  #addClaimed(sku: string, location: string, claimed: number): void {
    const key = onHandKey(sku, location);
    this.#claimed.set(key, { sku, location, claimed: (this.#claimed.get(key)?.claimed ?? 0) + claimed });
  }

  #lineAt(claim: Claim, sku: string, location: string): ClaimLine | undefined {
    return claim.lines.find((line) => line.sku === sku && line.location === location);
  }

  #backOf(claim: Claim, line: ClaimLine): number {
    return this.#backByLine.get(onHandKey(claim.claimId, line.line)) ?? 0;
  }
}
