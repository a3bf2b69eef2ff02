import type { OutsideWorld } from "./outside-world.js";
import type { Drawn, Shop } from "./shop.js";

/** What clerks do about unsellable goods that a supplier or carrier shall make good. */
export type ClaimMove =
  | {
      readonly do: "claim";
      readonly claimId: string;
      readonly location: string;
      readonly sku: string;
      readonly quantity: number;
    }
  | { readonly do: "claimStep"; readonly claimId: string; readonly step: ClaimStep }
  /** Goods go back on a claim, or are scrapped although they may lie under one (`claimId` null). */
  | {
      readonly do: "sendBack";
      readonly claimId: string | null;
      readonly reference: string;
      readonly location: string;
      readonly sku: string;
      readonly quantity: number;
    };

export type ClaimStep = "send" | "settle" | "withdraw";

/** Steps and goods are those of the last claims. */
const RECENT_CLAIMS = 3;

export const CLAIMING: Readonly<Record<string, Drawn>> = {
  claim: {
    weight: 2,
    moves: (shop) => {
      const { random, skus, locations, claims } = shop;
      const place = { location: random.pick(locations), sku: random.pick(skus) };
      const again = claims.length > 0 && random.chance(0.15);
      const claimId = again ? random.pick(claims).claimId : `c${claims.length + 1}`;
      const claim = { do: "claim", claimId, ...place, quantity: random.between(1, 4) } as const;
      claims.push(claim);
      // What is claimed lies there, or comes at the same time.
      if (random.chance(0.4)) return [claim];
      const reference = `d${++shop.documents}`;
      const quantity = claim.quantity + (random.chance(0.3) ? random.between(1, 2) : 0);
      return [{ do: "book", what: "receipts", reference, ...place, quantity, unsellable: quantity }, claim];
    },
  },
  claimStep: {
    weight: 3,
    moves: ({ random, claims }) => {
      const claim = recent(random, claims);
      if (claim === undefined) return [];
      const step = random.weighted({ send: 5, settle: 2, withdraw: 1 });
      return [{ do: "claimStep", claimId: claim.claimId, step }];
    },
  },
  sendBack: {
    weight: 3,
    moves: (shop) => {
      const { random, claims } = shop;
      const claim = recent(random, claims);
      if (claim === undefined) return [];
      const { location, sku } = claim;
      const claimId = random.chance(0.6) ? claim.claimId : null;
      const reference = `d${++shop.documents}`;
      return [{ do: "sendBack", claimId, reference, location, sku, quantity: random.between(1, 3) }];
    },
  },
};

const recent = (random: Shop["random"], claims: Shop["claims"]) =>
  claims.length === 0 ? undefined : random.pick(claims.slice(-RECENT_CLAIMS));

export const claimingDone = {
  claim: (outside: OutsideWorld, move: Extract<ClaimMove, { do: "claim" }>) => {
    const { claimId, location, sku, quantity } = move;
    const line = { sku, quantity, claimedMinor: quantity * 100 };
    const body = { claimId, against: "SUPPLIER", party: "anta", currency: "CNY", location, lines: [line] };
    outside.request(move, "warehouse", { method: "POST", path: "/v1/claims", body });
  },
  claimStep: (outside: OutsideWorld, move: Extract<ClaimMove, { do: "claimStep" }>) => {
    const body = move.step === "settle" ? { outcome: "CREDITED", creditedMinor: 100 } : {};
    outside.request(move, "warehouse", { method: "POST", path: `/v1/claims/${move.claimId}/${move.step}`, body });
  },
  sendBack: (outside: OutsideWorld, move: Extract<ClaimMove, { do: "sendBack" }>) => {
    const { claimId, reference, location, sku, quantity } = move;
    const body = { location, reference, ...(claimId === null ? {} : { claim: claimId }), lines: [{ sku, quantity }] };
    outside.request(move, "warehouse", { method: "POST", path: "/v1/disposals", body });
  },
};
