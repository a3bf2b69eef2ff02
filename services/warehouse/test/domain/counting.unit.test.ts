import { describe, expect, test } from "@jest/globals";
import { type CountCause, movementDraft } from "@septet/stock-contracts";
import type { CountedLine } from "../../src/domain/counting.js";
import type { LinesChanged, RowsBooked } from "../../src/domain/outcomes.js";
import { COUNT_VALID_MS } from "../../src/domain/stocktake.js";
import { book, Floor, foreign, NOW, pick, receive, request, ship, short, surplus, takeBack } from "./floor.js";

const count = (id: string, more: Partial<CountedLine> & { shelf: number }) => ({
  type: "COUNT_LINES" as const,
  stocktakeId: id,
  actor: "clerk",
  lines: [{ sku: "SOCKS", picked: 0, unsellable: null, countedAt: null, ...more }],
});
const approve = (id: string, cause: CountCause | null = "UNKNOWN") => ({
  type: "APPROVE_LINES" as const,
  stocktakeId: id,
  actor: "boss",
  lines: [{ sku: "SOCKS", cause, note: null }],
});
const recount = (id: string) => ({
  type: "RECOUNT_LINES" as const,
  stocktakeId: id,
  actor: "boss",
  lines: [{ sku: "SOCKS" }],
});
const theirs = (kind: string, total: number, occurredAt: number, sequence = 1) =>
  foreign(kind, "SOCKS", [{ location: "WUHAN", bucket: "total", delta: total }], { occurredAt, sequence });

/** 100 socks by the book, and a stocktake of them. */
function stocked(): Floor {
  const floor = new Floor();
  floor.do(receive("PO", { sku: "SOCKS", quantity: 100, unsellable: 10 }));
  floor.wait(1_000);
  floor.open("s1", ["SOCKS"]);
  return floor;
}

const lineOf = (floor: Floor) => (floor.outcome as LinesChanged).lines[0]!;

describe("a count is compared with the book while trading goes on", () => {
  test("the example: 94 on the shelf and 4 picked, then 3 ship and 5 arrive; the book is put to 100, which is there", () => {
    const floor = stocked();
    floor.do(request({ 1: ["SOCKS", 4] }), pick);
    floor.do(count("s1", { shelf: 94, picked: 4 }));
    expect(lineOf(floor).count).toMatchObject({ variance: -2, sequence: 2, countedAt: NOW + 1_000 });
    floor.wait(60_000);
    floor.do(ship({ 1: 3 }), receive("PO-2", { sku: "SOCKS", quantity: 5 }));
    floor.do(approve("s1", "LOSS"));
    expect(floor.movements).toEqual(["COUNT_ADJUST SOCKS: total-2 sellable-2"]);
    expect(floor.last.movements[0]).toMatchObject({
      reference: { type: "adjustment", id: "s1", line: "SOCKS" },
      reason: "LOSS",
      actor: "boss",
    });
    expect(floor.at("SOCKS")).toEqual({ total: 100, unsellable: 10 });
    expect(floor.line("s1", "SOCKS")).toMatchObject({ state: "APPROVED", standing: true, approval: { total: -2 } });
  });

  test("a book that is right is approved without a cause and without a movement; a difference needs its cause", () => {
    const floor = stocked();
    floor.do(count("s1", { shelf: 99 }));
    floor.do(approve("s1", null));
    expect(floor.outcome).toMatchObject({ code: "CAUSE_MISSING", errors: [{ field: "lines[0].cause" }] });
    expect(floor.line("s1", "SOCKS").state).toBe("COUNTED");
    floor.do(recount("s1"));
    expect(floor.line("s1", "SOCKS")).toMatchObject({ state: "RECOUNT_NEEDED", why: "ASKED" });
    floor.do(count("s1", { shelf: 100 }));
    floor.do(approve("s1", null));
    expect(floor.line("s1", "SOCKS")).toMatchObject({ state: "APPROVED", attempts: 2 });
    expect(floor.movements).toEqual([]);
  });

  test("a count told later than it was made has not seen what was booked in between", () => {
    const floor = stocked();
    const countedAt = floor.world.now;
    floor.wait(5_000);
    floor.do(receive("PO-2", { sku: "SOCKS", quantity: 20 }));
    floor.wait(5_000);
    floor.do(count("s1", { shelf: 100, countedAt }));
    expect(lineOf(floor).count).toMatchObject({ variance: 0, sequence: 2 });
    floor.do(approve("s1", null));
    expect(floor.at("SOCKS").total).toBe(120);
  });

  test.each([-1, 10_001])("a count is told of a moment of its stocktake: not %d ms after its beginning", (ms) => {
    const floor = stocked();
    const countedAt = floor.world.now + ms;
    floor.wait(10_000);
    floor.do(count("s1", { shelf: 100, countedAt }));
    expect(floor.outcome).toMatchObject({ code: "COUNTED_AT", errors: [{ field: "lines[0].countedAt" }] });
  });

  test("what had come to the book by the count was there, though the clock of its recorder is ahead", () => {
    const floor = stocked();
    floor.do(theirs("TRANSFER_DISPATCH", -7, floor.world.now + 30_000));
    floor.do(count("s1", { shelf: 93 }));
    floor.do(approve("s1", null));
    expect(floor.at("SOCKS").total).toBe(93);
  });

  test("a count that is two weeks old is made again", () => {
    const floor = stocked();
    floor.do(count("s1", { shelf: 100 }));
    floor.wait(COUNT_VALID_MS + 1);
    floor.do(approve("s1"));
    expect(floor.line("s1", "SOCKS")).toMatchObject({ state: "RECOUNT_NEEDED", why: "COUNT_TOO_OLD" });
  });

  test("a counted line is not counted until the figure pleases: a recount is asked for", () => {
    const floor = stocked();
    floor.do(count("s1", { shelf: 90 }));
    floor.do(count("s1", { shelf: 100 }));
    expect(floor.outcome).toMatchObject({ code: "LINE_STATE" });
    expect(floor.line("s1", "SOCKS").count).toMatchObject({ shelf: 90 });
  });
});

