import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { WarehouseStock } from "../../src/domain/cover.js";
import { suggest } from "../../src/domain/suggestion.js";
import { proposalIn, proposalOf, standingOf, suggestionIdOf } from "../../src/domain/suggestion-id.js";

const POLICY = { minDifferenceDays: 7, minPieces: 1, packPieces: 1, sourceKeepsDays: 14, enoughDays: 28 };
const at = (location: string, sellable: number): WarehouseStock => ({
  location,
  closed: false,
  sellable,
  soldPieces: 28,
  ...{ spokenFor: 0, plannedIn: 0, reservedIn: 0, inTransitIn: 0 },
});

describe("the name of a suggestion", () => {
  test("says what it proposes, for any SKU and warehouses", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((one) => !one.includes("\0"));
    const proposals = fc.record({ sku: text, source: text, destination: text, quantity: fc.integer({ min: 1 }) });
    fc.assert(
      fc.property(proposals, (proposal) => {
        expect(proposalOf(suggestionIdOf(proposal))).toEqual(proposal);
      }),
    );
  });

  test("is the same as long as the figures are", () => {
    const stocks = [at("WUH", 100), at("BJS", 0)];
    const name = () => suggestionIdOf(proposalIn(suggest("SOCKS", stocks, POLICY)[0]!));
    expect(name()).toBe(name());
  });

  test.each([
    "",
    "not-a-name",
    Buffer.from("{}").toString("base64url"),
    Buffer.from('["A","B","C"]').toString("base64url"),
    Buffer.from('["A","B","C",0]').toString("base64url"),
    Buffer.from('["A","B","C",1.5]').toString("base64url"),
    Buffer.from('["A","B",7,1]').toString("base64url"),
    Buffer.from('["A\\u0000","B","C",1]').toString("base64url"),
  ])("%p names nothing", (id) => {
    expect(proposalOf(id)).toBeUndefined();
  });
});

describe("a suggestion that somebody read a moment ago", () => {
  const read = proposalIn(suggest("SOCKS", [at("WUH", 100), at("BJS", 0)], POLICY)[0]!);
  const now = (...stocks: WarehouseStock[]) => standingOf(read, suggest("SOCKS", stocks, POLICY));

  test("stands while the figures are the same, or would have more sent", () => {
    expect(read.quantity).toBe(50);
    expect(now(at("WUH", 100), at("BJS", 0))).toEqual({ outcome: "STANDS" });
    expect(now(at("WUH", 110), at("BJS", -4))).toEqual({ outcome: "STANDS" });
  });

  test("has changed when fewer would be sent now, or from elsewhere", () => {
    expect(now(at("WUH", 90), at("BJS", 0))).toMatchObject({ outcome: "CHANGED", now: { quantity: 45 } });
    expect(now(at("WUH", 100), at("BJS", 0), at("SHA", 200))).toMatchObject({
      outcome: "CHANGED",
      now: { source: { location: "SHA" } },
    });
  });

  test("is gone when the warehouse needs nothing any more", () => {
    expect(now(at("WUH", 100), at("BJS", 100))).toEqual({ outcome: "GONE" });
  });
});
