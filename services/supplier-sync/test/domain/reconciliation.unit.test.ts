import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  approve,
  cancel,
  DIFFERENCE_CAUSES,
  explain,
  followedUp,
  nextReconciliationOn,
  openReconciliation,
  overdueFollowUps,
  type Reconciliation,
} from "../../src/domain/reconciliation.js";

const OPEN = openReconciliation([
  { sku: "socks", counted: 95, recorded: 100 },
  { sku: "hat", counted: 20, recorded: 20 },
]);
const why = { cause: "LOSS", followUp: { owner: "Li", dueOn: "2026-05-08", note: null } } as const;
const explained = explain(OPEN, "socks", why) as Reconciliation;

describe("a reconciliation", () => {
  test("is approved when every difference has a cause and somebody who sees to it", () => {
    expect(approve(OPEN)).toEqual({ outcome: "REFUSED", code: "NOT_EXPLAINED", skus: ["socks"] });
    expect(approve(explained)).toMatchObject({
      approved: { state: "APPROVED" },
      adjustments: [{ sku: "socks", delta: -5 }],
    });
  });

  test("explains differences only, and only while it is open", () => {
    expect(explain(OPEN, "hat", why)).toMatchObject({ code: "NO_DIFFERENCE" });
    expect(explain(OPEN, "shoe", why)).toMatchObject({ code: "UNKNOWN_LINE" });
    expect(explain(cancel(OPEN) as Reconciliation, "socks", why)).toMatchObject({ code: "NOT_OPEN" });
  });

  test("is approved once, and adjusts nothing when it is given up", () => {
    const done = approve(explained);
    if (!("approved" in done)) throw new Error("was not approved");
    expect(approve(done.approved)).toMatchObject({ code: "NOT_OPEN" });
    expect(cancel(done.approved)).toMatchObject({ code: "NOT_OPEN" });
    expect(approve(cancel(explained) as Reconciliation)).toMatchObject({ code: "NOT_OPEN" });
  });

  test("names the follow-ups that are overdue until they are done", () => {
    expect(overdueFollowUps(explained, "2026-05-08")).toEqual([]);
    expect(overdueFollowUps(explained, "2026-05-09").map(({ sku }) => sku)).toEqual(["socks"]);
    expect(overdueFollowUps(followedUp(explained, "socks") as Reconciliation, "2026-05-09")).toEqual([]);
    expect(followedUp(OPEN, "socks")).toMatchObject({ code: "UNKNOWN_LINE" });
  });

  test("is due every week or every second", () => {
    expect(nextReconciliationOn("2026-12-28", 1)).toBe("2027-01-04");
    expect(nextReconciliationOn("2026-12-28", 2)).toBe("2027-01-11");
  });

  test("brings what is recorded to what was counted, for any lines", () => {
    const pieces = fc.integer({ min: 0, max: 1_000 });
    const lines = fc.uniqueArray(fc.record({ sku: fc.string({ minLength: 1 }), counted: pieces, recorded: pieces }), {
      selector: ({ sku }) => sku,
      maxLength: 10,
    });
    fc.assert(
      fc.property(lines, fc.constantFrom(...DIFFERENCE_CAUSES), (all, cause) => {
        let reconciliation = openReconciliation(all);
        for (const { sku, counted, recorded } of all) {
          const said = explain(reconciliation, sku, { ...why, cause });
          if ("lines" in said) reconciliation = said;
          else expect(counted).toBe(recorded);
        }
        const done = approve(reconciliation);
        if (!("approved" in done)) throw new Error("was not approved");
        const deltas = new Map(done.adjustments.map(({ sku, delta }) => [sku, delta]));
        for (const { sku, counted, recorded } of all) expect(recorded + (deltas.get(sku) ?? 0)).toBe(counted);
        for (const { delta } of done.adjustments) expect(delta).not.toBe(0);
      }),
    );
  });
});
