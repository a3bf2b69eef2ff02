import { expect, test } from "@jest/globals";
import { wholePieces } from "../src/index.js";

const PARTS = [
  { sku: "sock", quantity: 2 },
  { sku: "cap", quantity: 1 },
];
const of = (pieces: Record<string, number>) => wholePieces(PARTS, (sku) => pieces[sku] ?? 0);

test("the scarcest part says how many pieces of a bundle there are", () => {
  expect(of({ sock: 10, cap: 3 })).toBe(3);
  expect(of({ sock: 5, cap: 3 })).toBe(2);
});

test("a part that is not there leaves none", () => expect(of({ sock: 10 })).toBe(0));

test("what is made of nothing is not there", () => expect(wholePieces([], () => 7)).toBe(0));
