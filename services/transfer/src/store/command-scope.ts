import type { Command } from "../domain/commands.js";
import type { AskedArrival } from "./arrival-rows.js";
import type { AskedLine } from "./transfer-rows.js";

/** Everything that commands name: what to lock and what to load for them. */
export interface CommandScope {
  /** SKUs named outright; those of transfers come beside. */
  readonly skus: ReadonlySet<string>;
  readonly transfers: ReadonlySet<string>;
  /** Transfers all of whose lines are needed, and single lines of others. */
  readonly whole: ReadonlySet<string>;
  readonly lines: readonly AskedLine[];
  /** Transfers whose SKUs are moved: their streams are held, those of `whole` or of the lines. */
  readonly moved: ReadonlySet<string>;
  readonly shipments: ReadonlySet<string>;
  /** Transfers of which it matters what is under way. */
  readonly underWay: ReadonlySet<string>;
  readonly arrivals: readonly AskedArrival[];
}

/** Reads off a slice of commands what they are about. */
export function scopeOf(commands: readonly Command[]): CommandScope {
  const scope = {
    skus: new Set<string>(),
    transfers: new Set<string>(),
    whole: new Set<string>(),
    lines: [] as AskedLine[],
    moved: new Set<string>(),
    shipments: new Set<string>(),
    underWay: new Set<string>(),
    arrivals: [] as AskedArrival[],
  };
  for (const command of commands) addTo(scope, command);
  return scope;
}

type OpenScope = {
  -readonly [K in keyof CommandScope]: CommandScope[K] extends ReadonlySet<string>
    ? Set<string>
    : CommandScope[K] extends readonly (infer T)[]
      ? T[]
      : never;
};

function addTo(scope: OpenScope, command: Command): void {
  if (command.type === "APPLY_MOVEMENT") {
    scope.skus.add(command.sku);
    return;
  }
  const { transferId } = command;
  scope.transfers.add(transferId);
  switch (command.type) {
    case "CREATE_TRANSFER":
      for (const { sku } of command.lines) scope.skus.add(sku);
      return;
    case "REQUEST_TRANSFER":
      scope.whole.add(transferId);
      scope.moved.add(transferId);
      return;
    case "EXPECT":
      scope.whole.add(transferId);
      scope.shipments.add(transferId);
      return;
    case "DISPATCH":
    case "RECEIVE":
    case "LOSE":
    case "REPORT_SHORT":
    case "CALL_OFF":
      addLines(scope, transferId, command.lines);
      scope.moved.add(transferId);
      if (command.type === "DISPATCH" || command.type === "CALL_OFF") scope.shipments.add(transferId);
      if (command.type === "RECEIVE" || command.type === "LOSE") {
        scope.shipments.add(transferId);
        scope.underWay.add(transferId);
      }
      if (command.type === "RECEIVE") scope.arrivals.push({ transferId, arrivalId: command.arrivalId });
      return;
    case "TAKE_RESERVATION":
    case "TAKE_REJECTION":
      scope.skus.add(command.sku);
      scope.lines.push({ transferId, lineId: command.lineId });
  }
}

function addLines(scope: OpenScope, transferId: string, lines: readonly { readonly lineId: string }[] | null): void {
  if (lines === null) scope.whole.add(transferId);
  // A line may be named in many entries: it is read once.
  else for (const lineId of new Set(lines.map((line) => line.lineId))) scope.lines.push({ transferId, lineId });
}
