import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { advance, missingOf, type Position, START_POSITION } from "../src/index.js";

const arrivals = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 120 });

/** The same question answered with a plain set. */
function modelOf(seen: ReadonlySet<number>): Position {
  let contiguous = 0;
  while (seen.has(contiguous + 1)) contiguous++;
  const ahead: [number, number][] = [];
  for (const sequence of [...seen].filter((one) => one > contiguous).sort((a, b) => a - b)) {
    const last = ahead.at(-1);
    if (last !== undefined && last[1] === sequence - 1) last[1] = sequence;
    else ahead.push([sequence, sequence]);
  }
  return { contiguous, ahead };
}

describe("positions", () => {
  test("in any order and with duplicates, a movement is fresh exactly once and the position says what was seen", () => {
    fc.assert(
      fc.property(arrivals, (sequences) => {
        const seen = new Set<number>();
        let position = START_POSITION;
        for (const sequence of sequences) {
          const step = advance(position, sequence);
          expect(step.fresh).toBe(!seen.has(sequence));
          seen.add(sequence);
          position = step.position;
          expect(position).toEqual(modelOf(seen));
        }
      }),
      { numRuns: 500 },
    );
  });

  test("every order of the same movements ends in the same position", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Array.from({ length: 12 }, (_, index) => index + 1)), (order) => {
        const end = order.reduce((position, sequence) => advance(position, sequence).position, START_POSITION);
        expect(end).toEqual(modelOf(new Set(order)));
      }),
    );
  });

  test("what is missing is what lies between the first gap and the last movement seen", () => {
    const position = [1, 2, 5, 6, 9].reduce((at, sequence) => advance(at, sequence).position, START_POSITION);
    expect(position).toEqual({
      contiguous: 2,
      ahead: [
        [5, 6],
        [9, 9],
      ],
    });
    expect(missingOf(position)).toEqual([
      [3, 4],
      [7, 8],
    ]);
  });

  test("advancing leaves the position it was given as it was", () => {
    const before: Position = { contiguous: 0, ahead: [[3, 3]] };
    advance(before, 4);
    advance(before, 2);
    expect(before).toEqual({ contiguous: 0, ahead: [[3, 3]] });
  });

  test.each([0, -1, 1.5, Number.NaN])("%p is no sequence", (sequence) => {
    expect(() => advance(START_POSITION, sequence)).toThrow(RangeError);
  });
});