describe("unsellable goods", () => {
  test("counted by themselves they are put right by themselves: what is not unsellable is sellable", () => {
    const floor = stocked();
    floor.do(count("s1", { shelf: 100, unsellable: 13 }));
    expect(lineOf(floor).count).toMatchObject({ variance: 0, unsellableVariance: 3 });
    floor.do(book("DAMAGE", "d1", [{ sku: "SOCKS", quantity: 2 }]));
    floor.do(approve("s1", "DAMAGE"));
    expect(floor.movements).toEqual([
      "COUNT_ADJUST SOCKS: total+3 unsellable+3",
      "COUNT_ADJUST SOCKS: total-3 sellable-3",
    ]);
    expect(floor.at("SOCKS")).toEqual({ total: 100, unsellable: 15 });
  });

  test("not counted by themselves they stay, as far as they fit on the shelf", () => {
    const floor = stocked();
    floor.do(count("s1", { shelf: 20 }));
    floor.do(approve("s1", "LOSS"));
    expect(floor.at("SOCKS")).toEqual({ total: 20, unsellable: 10 });
    floor.open("s2", ["SOCKS"]);
    floor.do(count("s2", { shelf: 4, picked: 12 }));
    floor.do(approve("s2", "LOSS"));
    expect(floor.at("SOCKS")).toEqual({ total: 16, unsellable: 4 });
  });
});

