import { describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import { physicalEntries } from "../../src/domain/physical-log.js";
import { Floor, foreign, NOW, surplus } from "./floor.js";

const about = { sku: "SOCKS", reference: { type: "order", id: "o1", line: "1" } } as const;
const identity = { recordedBy: "warehouse", sequence: 7, movementId: "m7", occurredAt: NOW };

describe("what a movement did to what lies here", () => {
  test("each location has one entry with what became of total and unsellable", () => {
    const returned = movementDraft("RETURN", "unsellable", { ...about, at: "WUHAN", quantity: 3 });
    expect(physicalEntries({ ...returned, ...identity }, false)).toEqual([
      {
        sku: "SOCKS",
        location: "WUHAN",
        kind: "RETURN",
        ...identity,
        total: 3,
        unsellable: 3,
        toldLater: false,
        correctsBook: false,
        reverses: null,
      },
    ]);
    const arrived = movementDraft("TRANSFER_RECEIVE", "sellable", {
      ...about,
      source: "WUHAN",
      destination: "BEIJING",
      quantity: 5,
    });
    const entries = physicalEntries({ ...arrived, ...identity }, true);
    expect(entries.map(({ location, total, toldLater }) => [location, total, toldLater])).toEqual([
      ["BEIJING", 5, true],
    ]);
  });

  test("what only corrects the book is marked, and a kind that nobody knows yet is taken for goods that moved", () => {
    const short = movementDraft("PICK_SHORT", undefined, { ...about, at: "WUHAN", quantity: 2 });
    expect(physicalEntries({ ...short, ...identity }, false)).toMatchObject([{ total: -2, correctsBook: true }]);
    const later = { sku: "SOCKS", kind: "TELEPORT", reverses: null, legs: short.legs, ...identity };
    expect(physicalEntries(later, true)).toMatchObject([{ total: -2, correctsBook: false }]);
  });

  test("a movement of promises alone leaves no entry", () => {
    const reserve = movementDraft("RESERVE", undefined, { ...about, at: "WUHAN", quantity: 2 });
    expect(physicalEntries({ ...reserve, ...identity }, true)).toEqual([]);
  });
});

describe("a slice hands on what is to be noted", () => {
  test("movements of others as they came, own ones with the moment at which they happened if they are told later", () => {
    const floor = new Floor();
    const movement = foreign("TRANSFER_RECEIVE", "SOCKS", [{ location: "WUHAN", bucket: "total", delta: 5 }]);
    floor.do(movement, surplus(2, NOW - 5_000));
    expect(floor.last.applied).toEqual([movement.movement]);
    expect(floor.last.movements).toMatchObject([{ kind: "RECEIPT", toldLater: NOW - 5_000 }]);
    expect(floor.at("SOCKS").total).toBe(7);
  });
});
