import { type Refusal, type RefusedField, refuse } from "./refusal.js";
import type { Transfer, TransferLine } from "./transfer.js";
import type { Workbench } from "./workbench.js";

export const unknownTransfer = (): Refusal => refuse("UNKNOWN_TRANSFER", "no transfer has this id");

export const stillADraft = (): Refusal =>
  refuse("STILL_A_DRAFT", "the transfer is a draft: send it first, POST …/request");

export interface Chosen<T> {
  readonly outcome: "CHOSEN";
  readonly lines: readonly (T & { readonly line: TransferLine })[];
}

/**
 * Finds the lines that a command names, those named twice added together by `add`.
 * @returns UNKNOWN_LINE naming each that the transfer does not have
 */
export function chooseLines<T extends { readonly lineId: string }>(
  bench: Workbench,
  transfer: Transfer,
  asked: readonly T[],
  add: (a: T, b: T) => T,
): Chosen<T> | Refusal {
  const sums = new Map<string, T & { line: TransferLine }>();
  const unknown: RefusedField[] = [];
  asked.forEach((one, index) => {
    const line = bench.line(transfer.transferId, one.lineId);
    if (line === undefined) {
      unknown.push({ field: `lines[${index}].lineId`, reason: `the transfer has no line ${one.lineId}` });
      return;
    }
    const known = sums.get(one.lineId);
    sums.set(one.lineId, known === undefined ? { ...one, line } : { ...add(known, one), line });
  });
  if (unknown.length > 0) return refuse("UNKNOWN_LINE", "a line is not part of the transfer", unknown);
  return { outcome: "CHOSEN", lines: [...sums.values()] };
}
