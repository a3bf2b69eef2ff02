import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { covers, head, NOTHING, type Position } from "../../src/domain/position.js";

function positionOf(applied: ReadonlySet<number>): Position {
  let contiguous = 0;
  while (applied.has(contiguous + 1)) contiguous += 1;
  const ahead: [number, number][] = [];
  for (const sequence of [...applied].sort((a, b) => a - b)) {
    if (sequence <= contiguous) continue;
    const last = ahead.at(-1);
    if (last?.[1] === sequence - 1) last[1] = sequence;
    else ahead.push([sequence, sequence]);
  }
  return { contiguous, ahead };
}

const sequences = fc.uniqueArray(fc.integer({ min: 1, max: 12 })).map((list) => new Set(list));

describe("A position", () => {
  test("covers another exactly when it has applied every movement of it", () => {
    fc.assert(
      fc.property(sequences, sequences, (wide, narrow) => {
        const all = [...narrow].every((sequence) => wide.has(sequence));
        expect(covers(positionOf(wide), positionOf(narrow))).toBe(all);
      }),
    );
  });

  test("has the highest applied sequence as its head, gaps or not", () => {
    expect(head(NOTHING)).toBe(0);
    expect(head({ contiguous: 4, ahead: [] })).toBe(4);
    const gapped: Position = {
      contiguous: 4,
      ahead: [
        [6, 7],
        [9, 9],
      ],
    };
    expect(head(gapped)).toBe(9);
  });
});
