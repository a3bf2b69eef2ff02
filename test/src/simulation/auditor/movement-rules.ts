import type { StockMovement } from "@septet/stock-contracts";
import type { Evidence } from "./auditor.js";
import { Books } from "./books.js";
import type { Findings } from "./findings.js";

const PHYSICAL = new Set([
  "RECEIPT",
  "SHIP",
  "PICK_SHORT",
  "PICK_DAMAGE",
  "RETURN",
  "DAMAGE",
  "RESTORE",
  "DISPOSE",
  "COUNT_ADJUST",
]);
const ON_THE_WAY = new Set([
  "TRANSFER_CANCEL",
  "TRANSFER_SHORT",
  "TRANSFER_DAMAGE",
  "TRANSFER_DISPATCH",
  "TRANSFER_RECEIVE",
  "TRANSFER_LOSS",
]);
const PROMISES = new Set(["RESERVE", "RELEASE", "LOCK", "UNLOCK", "TRANSFER_RESERVE"]);

const MAY_RECORD: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["warehouse", PHYSICAL],
  ["order-reservation", PROMISES],
  ["transfer", ON_THE_WAY],
]);

/** The movements as they came first, in the order in which they did; repetitions left out. */
export function movementsOf(evidence: Pick<Evidence, "history">): StockMovement[] {
  const first = new Map<string, StockMovement>();
  for (const { value } of evidence.history.records("StockMovement")) {
    const name = nameOf(value);
    if (!first.has(name)) first.set(name, value);
  }
  return [...first.values()];
}

const nameOf = ({ recordedBy, sku, sequence }: StockMovement): string => JSON.stringify([recordedBy, sku, sequence]);

/** What must be true of the movements alone. */
export function movementRules(evidence: Evidence, findings: Findings): void {
  const ids = new Map<string, string>();
  const heads = new Map<string, number>();
  const books = new Books();
  for (const { value: movement } of evidence.history.records("StockMovement")) {
    const name = nameOf(movement);
    const known = ids.get(name);
    const told = () => `${movement.kind} ${name} is ${movement.movementId}, was ${known}`;
    findings.expect(
      known === undefined || known === movement.movementId,
      "a sequence names one movement for ever",
      told,
    );
    if (known !== undefined) continue;
    ids.set(name, movement.movementId);
    mayRecord(movement, findings);
    const stream = JSON.stringify([movement.recordedBy, movement.sku]);
    const before = heads.get(stream) ?? 0;
    const sequence = () => `${stream}: ${movement.sequence} after ${before}`;
    findings.expect(
      movement.sequence === before + 1,
      "a stream comes in the order of its sequence, nothing left out",
      sequence,
    );
    heads.set(stream, Math.max(before, movement.sequence));
    books.fold(movement);
    for (const place of books.imbalancesOf(movement)) {
      findings.expect(
        false,
        "the seven buckets add up at every location after every movement",
        () => `${movement.kind} ${name} at ${place}`,
      );
    }
    if (movement.kind === "RESERVE" || movement.kind === "TRANSFER_RESERVE") {
      for (const { location } of movement.legs) {
        const arrived = books.sellableSeen(movement.sku, location);
        const shown = () =>
          `${movement.sku} at ${location}: ${-arrived} more promised than ever arrived, at ${movement.reference.id}`;
        findings.expect(arrived >= 0, "nothing is promised that is not there", shown);
      }
    }
  }
}

function mayRecord(movement: StockMovement, findings: Findings): void {
  const { kind, recordedBy } = movement;
  const right = MAY_RECORD.get(recordedBy)?.has(kind) ?? false;
  findings.expect(right, "a movement is recorded by whoever may", () => `${kind} by ${recordedBy}`);
}
