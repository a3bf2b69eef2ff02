import type { Command } from "../domain/commands.js";
import { type Labelling, suffixedSku } from "../domain/labelling.js";
import { documentIdOf } from "../domain/stock-document.js";
import type { AskedLine } from "./document-rows.js";

/** Everything that commands name: what to lock and what to load for them. */
export interface CommandScope {
  /** SKUs named outright; those of fulfilments known only by id come beside. */
  readonly skus: ReadonlySet<string>;
  /** Those of them whose count may change. */
  readonly counted: ReadonlySet<string>;
  /** Fulfilments whose lines are changed together with what is on hand. */
  readonly handedOver: ReadonlySet<string>;
  /** Movements of ours that are taken back: their SKUs and fulfilments are known only by their ids. */
  readonly reversed: ReadonlySet<string>;
  /** All fulfilments named. */
  readonly fulfilments: ReadonlySet<string>;
  readonly requested: ReadonlySet<string>;
  readonly cancelRequests: readonly string[];
  readonly locations: ReadonlySet<string>;
  readonly documentLines: readonly AskedLine[];
  readonly claims: ReadonlySet<string>;
  /** By location: the codes that are to be read as its labels say. */
  readonly labelled: ReadonlyMap<string, ReadonlySet<string>>;
  /** Documents told as a whole. */
  readonly wholeDocuments: ReadonlySet<string>;
}

/** Reads off a slice of commands what they are about. */
export function scopeOf(commands: readonly Command[]): CommandScope {
  const scope = {
    skus: new Set<string>(),
    counted: new Set<string>(),
    handedOver: new Set<string>(),
    reversed: new Set<string>(),
    fulfilments: new Set<string>(),
    requested: new Set<string>(),
    cancelRequests: [] as string[],
    locations: new Set<string>(),
    documentLines: [] as AskedLine[],
    claims: new Set<string>(),
    labelled: new Map<string, Set<string>>(),
    wholeDocuments: new Set<string>(),
  };
  for (const command of commands) addTo(scope, command);
  return scope;
}

/** The SKUs that codes may stand for by the suffix of their warehouse, beside the codes themselves. */
export function skusBySuffix(
  labelled: CommandScope["labelled"],
  labellings: ReadonlyMap<string, Labelling>,
): ReadonlySet<string> {
  return new Set(suffixed(labelled, labellings).map(([, sku]) => sku));
}

/** The codes that end with the suffix of their warehouse. */
export function codesWithSuffix(
  labelled: CommandScope["labelled"],
  labellings: ReadonlyMap<string, Labelling>,
): string[] {
  return [...new Set(suffixed(labelled, labellings).map(([code]) => code))];
}

function suffixed(
  labelled: CommandScope["labelled"],
  labellings: ReadonlyMap<string, Labelling>,
): [code: string, sku: string][] {
  return [...labellings].flatMap(([location, { unsellableSuffix }]) =>
    [...(labelled.get(location) ?? [])].flatMap((code): [string, string][] => {
      const sku = suffixedSku(code, unsellableSuffix);
      return sku === undefined ? [] : [[code, sku]];
    }),
  );
}

type OpenScope = {
  -readonly [K in keyof CommandScope]: CommandScope[K] extends ReadonlySet<string>
    ? Set<string>
    : CommandScope[K] extends ReadonlyMap<string, ReadonlySet<string>>
      ? Map<string, Set<string>>
      : CommandScope[K] extends readonly (infer T)[]
        ? T[]
        : never;
};

function addTo(scope: OpenScope, command: Command): void {
  switch (command.type) {
    case "BOOK_DOCUMENT": {
      const documentId = documentIdOf(command.head);
      scope.locations.add(command.head.location);
      scope.wholeDocuments.add(documentId);
      for (const { sku, line, claim } of command.lines) {
        if (claim !== undefined) scope.claims.add(claim);
        addLabelled(scope, command.head.location, sku);
        scope.documentLines.push({ documentId, line });
      }
      return;
    }
    case "BOOK_ROWS":
      for (const { head, line } of command.rows) {
        scope.locations.add(head.location);
        if (line.claim !== undefined) scope.claims.add(line.claim);
        addLabelled(scope, head.location, line.sku);
        scope.documentLines.push({ documentId: documentIdOf(head), line: line.line });
      }
      return;
    case "BOOK_TRANSFER_SURPLUS":
      addCounted(scope, command.line.sku);
      scope.documentLines.push({ documentId: documentIdOf(command.head), line: command.line.line });
      return;
    case "REQUEST_FULFILMENT":
      scope.requested.add(command.fulfilmentId);
      scope.fulfilments.add(command.fulfilmentId);
      for (const { sku } of command.lines) scope.skus.add(sku);
      return;
    case "CANCEL_FULFILMENT":
      scope.cancelRequests.push(command.requestId);
      scope.fulfilments.add(command.fulfilmentId);
      for (const { sku } of command.lines) scope.skus.add(sku);
      return;
    case "PICK_FULFILMENT":
      scope.fulfilments.add(command.fulfilmentId);
      return;
    case "SHIP_FULFILMENT":
    case "SHORT_FULFILMENT":
      scope.handedOver.add(command.fulfilmentId);
      scope.fulfilments.add(command.fulfilmentId);
      return;
    case "REVERSE_MOVEMENT":
      scope.reversed.add(command.movementId);
      return;
    case "LINE_SETTLED":
      for (const { sku } of command.lines) scope.skus.add(sku);
      return;
    case "ADJUST":
      scope.locations.add(command.head.location);
      for (const { sku } of command.lines) addLabelled(scope, command.head.location, sku);
      return;
    case "ADJUST_ROWS":
      for (const { head, line } of command.rows) {
        scope.locations.add(head.location);
        addLabelled(scope, head.location, line.sku);
      }
      return;
    case "COUNT_LINES":
    case "RECOUNT_LINES":
    case "APPROVE_LINES":
      for (const { sku } of command.lines) addCounted(scope, sku);
      return;
    case "COUNT_ROWS":
    case "RECOUNT_ROWS":
    case "APPROVE_ROWS":
      for (const { sku } of command.rows) addCounted(scope, sku);
      return;
    case "APPLY_MOVEMENT":
      addCounted(scope, command.movement.sku);
  }
}

function addLabelled(scope: OpenScope, location: string, code: string): void {
  addCounted(scope, code);
  const codes = scope.labelled.get(location);
  if (codes) codes.add(code);
  else scope.labelled.set(location, new Set([code]));
}

function addCounted(scope: OpenScope, sku: string): void {
  scope.skus.add(sku);
  scope.counted.add(sku);
}
