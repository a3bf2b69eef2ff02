import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Command } from "../../src/domain/commands.js";
import { openOf } from "../../src/domain/fulfilment.js";
import { book, cancel, Floor, pick, receive, request, ship, short } from "./floor.js";

const quantity = fc.integer({ min: 1, max: 5 });
const sku = fc.constantFrom("A", "B");
const lineId = fc.constantFrom("1", "2");
const id = fc.nat({ max: 30 }).map(String);

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(id, sku, quantity).map(([ref, s, q]) => receive(ref, { sku: s, quantity: q + 1, unsellable: q % 2 })),
  fc.tuple(id, sku, quantity).map(([ref, s, q]) => book("RETURN", ref, [{ sku: s, quantity: q, missing: q % 2 }])),
  fc.tuple(id, sku, quantity).map(([ref, s, q]) => book("DAMAGE", ref, [{ sku: s, quantity: q }])),
  fc.tuple(id, sku, quantity).map(([ref, s, q]) => book("RESTORATION", ref, [{ sku: s, quantity: q }])),
  fc.tuple(id, sku, quantity).map(([ref, s, q]) => book("DISPOSAL", ref, [{ sku: s, quantity: q }])),
  fc.constant(request({ 1: ["A", 4], 2: ["B", 3] })),
  fc.constant(pick),
  fc.tuple(lineId, quantity).map(([line, q]) => ship({ [line]: q })),
  fc
    .tuple(lineId, quantity)
    .map(([line, q]) => short({ lineId: line, quantity: q, cause: q % 2 ? "DAMAGED" : "NOT_FOUND" })),
  fc.tuple(fc.uuid(), lineId, quantity).map(([c, line, q]) => cancel(c, { [line]: [line === "1" ? "A" : "B", q] })),
);

test("whatever comes in whatever slices, the book is the sum of its movements and no line gives more than it has", () => {
  fc.assert(
    fc.property(fc.array(fc.array(command, { minLength: 1, maxLength: 6 }), { maxLength: 12 }), (slices) => {
      const floor = new Floor();
      const sums = new Map<string, number>();
      for (const slice of slices) {
        const before = structuredClone({ onHand: floor.world.onHand, fulfilments: floor.world.fulfilments });
        const world = floor.world;
        const { movements, outcomes } = floor.do(...slice);
        expect({ onHand: world.onHand, fulfilments: world.fulfilments }).toEqual(before);
        expect(outcomes).toHaveLength(slice.length);
        for (const { sku: s, legs } of movements) {
          for (const { bucket, delta } of legs) sums.set(`${s} ${bucket}`, (sums.get(`${s} ${bucket}`) ?? 0) + delta);
        }
      }
      for (const s of ["A", "B"]) {
        expect(floor.at(s)).toEqual({
          total: sums.get(`${s} total`) ?? 0,
          unsellable: sums.get(`${s} unsellable`) ?? 0,
        });
        expect(floor.at(s).unsellable).toBeGreaterThanOrEqual(0);
      }
      for (const fulfilment of floor.world.fulfilments.values()) {
        const open = fulfilment.lines.map(openOf);
        expect(Math.min(...open)).toBeGreaterThanOrEqual(0);
        expect(fulfilment.closedAt !== null).toBe(open.every((pieces) => pieces === 0));
      }
    }),
    { numRuns: 300 },
  );
});

test("slices are only a way of going faster: one command at a time comes to the same state", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
      const [together, single] = [new Floor(), new Floor()];
      together.do(...commands);
      for (const one of commands) single.do(one);
      expect(together.world).toEqual(single.world);
      expect(together.decisions.flatMap((d) => d.movements)).toEqual(single.decisions.flatMap((d) => d.movements));
      expect(together.last.outcomes).toEqual(single.decisions.flatMap((d) => d.outcomes));
    }),
  );
});
