import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type Balance,
  type Balances,
  foldMovement,
  imbalances,
  MOVEMENT_KINDS,
  type MovementDraft,
  type MovementKindDefinition,
  recorderOf,
  SERVICES,
  sumOfBalances,
} from "../src/index.js";
import { draftOf } from "../src/movements.js";
import { anyDraft, anyInput, anyLegs, type Catalogue, type MovingKind, movingVariants } from "./support/arbitraries.js";
import { plantedFaults } from "./support/planted-faults.js";

const NOTHING: Balances = new Map();

function fold(movements: readonly MovementDraft[]): Balances {
  return movements.reduce<Balances>(foldMovement, NOTHING);
}

/** The identity as the design writes it; by itself, so that a fault in the checks of `src` cannot hide here. */
function holds(b: Balance): boolean {
  const { total, sellable, orderReserved, unsellable, locked, transferReserved, inTransit, virtual } = b;
  return total === sellable + orderReserved + unsellable + locked + transferReserved - inTransit - virtual;
}

/** The property that every kind of a catalogue must have. */
function keepsTheIdentity(catalogue: Catalogue, kind: MovingKind, variant: string) {
  return fc.property(anyLegs(catalogue, kind, variant), (legs) =>
    [...foldMovement(NOTHING, { legs }).values()].every(holds),
  );
}

describe("the movement catalogue", () => {
  test.each(movingVariants(MOVEMENT_KINDS))(
    "$kind ($variant) keeps the identity at every location it touches",
    ({ kind, variant }) => {
      fc.assert(keepsTheIdentity(MOVEMENT_KINDS, kind, variant));
    },
  );

  test("any sequence of movements folds to a state where the identity holds at every location, at every prefix", () => {
    fc.assert(
      fc.property(fc.array(anyDraft(), { maxLength: 60 }), (movements) => {
        let balances = NOTHING;
        for (const movement of movements) {
          balances = foldMovement(balances, movement);
          for (const balance of balances.values()) expect(holds(balance)).toBe(true);
          expect(holds(sumOfBalances(balances.values()))).toBe(true);
        }
      }),
    );
  });

  test("movements in another order fold to the same balances", () => {
    const inAnyOrder = fc
      .array(anyDraft(), { maxLength: 40 })
      .chain((movements) =>
        fc.tuple(fc.constant(movements), fc.shuffledSubarray(movements, { minLength: movements.length })),
      );
    fc.assert(
      fc.property(inAnyOrder, ([movements, shuffled]) => {
        expect(new Map([...fold(shuffled)].sort())).toEqual(new Map([...fold(movements)].sort()));
      }),
    );
  });

  test("a movement and its reversal leave nothing behind", () => {
    const reversible = movingVariants(MOVEMENT_KINDS).filter(({ kind }) => {
      const definition: MovementKindDefinition = MOVEMENT_KINDS[kind];
      return definition.reversible === true;
    });
    expect([...new Set(reversible.map(({ kind }) => kind))].sort()).toEqual(
      ["DISPOSE", "PICK_DAMAGE", "PICK_SHORT", "RECEIPT", "RETURN", "SHIP"].sort(),
    );
    for (const { kind, variant } of reversible) {
      const [input] = fc.sample(anyInput(MOVEMENT_KINDS, kind, variant), 1) as [Parameters<typeof draftOf>[3]];
      const made = draftOf(kind, MOVEMENT_KINDS[kind], variant, { ...input, reverses: null });
      const undone = draftOf(kind, MOVEMENT_KINDS[kind], variant, { ...input, reverses: "m1" });
      expect(undone.reverses).toBe("m1");
      for (const balance of fold([made, undone]).values())
        expect(new Set(Object.values(balance))).toEqual(new Set([0]));
    }
  });

  test("every kind is recorded by a service, and a VOID by whoever lost the movement", () => {
    const recorders = Object.keys(MOVEMENT_KINDS)
      .filter((kind) => kind !== "VOID")
      .map(recorderOf);
    for (const recorder of recorders) expect(SERVICES).toContain(recorder);
    expect(recorderOf("VOID")).toBeUndefined();
    expect(recorderOf("TELEPORT")).toBeUndefined();
  });

  test("all variants of a kind touch the same places, so that its input does not depend on the variant", () => {
    for (const definition of Object.values<MovementKindDefinition>(MOVEMENT_KINDS)) {
      const places = Object.values(definition.variants).map((template) => Object.keys(template).join());
      expect(new Set(places).size).toBe(1);
      if (places.length === 1) expect(Object.keys(definition.variants)).toEqual(["only"]);
    }
  });
});

describe("a planted fault in the catalogue", () => {
  const faults = plantedFaults();

  test("is planted in every leg of every kind", () => {
    expect(faults.length).toBeGreaterThan(180);
    expect(new Set(faults.map(({ kind }) => kind)).size).toBe(Object.keys(MOVEMENT_KINDS).length - 1);
  });

  test("makes the property fail, whichever leg it is in", () => {
    const unseen = faults.filter(
      ({ kind, variant, catalogue }) => !fc.check(keepsTheIdentity(catalogue, kind, variant), { numRuns: 20 }).failed,
    );
    expect(unseen.map(({ what }) => what)).toEqual([]);
  });

  test("cannot be built into a movement: the constructor names the location and the difference", () => {
    for (const { kind, variant, catalogue } of faults) {
      const build = (input: Parameters<typeof draftOf>[3]) => draftOf(kind, catalogue[kind], variant, input);
      for (const input of fc.sample(anyInput(catalogue, kind, variant), 3)) {
        expect(() => build(input)).toThrow(/breaks the identity at \S+ by -?\d+/);
      }
    }
  });

  test("that cancels out between two locations is still two faults", () => {
    const legs = [
      { location: "WUH", bucket: "total", delta: -5 },
      { location: "PEK", bucket: "total", delta: 5 },
    ];
    expect(imbalances(legs)).toEqual([
      { location: "PEK", difference: 5 },
      { location: "WUH", difference: -5 },
    ]);
  });
});
