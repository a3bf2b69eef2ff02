import { describe, expect, test } from "@jest/globals";
import { type AlertLine, LINE_OFF } from "../../src/domain/alert-line.js";
import { onHandKey } from "../../src/domain/on-hand.js";
import { book, Floor, receive } from "./floor.js";

const floorWith = (defaultPieces: number, ...lines: Partial<AlertLine>[]) => {
  const floor = new Floor();
  const whole = lines.map((line) => ({ sku: "S", location: "", pieces: null, buyer: null, ...line }));
  const byPlace = new Map(whole.map((line) => [onHandKey(line.sku, line.location), line]));
  floor.world = { ...floor.world, alertLines: { lines: byPlace, defaultPieces } };
  return floor;
};
/** What was said of lines in the last slice: + raised, - cleared. */
const said = (floor: Floor) =>
  floor.last.events.flatMap(({ name, value }) =>
    "code" in value && value.code === "LOW_STOCK"
      ? [`${name === "StockAlertRaised" ? "+" : "-"}${value.sku}@${value.location}`]
      : [],
  );
const damage = (reference: string, quantity: number) => book("DAMAGE", reference, [{ sku: "S", quantity }]);

describe("the alert line of own stock", () => {
  test("is told once when the usable pieces are at or below it, and once when they are above it again", () => {
    const floor = floorWith(10);
    floor.do(receive("r1", { sku: "S", quantity: 11 }));
    expect(said(floor)).toEqual([]);
    floor.do(damage("d1", 1));
    expect(said(floor)).toEqual(["+S@WUHAN"]);
    floor.do(damage("d2", 1));
    expect(said(floor)).toEqual([]);
    floor.do(receive("r2", { sku: "S", quantity: 2 }));
    expect(said(floor)).toEqual(["-S@WUHAN"]);
  });

  test("counts usable goods: unsellable ones, though they lie there, do not help", () => {
    const floor = floorWith(10);
    floor.do(receive("r1", { sku: "S", quantity: 100, unsellable: 95 }));
    expect(said(floor)).toEqual(["+S@WUHAN"]);
  });

  test("is off for what was never stocked, and on from the first usable piece", () => {
    const floor = floorWith(10);
    floor.do(receive("r1", { sku: "S", quantity: 3, unsellable: 3 }));
    expect(said(floor)).toEqual([]);
    floor.do(receive("r2", { sku: "S", quantity: 3 }));
    expect(said(floor)).toEqual(["+S@WUHAN"]);
    floor.do(book("DAMAGE", "d1", [{ sku: "S", quantity: 3 }]));
    expect(said(floor)).toEqual([]);
  });

  test("is remembered as told even when the pieces came and went within one decision", () => {
    const floor = floorWith(10);
    floor.do(receive("r1", { sku: "S", quantity: 5, unsellable: 5 }));
    const comeAndGo = (n: number) => [book("RESTORATION", `u${n}`, [{ sku: "S", quantity: 5 }]), damage(`d${n}`, 5)];
    floor.do(...comeAndGo(1));
    expect(said(floor)).toEqual(["+S@WUHAN"]);
    floor.do(...comeAndGo(2));
    expect(said(floor)).toEqual([]);
    floor.do(receive("r2", { sku: "S", quantity: 11 }));
    expect(said(floor)).toEqual(["-S@WUHAN"]);
  });

  test("what crosses and comes back within one decision has not crossed", () => {
    const floor = floorWith(10);
    floor.do(receive("r1", { sku: "S", quantity: 11 }));
    floor.do(damage("d1", 5), receive("r2", { sku: "S", quantity: 5 }));
    expect(said(floor)).toEqual([]);
  });

  test("a movement of another service crosses it, too", () => {
    const floor = floorWith(10);
    floor.do(receive("r1", { sku: "S", quantity: 12 }));
    const leg = (bucket: string, delta: number) => ({ location: "WUHAN", bucket, delta });
    const movement = {
      sku: "S",
      kind: "TRANSFER_DISPATCH",
      recordedBy: "transfer",
      sequence: 1,
      movementId: "m1",
      occurredAt: 1,
      reverses: null,
      legs: [leg("total", -4), leg("inTransit", 4)],
    };
    floor.do({ type: "APPLY_MOVEMENT", movement });
    expect(said(floor)).toEqual(["+S@WUHAN"]);
  });

  test("may be the SKU's, or the SKU's at a location; a line of 0 and none are lines, too; the buyer is told", () => {
    const lines = [
      { pieces: 50, buyer: "Li Na" },
      { location: "BEIJING", pieces: 0 },
    ];
    const floor = floorWith(10, ...lines, { sku: "T", pieces: LINE_OFF });
    floor.do(
      receive("r1", { sku: "S", quantity: 50 }, { sku: "T", quantity: 1 }),
      book("RECEIPT", "r2", [{ sku: "S", quantity: 1 }], "BEIJING"),
    );
    expect(said(floor)).toEqual(["+S@WUHAN"]);
    expect(floor.last.events[0]!.value).toMatchObject({ details: { line: "50", buyer: "Li Na" }, severity: "WARNING" });
    floor.do(book("DAMAGE", "d1", [{ sku: "S", quantity: 1 }], "BEIJING"));
    expect(said(floor)).toEqual(["+S@BEIJING"]);
    expect(floor.last.events[0]!.value).toMatchObject({ details: { line: "0", buyer: "Li Na" } });
  });
});
