import type { IdempotencyClaim } from "@septet/service-kit";
import { LIMITS } from "@septet/stock-contracts";
import type { z } from "zod";
import type { DocumentLine } from "../domain/stock-document.js";

const isQuantity = (pieces: number): boolean => pieces >= 1 && pieces <= LIMITS.MAX_QUANTITY_PIECES;

/** A received line: its unsellable part is a part of it. */
export const receivedPieces = <S extends z.ZodType<{ quantity: number; unsellableQuantity: number }>>(line: S): S =>
  line.refine(({ quantity, unsellableQuantity }) => unsellableQuantity <= quantity, {
    message: "is a part of quantity, so it cannot be more",
    path: ["unsellableQuantity"],
  });

/** A returned line: all judgements together are a quantity. */
export const judgedPieces = <S extends z.ZodType<{ sellable: number; unsellable: number; missing: number }>>(
  line: S,
): S =>
  line.refine(({ sellable, unsellable, missing }) => isQuantity(sellable + unsellable + missing), {
    message: "the pieces of a line, all judgements together, are 1 to 1,000,000",
  });

/** A document without a reference is named after its key, so that the key books it once even after it is forgotten. */
export const referenceOf = (claim: IdempotencyClaim): string => `key-${claim.id.slice(0, 32)}`;

/** What a told line says beside its pieces, where it says anything. */
export function labelsOf(told: {
  readonly area?: string | undefined;
  readonly inbound?: string | undefined;
  readonly claim?: string | undefined;
}): Pick<DocumentLine, "area" | "inbound" | "claim"> {
  return {
    ...(told.area === undefined ? {} : { area: told.area }),
    ...(told.inbound === undefined ? {} : { inbound: told.inbound }),
    ...(told.claim === undefined ? {} : { claim: told.claim }),
  };
}
