import fc from "fast-check";
import {
  type Leg,
  LIMITS,
  locationKindOf,
  MOVEMENT_KINDS,
  type MovementDraft,
  type MovementKind,
  type MovementKindDefinition,
  type Role,
} from "../../src/index.js";
import { draftOf, legsOf } from "../../src/movements.js";

export type Catalogue = { readonly [K in MovementKind]: MovementKindDefinition };

export const WAREHOUSES = ["WUH", "PEK", "CAN"] as const;
export const SUPPLIERS = ["supplier:s1", "supplier:s2"] as const;
export const LOCATIONS = [...WAREHOUSES, ...SUPPLIERS];

/** Every (kind, variant) of a catalogue that moves a quantity. */
export function movingVariants(catalogue: Catalogue): { kind: MovingKind; variant: string }[] {
  return (Object.keys(catalogue) as MovementKind[]).flatMap((kind) =>
    kind === "VOID" ? [] : Object.keys(catalogue[kind].variants).map((variant) => ({ kind, variant })),
  );
}

export type MovingKind = Exclude<MovementKind, "VOID">;
type Input = Parameters<typeof draftOf>[3];

/** Any movement of one SKU: any kind, variant, places, quantity, reversed or not. */
export function anyDraft(): fc.Arbitrary<MovementDraft> {
  return fc
    .constantFrom(...movingVariants(MOVEMENT_KINDS))
    .chain(({ kind, variant }) =>
      anyInput(MOVEMENT_KINDS, kind, variant).map((input) => draftOf(kind, MOVEMENT_KINDS[kind], variant, input)),
    );
}

/** The legs as a catalogue writes them, not checked by anything. */
export function anyLegs(catalogue: Catalogue, kind: MovingKind, variant: string): fc.Arbitrary<Leg[]> {
  return anyInput(catalogue, kind, variant).map((input) =>
    legsOf(catalogue[kind].variants[variant] ?? {}, input, input.reverses === null ? input.quantity : -input.quantity),
  );
}

/** What a movement of one kind and variant may be built from. */
export function anyInput(catalogue: Catalogue, kind: MovingKind, variant: string): fc.Arbitrary<Input> {
  const definition = catalogue[kind];
  const roles = Object.keys(definition.variants[variant] ?? {}) as Role[];
  return fc
    .record({
      size: fc.oneof(fc.constantFrom(1, LIMITS.MAX_QUANTITY_PIECES), fc.integer({ min: 1, max: 1_000 })),
      negative: fc.boolean(),
      reversed: fc.boolean(),
      places: fc.tuple(...roles.map((role) => placeFor(definition, role))),
    })
    .map(({ size, negative, reversed, places }) => ({
      sku: "85123A",
      quantity: definition.signed === true && negative ? -size : size,
      reference: { type: "correction", id: "c1" },
      reverses: definition.reversible === true && reversed ? "m1" : null,
      ...Object.fromEntries(roles.map((role, index) => [role, places[index] as string])),
    }));
}

function placeFor(definition: MovementKindDefinition, role: Role): fc.Arbitrary<string> {
  const wanted = definition.locationKinds?.[role];
  return fc.constantFrom(
    ...LOCATIONS.filter((location) => wanted === undefined || locationKindOf(location) === wanted),
  );
}
