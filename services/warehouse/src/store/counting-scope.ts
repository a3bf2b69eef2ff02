import { adjustmentIdOf } from "../domain/adjusting.js";
import type { Command } from "../domain/commands.js";
import type { AskedLine } from "./document-rows.js";

/** A line of a stocktake that a command speaks of. */
export interface NamedLine {
  readonly stocktakeId: string;
  readonly sku: string;
  /** What is to be read of the physical log: what is after the last count, after this moment (epoch ms), or nothing. */
  readonly entriesAfter: "LAST_COUNT" | "NOW" | number | null;
}

/** What commands say about counting and adjusting: what to load for them beside the rest. */
export interface CountingScope {
  readonly stocktakes: ReadonlySet<string>;
  readonly lines: readonly NamedLine[];
  /** SKUs whose standing counts matter: something told later is about them, or an approval. */
  readonly watched: ReadonlySet<string>;
  readonly adjustmentLines: readonly AskedLine[];
  /** Adjustments told as a whole. */
  readonly wholeAdjustments: ReadonlySet<string>;
}

/** Reads off a slice of commands what they count and adjust. */
export function countingScopeOf(commands: readonly Command[]): CountingScope {
  const scope = {
    stocktakes: new Set<string>(),
    lines: [] as NamedLine[],
    watched: new Set<string>(),
    adjustmentLines: [] as AskedLine[],
    wholeAdjustments: new Set<string>(),
  };
  const name = (stocktakeId: string, lines: readonly Omit<NamedLine, "stocktakeId">[]) => {
    scope.stocktakes.add(stocktakeId);
    for (const { sku, entriesAfter } of lines) scope.lines.push({ stocktakeId, sku, entriesAfter });
  };
  for (const command of commands) {
    switch (command.type) {
      case "APPLY_MOVEMENT":
        scope.watched.add(command.movement.sku);
        break;
      case "BOOK_TRANSFER_SURPLUS":
        scope.watched.add(command.line.sku);
        break;
      case "ADJUST": {
        const documentId = adjustmentIdOf(command.head);
        scope.wholeAdjustments.add(documentId);
        for (const { line } of command.lines) scope.adjustmentLines.push({ documentId, line });
        break;
      }
      case "ADJUST_ROWS":
        for (const { head, line } of command.rows) {
          scope.adjustmentLines.push({ documentId: adjustmentIdOf(head), line: line.line });
        }
        break;
      case "COUNT_LINES":
      case "COUNT_ROWS": {
        const lines = command.type === "COUNT_LINES" ? command.lines : command.rows;
        name(
          command.stocktakeId,
          lines.map(({ sku, countedAt }) => ({ sku, entriesAfter: countedAt ?? "NOW" })),
        );
        break;
      }
      case "RECOUNT_LINES":
      case "RECOUNT_ROWS": {
        const lines = command.type === "RECOUNT_LINES" ? command.lines : command.rows;
        name(
          command.stocktakeId,
          lines.map(({ sku }) => ({ sku, entriesAfter: null })),
        );
        break;
      }
      case "APPROVE_LINES":
      case "APPROVE_ROWS": {
        const lines = command.type === "APPROVE_LINES" ? command.lines : command.rows;
        for (const { sku } of lines) scope.watched.add(sku);
        name(
          command.stocktakeId,
          lines.map(({ sku }) => ({ sku, entriesAfter: "LAST_COUNT" })),
        );
      }
    }
  }
  return scope;
}