describe("a line is counted again", () => {
  test("when the same loss was found by a picker between its count and its approval", () => {
    const floor = stocked();
    floor.do(request({ 1: ["SOCKS", 4] }), pick);
    floor.do(count("s1", { shelf: 98 }));
    floor.do(short({ lineId: "1", quantity: 2, cause: "NOT_FOUND" }));
    floor.do(approve("s1", "LOSS"));
    expect(floor.outcome).toMatchObject({ lines: [{ state: "RECOUNT_NEEDED", why: "BOOK_CORRECTED" }] });
    expect(floor.movements).toEqual([]);
    floor.do(count("s1", { shelf: 98 }));
    floor.do(approve("s1", null));
    expect(floor.at("SOCKS").total).toBe(98);
  });

  test("when goods that left before the count are told after its approval", () => {
    const floor = stocked();
    const left = floor.world.now;
    floor.wait(1_000);
    floor.do(count("s1", { shelf: 70 }));
    floor.wait(1_000);
    floor.do(approve("s1", "SYNC_LATE"));
    floor.do(theirs("TRANSFER_DISPATCH", -30, left));
    expect(floor.line("s1", "SOCKS")).toMatchObject({ state: "REOPENED", why: "LATE_MOVEMENT" });
    expect(floor.at("SOCKS").total).toBe(40);
    floor.do(count("s1", { shelf: 70 }));
    floor.do(approve("s1", "SYNC_LATE"));
    expect(floor.at("SOCKS").total).toBe(70);
  });

  test("not when they left after the count, however late it is told", () => {
    const floor = stocked();
    floor.do(count("s1", { shelf: 100 }));
    const left = floor.world.now + 500;
    floor.wait(1_000);
    floor.do(approve("s1", null));
    floor.do(theirs("TRANSFER_DISPATCH", -30, left));
    expect(floor.line("s1", "SOCKS").state).toBe("APPROVED");
    expect(floor.at("SOCKS").total).toBe(70);
  });

  test("when a transfer told of the same loss before the approval, and it is heard of after it", () => {
    const floor = stocked();
    floor.do(count("s1", { shelf: 95 }));
    const found = floor.world.now + 500;
    floor.wait(1_000);
    floor.do(approve("s1", "LOSS"));
    floor.do(theirs("TRANSFER_SHORT", -5, found));
    expect(floor.line("s1", "SOCKS")).toMatchObject({ state: "REOPENED", why: "LATE_CORRECTION" });
  });

  test("when an entry of before the count is reversed after its approval, not when a later one is", () => {
    const floor = stocked();
    const about = { sku: "SOCKS", at: "WUHAN", reference: { type: "order", id: "o9" } } as const;
    const wrong = movementDraft("SHIP", undefined, { ...about, quantity: 5 });
    floor.record(wrong);
    floor.do(count("s1", { shelf: 100 }));
    floor.record(wrong);
    floor.do(approve("s1", "SYNC_LATE"));
    expect(floor.at("SOCKS").total).toBe(95);
    const undone = movementDraft("SHIP", undefined, { ...about, quantity: 5, reverses: "x" });
    floor.record(undone, { reversed: { sequence: 4, occurredAt: 0, toldLater: false } });
    expect(floor.line("s1", "SOCKS").state).toBe("APPROVED");
    expect(floor.at("SOCKS").total).toBe(100);
    floor.record(undone, { reversed: { sequence: 3, occurredAt: 0, toldLater: false } });
    expect(floor.line("s1", "SOCKS")).toMatchObject({ state: "REOPENED", why: "REVERSAL" });
  });

  test("when nobody knows any more how old the reversed entry is", () => {
    const floor = stocked();
    floor.do(count("s1", { shelf: 100 }));
    floor.do(approve("s1", null));
    const about = { sku: "SOCKS", at: "WUHAN", reference: { type: "order", id: "o9" } } as const;
    floor.record(movementDraft("SHIP", undefined, { ...about, quantity: 5, reverses: "x" }));
    expect(floor.line("s1", "SOCKS").state).toBe("REOPENED");
  });

  test("when it arrived at a transfer's end beyond what was under way, before the count, and is booked after its approval", () => {
    const floor = stocked();
    const arrived = floor.world.now;
    floor.wait(1_000);
    floor.do(count("s1", { shelf: 103 }));
    floor.do(approve("s1", "SYNC_LATE"));
    floor.do(surplus(3, arrived));
    expect(floor.line("s1", "SOCKS")).toMatchObject({ state: "REOPENED", why: "LATE_MOVEMENT" });
  });

  test.each<[string, number, string]>([
    ["before the count", 0, "REOPENED"],
    ["after the count", 1_500, "APPROVED"],
  ])(
    "what had arrived beyond what was under way, %s, was booked after it and is taken back after the approval",
    (_when, arrivedAfterMs, state) => {
      const floor = stocked();
      const arrived = floor.world.now + arrivedAfterMs;
      floor.wait(1_000);
      floor.do(count("s1", { shelf: 100 }));
      floor.wait(1_000);
      floor.do(surplus(5, arrived));
      floor.do(approve("s1", "SYNC_LATE"));
      const receipt = [...floor.world.recorded.values()].find(({ quantity }) => quantity === 5)!;
      floor.do(takeBack(receipt.movementId));
      expect(floor.line("s1", "SOCKS").state).toBe(state);
    },
  );
});

