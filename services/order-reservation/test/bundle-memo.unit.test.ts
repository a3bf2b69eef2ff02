import { expect, test } from "@jest/globals";
import { BundleMemo } from "../src/bundle-memo.js";
import type { SkuListing } from "../src/domain/index.js";

const bundle = (sku: string, ...parts: string[]): SkuListing => ({
  sku,
  active: true,
  parts: parts.map((part) => ({ sku: part, quantity: 1 })),
});
const world = (held: string[], ...listings: SkuListing[]) => ({
  listings: new Map(listings.map((listing) => [listing.sku, listing])),
  carts: new Map(),
  heldSkus: new Set(held),
});
const planned = (memo: BundleMemo, skus: string[], listed: SkuListing[] = []) => {
  const all = new Set(skus);
  memo.addPartsTo(all, listed);
  return [...all];
};

test("a bundle that was seen once is planned with its parts, and with what bundles among them take", () => {
  const memo = new BundleMemo();
  expect(planned(memo, ["crate"])).toEqual(["crate"]);
  expect(memo.learn(world(["crate"], bundle("crate", "box", "cap")))).toBe("crate");
  expect(memo.learn(world(["crate", "box", "cap"], bundle("crate", "box", "cap"), bundle("box", "sock")))).toBe("box");
  expect(planned(memo, ["crate"])).toEqual(["crate", "box", "cap", "sock"]);
  expect(memo.learn(world(planned(memo, ["crate"]), bundle("crate", "box", "cap"), bundle("box", "sock")))).toBe(
    undefined,
  );
});

test("a bundle that is listed and ordered in one slice is planned with the parts that the slice says", () => {
  expect(planned(new BundleMemo(), ["box", "hat"], [bundle("box", "sock"), bundle("other", "cap")])).toEqual([
    "box",
    "hat",
    "sock",
  ]);
});

test("bundles that are made of one another are planned to an end", () => {
  expect(planned(new BundleMemo(), ["a"], [bundle("a", "b"), bundle("b", "a")])).toEqual(["a", "b"]);
});

test("what is merely looked at, and not held, asks for nothing", () => {
  expect(new BundleMemo().learn(world(["hat"], bundle("box", "sock")))).toBe(undefined);
});
