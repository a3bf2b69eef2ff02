import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { Shelf, type ShelfMove } from "./shelf-script.js";

const q = fc.integer({ min: 1, max: 2 });
const nth = fc.nat({ max: 20 });
const of = fc.constantFrom("first", "second");
const move: fc.Arbitrary<ShelfMove> = fc.oneof(
  fc.record({ do: fc.constantFrom("arrive", "leave", "dispatch", "unload", "damage", "break", "spoil", "mistake"), q }),
  fc.record({ do: fc.constantFrom("vanish"), q }),
  fc.record({ do: fc.constant("short"), by: fc.constantFrom("us", "them", "them"), q }),
  fc.record({ do: fc.constantFrom("reverse", "deliver"), nth }),
  fc.record({ do: fc.constantFrom("deliver"), nth }),
  fc.record({
    do: fc.constant("count"),
    of,
    ago: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) }),
    wrong: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: q }),
  }),
  fc.record({ do: fc.constantFrom("approve", "approve", "approve", "recount"), of }),
) as fc.Arbitrary<ShelfMove>;

const FINISHED: ReadonlySet<string> = new Set(["OPEN", "APPROVED", "SUPERSEDED"]);

test.each([true, false])(
  "whatever happens in whatever order beside the counts, the book ends at what is truly there (unsellable counted: %s)",
  (unsellableCounted) => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        const shelf = new Shelf(unsellableCounted);
        for (const one of [{ do: "arrive", q: 6 } as const, ...moves]) shelf.do(one);
        shelf.settle();
        expect(shelf.book).toEqual(shelf.expected);
        expect(shelf.states.filter((state) => !FINISHED.has(state))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  },
);