describe("two stocktakes of the same goods at once", () => {
  test("the adjustment of one makes the other count again", () => {
    const floor = stocked();
    floor.open("s2", ["SOCKS"]);
    floor.do(count("s1", { shelf: 90 }), count("s2", { shelf: 90 }));
    floor.do(approve("s1", "LOSS"), approve("s2", "LOSS"));
    expect(floor.at("SOCKS").total).toBe(90);
    expect(floor.line("s2", "SOCKS")).toMatchObject({ state: "RECOUNT_NEEDED", why: "BOOK_CORRECTED" });
    floor.do(count("s2", { shelf: 90 }));
    floor.do(approve("s2", null));
    expect([floor.line("s1", "SOCKS").standing, floor.line("s2", "SOCKS").standing]).toEqual([false, true]);
  });

  test("an older count does not stand against a later one that found the book right", () => {
    const floor = stocked();
    floor.open("s2", ["SOCKS"]);
    floor.do(count("s1", { shelf: 90 }));
    floor.wait(1_000);
    floor.do(count("s2", { shelf: 100 }));
    floor.do(approve("s2", null), approve("s1", "LOSS"));
    expect(floor.line("s1", "SOCKS")).toMatchObject({ state: "RECOUNT_NEEDED", why: "LATER_COUNT" });
  });

  test("what was reopened needs no recount once the other was counted later", () => {
    const floor = stocked();
    floor.open("s2", ["SOCKS"]);
    floor.do(count("s1", { shelf: 100 }));
    floor.do(approve("s1", null));
    floor.do(theirs("TRANSFER_DISPATCH", -30, NOW));
    floor.wait(1_000);
    floor.do(count("s2", { shelf: 100 }));
    floor.do(approve("s2", "SYNC_LATE"));
    expect(floor.line("s1", "SOCKS")).toMatchObject({ state: "SUPERSEDED", standing: false });
    expect(floor.at("SOCKS").total).toBe(100);
  });
});

describe("lines of a stocktake", () => {
  test("a count of everything takes in what the book does not know of; one of named SKUs does not", () => {
    const floor = stocked();
    floor.open("all");
    floor.do(count("all", { shelf: 3, sku: "FOUND" }));
    expect(floor.line("all", "FOUND")).toMatchObject({ state: "COUNTED", count: { variance: 3 } });
    floor.do(count("s1", { shelf: 3, sku: "FOUND" }));
    expect(floor.outcome).toMatchObject({ code: "UNKNOWN_LINE" });
    floor.do(count("nowhere", { shelf: 3 }));
    expect(floor.outcome).toMatchObject({ code: "UNKNOWN_STOCKTAKE" });
  });

  test("a code that labels the unsellable stock of a SKU is no SKU that is found beside, unless it is listed", () => {
    const floor = stocked();
    floor.open("all");
    floor.world = { ...floor.world, labellings: new Map([["WUHAN", { unsellableSuffix: "U", areas: [] }]]) };
    floor.do(count("all", { shelf: 3, sku: "SOCKSU" }));
    expect(floor.outcome).toMatchObject({ code: "ALREADY_UNSELLABLE", errors: [{ field: "lines[0].sku" }] });
    floor.world = { ...floor.world, listed: new Set(["SOCKSU"]) };
    floor.do(count("all", { shelf: 3, sku: "SOCKSU" }));
    expect(floor.line("all", "SOCKSU").state).toBe("COUNTED");
  });

  test("rows are booked one by one: told again they stand, changed they are refused", () => {
    const floor = stocked();
    const row = { row: 2, sku: "SOCKS", shelf: 95, picked: 0, unsellable: null, countedAt: null };
    const rows = (...all: (typeof row)[]) => ({
      type: "COUNT_ROWS" as const,
      stocktakeId: "s1",
      actor: null,
      rows: all,
    });
    floor.do(rows(row, { ...row, row: 3, sku: "CAP" }, { ...row, row: 4 }, { ...row, row: 5, shelf: 96 }));
    expect((floor.outcome as RowsBooked).rows.map(({ outcome }) => outcome)).toEqual([
      "APPLIED",
      "REJECTED",
      "ALREADY_APPLIED",
      "REJECTED",
    ]);
    const doubt = { row: 2, sku: "SOCKS" };
    const doubts = [doubt, { ...doubt, row: 3 }, { row: 4, sku: "CAP" }];
    floor.do({ type: "RECOUNT_ROWS", stocktakeId: "s1", actor: null, rows: doubts });
    expect((floor.outcome as RowsBooked).rows.map(({ outcome }) => outcome)).toEqual([
      "APPLIED",
      "ALREADY_APPLIED",
      "REJECTED",
    ]);
    floor.do(rows(row));
    const approval = { row: 2, sku: "SOCKS", cause: "LOSS" as CountCause, note: null };
    floor.do({ type: "APPROVE_ROWS", stocktakeId: "s1", actor: null, rows: [approval, { ...approval, row: 3 }] });
    expect((floor.outcome as RowsBooked).rows.map(({ outcome }) => outcome)).toEqual(["APPLIED", "ALREADY_APPLIED"]);
    expect(floor.at("SOCKS").total).toBe(95);
  });
});
