import { describe, expect, test } from "@jest/globals";
import type { Adjust, AdjustmentHead } from "../../src/domain/adjusting.js";
import { Floor, receive } from "./floor.js";

type Told = { sku: string; delta: number } | { sku: string; expected: number; quantity: number };

const told = (lines: Told[], more: Partial<AdjustmentHead> = {}): Adjust => ({
  type: "ADJUST",
  head: {
    location: "WUHAN",
    reference: "a1",
    bucket: "sellable",
    reason: "found behind the shelf",
    actor: "clerk",
    ...more,
  },
  lines: lines.map((line, index) =>
    "delta" in line
      ? { line: `${index + 1}`, expected: null, quantity: null, ...line }
      : { line: `${index + 1}`, delta: null, ...line },
  ),
});

function stocked(): Floor {
  const floor = new Floor();
  floor.do(receive("PO", { sku: "SOCKS", quantity: 10, unsellable: 2 }, { sku: "CAP", quantity: 4 }));
  return floor;
}

describe("adjustments are a delta, or a quantity for an expected one", () => {
  test("a code that labels the unsellable stock of a SKU is not adjusted: the SKU is, with its bucket", () => {
    const floor = stocked();
    const labels = { unsellableSuffix: "U", areas: [] };
    floor.world = { ...floor.world, labellings: new Map([["WUHAN", labels]]), listed: new Set(["TATU"]) };
    const mixed = told([
      { sku: "TATU", delta: 1 },
      { sku: "SOCKSU", delta: 1 },
    ]);
    floor.do(mixed);
    expect(floor.outcome).toMatchObject({ code: "ALREADY_UNSELLABLE", errors: [{ field: "lines[1].sku" }] });
    const { head, lines } = mixed;
    floor.do({ type: "ADJUST_ROWS", rows: lines.map((line, index) => ({ row: index + 1, head, line })) });
    expect(floor.outcome).toMatchObject({ rows: [{ outcome: "APPLIED" }, { outcome: "REJECTED", field: "sku" }] });
  });

  test("a delta changes what is there, sellable or unsellable", () => {
    const floor = stocked();
    floor.do(
      told([
        { sku: "SOCKS", delta: 3 },
        { sku: "CAP", delta: -4 },
      ]),
    );
    expect(floor.movements).toEqual(["COUNT_ADJUST SOCKS: total+3 sellable+3", "COUNT_ADJUST CAP: total-4 sellable-4"]);
    expect(floor.last.movements[0]).toMatchObject({ reference: { type: "adjustment", id: "a1", line: "1" } });
    floor.do(told([{ sku: "SOCKS", delta: -2 }], { reference: "a2", bucket: "unsellable" }));
    expect(floor.movements).toEqual(["COUNT_ADJUST SOCKS: total-2 unsellable-2"]);
    expect(floor.at("SOCKS")).toEqual({ total: 11, unsellable: 0 });
  });

  test("from the expected quantity to another; where it is not what is expected, every line is refused with what there is", () => {
    const floor = stocked();
    floor.do(
      told([
        { sku: "CAP", delta: 1 },
        { sku: "SOCKS", expected: 9, quantity: 12 },
      ]),
    );
    expect(floor.outcome).toMatchObject({ code: "STALE_QUANTITY", current: [{ sku: "SOCKS", quantity: 10 }] });
    expect(floor.movements).toEqual([]);
    floor.do(
      told([
        { sku: "CAP", delta: 1 },
        { sku: "SOCKS", expected: 10, quantity: 12 },
      ]),
    );
    expect(floor.outcome).toMatchObject({ outcome: "ADJUSTED", again: false, lines: [{ change: 1 }, { change: 2 }] });
    expect(floor.at("SOCKS").total).toBe(12);
    floor.do(told([{ sku: "SOCKS", expected: 2, quantity: 0 }], { reference: "a2", bucket: "unsellable" }));
    expect(floor.at("SOCKS")).toEqual({ total: 10, unsellable: 0 });
  });

  test("of two who read the same quantity one is told that it is stale", () => {
    const floor = stocked();
    const mine = told([{ sku: "CAP", expected: 4, quantity: 5 }]);
    const { outcomes } = floor.do(mine, told([{ sku: "CAP", expected: 4, quantity: 5 }], { reference: "a2" }));
    expect(outcomes).toMatchObject([{ outcome: "ADJUSTED" }, { code: "STALE_QUANTITY", current: [{ quantity: 5 }] }]);
  });

  test("nothing is taken that is not there: no unsellable goods beyond those there are, nor sellable ones", () => {
    const floor = stocked();
    floor.do(told([{ sku: "SOCKS", delta: -3 }], { bucket: "unsellable" }));
    expect(floor.outcome).toMatchObject({ code: "NOT_ON_HAND", errors: [{ field: "lines[0].delta" }] });
    floor.do(told([{ sku: "SOCKS", delta: -9 }]));
    expect(floor.outcome).toMatchObject({ code: "NOT_ON_HAND" });
    floor.do(told([{ sku: "SOCKS", delta: -8 }]));
    expect(floor.at("SOCKS")).toEqual({ total: 2, unsellable: 2 });
  });

  test("the same reference with the same content stands, with other content it is refused", () => {
    const floor = stocked();
    const once = told([{ sku: "CAP", expected: 4, quantity: 5 }]);
    floor.do(once);
    floor.do(once);
    expect(floor.outcome).toMatchObject({ outcome: "ADJUSTED", again: true, lines: [{ change: 1 }] });
    expect(floor.at("CAP").total).toBe(5);
    for (const other of [
      told([{ sku: "CAP", delta: 1 }]),
      told([{ sku: "CAP", expected: 4, quantity: 5 }], { bucket: "unsellable" }),
      told([
        { sku: "CAP", expected: 4, quantity: 5 },
        { sku: "SOCKS", delta: 1 },
      ]),
    ]) {
      floor.do(other);
      expect(floor.outcome).toMatchObject({ code: "DOCUMENT_CONFLICT" });
    }
  });

  test("rows of a sheet are booked one by one", () => {
    const floor = stocked();
    const { head, lines } = told([
      { sku: "SOCKS", delta: 1 },
      { sku: "CAP", expected: 9, quantity: 1 },
      { sku: "CAP", delta: -1 },
    ]);
    const rows = lines.map((line, index) => ({ row: index + 2, head, line }));
    floor.do({ type: "ADJUST_ROWS", rows });
    expect(floor.outcome).toMatchObject({
      rows: [{ outcome: "APPLIED" }, { outcome: "REJECTED", field: "expected" }, { outcome: "APPLIED" }],
    });
    floor.do({ type: "ADJUST_ROWS", rows: [rows[0]!, { ...rows[2]!, line: { ...rows[2]!.line, sku: "SOCKS" } }] });
    expect(floor.outcome).toMatchObject({
      rows: [{ outcome: "ALREADY_APPLIED" }, { outcome: "REJECTED", field: "reference" }],
    });
    expect([floor.at("SOCKS").total, floor.at("CAP").total]).toEqual([11, 3]);
  });

  test("more pieces than one movement may speak of are several", () => {
    const floor = stocked();
    floor.do(told([{ sku: "CAP", delta: 1_000_000 }]), told([{ sku: "CAP", delta: 1_000_000 }], { reference: "a2" }));
    floor.do(told([{ sku: "CAP", expected: 2_000_004, quantity: 4 }], { reference: "a3" }));
    expect(floor.movements).toHaveLength(2);
    expect(floor.at("CAP").total).toBe(4);
  });
});
