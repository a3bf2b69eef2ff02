import { describe, expect, test } from "@jest/globals";
import type { Labelling } from "../../src/domain/labelling.js";
import { book, Floor, receive } from "./floor.js";

/** A floor whose warehouse WUHAN labels like this, with these codes in the catalogue. */
function labelled(labelling: Partial<Labelling>, listed: string[] = []): Floor {
  const floor = new Floor();
  label(floor, labelling, listed);
  return floor;
}
const label = (floor: Floor, labelling: Partial<Labelling>, listed: string[] = []) => {
  const whole = { unsellableSuffix: null, areas: [], ...labelling };
  floor.world = { ...floor.world, labellings: new Map([["WUHAN", whole]]), listed: new Set(listed) };
};
const AREAS = {
  areas: [
    { area: "A", unsellable: false },
    { area: "Q", unsellable: true },
  ],
};

describe("a stock code with the unsellable suffix", () => {
  test("12345U is the unsellable stock of 12345", () => {
    const floor = labelled({ unsellableSuffix: "U" });
    floor.do(receive("r1", { sku: "12345U", quantity: 3 }, { sku: "12345", quantity: 5 }));
    expect(floor.movements).toEqual(["RECEIPT 12345: total+3 unsellable+3", "RECEIPT 12345: total+5 sellable+5"]);
    expect([floor.at("12345"), floor.at("12345U")]).toEqual([
      { total: 8, unsellable: 3 },
      { total: 0, unsellable: 0 },
    ]);
  });

  test("is a SKU like any other unless the warehouse sets the suffix, and at other warehouses", () => {
    const floor = new Floor();
    floor.do(receive("r1", { sku: "12345U", quantity: 3 }));
    expect(floor.at("12345U")).toEqual({ total: 3, unsellable: 0 });
    label(floor, { unsellableSuffix: "U" });
    floor.do(book("RECEIPT", "r2", [{ sku: "12345U", quantity: 1 }], "BEIJING"));
    expect(floor.at("12345U", "BEIJING")).toEqual({ total: 1, unsellable: 0 });
  });

  test("a listed SKU wins over the suffix reading", () => {
    const floor = labelled({ unsellableSuffix: "U" }, ["MENU"]);
    floor.do(receive("r1", { sku: "MENU", quantity: 3 }));
    expect(floor.at("MENU")).toEqual({ total: 3, unsellable: 0 });
  });

  test("what was booked does not change when the code is listed later or the suffix goes: told again it stands", () => {
    const floor = labelled({ unsellableSuffix: "U" });
    const receipt = receive("r1", { sku: "MENU", quantity: 3, unsellable: 1 });
    floor.do(receipt);
    for (const change of [() => label(floor, { unsellableSuffix: "U" }, ["MENU"]), () => label(floor, {})]) {
      change();
      floor.do(receipt);
      expect(floor.outcome).toEqual({ outcome: "BOOKED", again: true });
    }
    expect([floor.at("MEN"), floor.at("MENU").total]).toEqual([{ total: 3, unsellable: 3 }, 0]);
  });

  test("names goods that are found fit again, scrapped or come back, but none that are damaged", () => {
    const floor = labelled({ unsellableSuffix: "U" });
    floor.do(book("RETURN", "b1", [{ sku: "SU", quantity: 5, missing: 1 }], "WUHAN", "order-1"));
    expect(floor.last.events[0]!.value).toMatchObject({
      lines: [{ sku: "S", sellable: 0, unsellable: 4, missing: 1 }],
    });
    floor.do(
      book("RESTORATION", "x1", [{ sku: "SU", quantity: 1 }]),
      book("DISPOSAL", "x2", [{ sku: "SU", quantity: 1 }]),
    );
    expect(floor.at("S")).toEqual({ total: 3, unsellable: 2 });
    floor.do(book("DAMAGE", "d1", [{ sku: "SU", quantity: 1 }]));
    expect(floor.outcome).toMatchObject({ code: "ALREADY_UNSELLABLE", errors: [{ field: "lines[0].sku" }] });
  });

  test("a suffix by itself and one alone is no code of anything else", () => {
    const floor = labelled({ unsellableSuffix: "U" });
    floor.do(receive("r1", { sku: "U", quantity: 1 }, { sku: "u", quantity: 1 }));
    expect([floor.at("U"), floor.at("u")]).toEqual([
      { total: 1, unsellable: 0 },
      { total: 1, unsellable: 0 },
    ]);
  });
});

describe("an area marked unsellable", () => {
  test("makes what is received or comes back into it unsellable, all but the missing pieces", () => {
    const floor = labelled(AREAS);
    floor.do(receive("r1", { sku: "S", quantity: 4, area: "Q" }, { sku: "S", quantity: 4, unsellable: 1, area: "A" }));
    expect(floor.at("S")).toEqual({ total: 8, unsellable: 5 });
    floor.do(book("RETURN", "b1", [{ sku: "S", quantity: 3, missing: 1, area: "Q" }]));
    expect(floor.at("S")).toEqual({ total: 10, unsellable: 7 });
  });

  test("damaged goods may say where they were put; an area that nobody defined is refused by line or row", () => {
    const floor = labelled(AREAS);
    floor.do(receive("r1", { sku: "S", quantity: 4 }), book("DAMAGE", "d1", [{ sku: "S", quantity: 1, area: "Q" }]));
    expect(floor.at("S")).toEqual({ total: 4, unsellable: 1 });
    const lost = receive("r2", { sku: "S", quantity: 1, area: "Z" });
    floor.do(lost);
    expect(floor.outcome).toMatchObject({ code: "UNKNOWN_AREA", errors: [{ field: "lines[0].area" }] });
    floor.do({ type: "BOOK_ROWS", rows: [{ row: 7, head: lost.head, line: lost.lines[0]! }] });
    expect(floor.outcome).toMatchObject({ rows: [{ row: 7, outcome: "REJECTED", field: "area" }] });
  });

  test("told with another area, a line is another line", () => {
    const floor = labelled(AREAS);
    floor.do(receive("r1", { sku: "S", quantity: 4, area: "Q" }));
    floor.do(receive("r1", { sku: "S", quantity: 4, unsellable: 4 }));
    expect(floor.outcome).toMatchObject({ code: "DOCUMENT_CONFLICT" });
  });
});
