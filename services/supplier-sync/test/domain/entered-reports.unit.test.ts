import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { missingRows } from "../../src/domain/missing-rows.js";
import { implausibility } from "../../src/domain/plausibility.js";

describe("a quantity that somebody typed", () => {
  test("waits for confirmation when it is ten times what is recorded, or a tenth of it", () => {
    expect(implausibility(12, 119, 10)).toBeUndefined();
    expect(implausibility(12, 120, 10)).toBe("FAR_MORE");
    expect(implausibility(120, 12, 10)).toBe("FAR_LESS");
    expect(implausibility(120, 13, 10)).toBeUndefined();
  });

  test("of 0 is plausible: goods sell out", () => {
    expect(implausibility(5_000, 0, 10)).toBeUndefined();
  });

  test("of a SKU with nothing recorded is taken as it is", () => {
    expect(implausibility(null, 1_000_000, 10)).toBeUndefined();
    expect(implausibility(0, 1_000_000, 10)).toBeUndefined();
  });

  test("with a digit too many or too few always waits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 0, max: 9 }), (recorded, digit) => {
        expect(implausibility(recorded, recorded * 10 + digit, 10)).toBe("FAR_MORE");
        expect(implausibility(recorded * 10 + digit, recorded, 10)).toBe("FAR_LESS");
      }),
    );
  });
});

describe("a row that a full sheet lacks", () => {
  const recorded = new Map([
    ["socks", 40],
    ["hat", 7],
    ["shoe", 0],
    ["belt", 3],
  ]);
  const told = { good: new Set(["socks"]), refused: new Set(["belt"]) };

  test("changes nothing unless the contract says so, and is listed", () => {
    expect(missingRows("UNCHANGED", recorded, told.good, told.refused)).toEqual({ listed: ["hat"], zeroed: [] });
  });

  test("means 0 where the contract says so", () => {
    expect(missingRows("ZERO", recorded, told.good, told.refused)).toEqual({ listed: ["hat"], zeroed: ["hat"] });
  });

  test("is not missing when it was there and refused", () => {
    expect(missingRows("ZERO", recorded, told.good, new Set()).zeroed).toEqual(["belt", "hat"]);
  });

  test("means nothing in a sheet of which no row could be read", () => {
    expect(missingRows("ZERO", recorded, new Set(), new Set())).toEqual({ listed: [], zeroed: [] });
  });
});
