import { expect, test } from "@jest/globals";
import { Random } from "../../src/simulation/kernel/random.js";

test("the same seed gives the same numbers, on every machine", () => {
  const random = new Random("seed 1");
  expect(Array.from({ length: 5 }, () => random.below(1_000))).toEqual([401, 111, 962, 884, 682]);
});

test("a fork does not depend on what was drawn before it", () => {
  const one = new Random("seed 1");
  const other = new Random("seed 1");
  other.next();
  expect(one.fork("faults").below(1_000_000)).toBe(other.fork("faults").below(1_000_000));
});

test("weights decide how often, and a weight of 0 never", () => {
  const random = new Random("weights");
  const counts = { often: 0, seldom: 0, never: 0 };
  for (let turn = 0; turn < 1_000; turn++) counts[random.weighted({ often: 9, seldom: 1, never: 0 })] += 1;
  expect(counts.never).toBe(0);
  expect(counts.often).toBeGreaterThan(800);
  expect(counts.seldom).toBeGreaterThan(50);
});
