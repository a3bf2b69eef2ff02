import { describe, expect, test } from "@jest/globals";
import { type MovementDraft, movementDraft, type RecordOf } from "@septet/stock-contracts";
import { Witness } from "../../src/replay/witness.js";

type StockMovement = RecordOf<"StockMovement">;

function recorded(draft: MovementDraft, recordedBy: string, sequence: number): StockMovement {
  const id = `${recordedBy}-${sequence}`;
  const { reference } = draft;
  return {
    ...draft,
    eventId: id,
    movementId: id,
    occurredAt: 0,
    recordedBy,
    sequence,
    reference: { ...reference, line: reference.line ?? null },
    reverses: null,
    reason: null,
    actor: null,
    legs: [...draft.legs],
  } as StockMovement;
}

const RECEIPT = movementDraft("RECEIPT", "sellable", {
  sku: "A",
  at: "LEEDS",
  quantity: 10,
  reference: { type: "receipt", id: "r1", line: "1" },
});
const RESERVE = movementDraft("RESERVE", undefined, {
  sku: "A",
  at: "LEEDS",
  quantity: 12,
  reference: { type: "order", id: "o1", line: "1" },
});

describe("the witness folds every movement by itself", () => {
  test("a movement that comes twice counts once", () => {
    const witness = new Witness();
    witness.take(recorded(RECEIPT, "warehouse", 1));
    witness.take(recorded(RECEIPT, "warehouse", 1));
    expect(witness.network()).toMatchObject({ total: 10, sellable: 10 });
    expect(witness.problems()).toEqual([]);
    expect(witness.knows("receipt", "r1")).toBe(true);
  });

  test("more promised than was there is found", () => {
    const witness = new Witness();
    witness.take(recorded(RECEIPT, "warehouse", 1));
    witness.take(recorded(RESERVE, "order-reservation", 1));
    expect(witness.problems()).toEqual([{ sku: "A", finding: expect.stringContaining("sellable at LEEDS is -2") }]);
  });

  test("a gap in a stream is found, and gone once it is filled", () => {
    const witness = new Witness();
    witness.take(recorded(RECEIPT, "warehouse", 2));
    expect(witness.problems()).toEqual([{ sku: "A", finding: expect.stringContaining("gap") }]);
    witness.take(recorded(RECEIPT, "warehouse", 1));
    expect(witness.problems()).toEqual([]);
  });

  test("an unbalanced movement is found", () => {
    const witness = new Witness();
    const legs = [{ location: "LEEDS", bucket: "total", delta: 1 }];
    witness.take({ ...recorded(RECEIPT, "warehouse", 1), legs });
    expect(witness.problems().map((problem) => problem.finding)).toEqual(
      expect.arrayContaining([expect.stringContaining("does not balance"), expect.stringContaining("identity")]),
    );
  });
});
