import type { Account } from "./buckets.js";
import type { ReferenceType } from "./closed-lists.js";
import { imbalances, type Leg } from "./identity.js";
import { LIMITS } from "./limits.js";
import { locationKindOf } from "./locations.js";
import {
  isMovementKind,
  type LegsTemplate,
  MOVEMENT_KINDS,
  type MovementKind,
  type MovementKindDefinition,
  type PlacesOf,
  type Role,
} from "./movement-kinds.js";

/** The document and line that a movement belongs to. */
export interface Reference {
  readonly type: ReferenceType;
  readonly id: string;
  readonly line: string | null;
}

/** A movement before its recorder gives it an id, a sequence and a time. Balanced by construction. */
export interface MovementDraft {
  readonly sku: string;
  readonly kind: MovementKind;
  readonly reference: Reference;
  readonly reverses: string | null;
  readonly reason: string | null;
  readonly actor: string | null;
  readonly legs: readonly Leg[];
}

interface About {
  readonly sku: string;
  readonly reference: { readonly type: ReferenceType; readonly id: string; readonly line?: string | null | undefined };
  readonly reason?: string | null | undefined;
  readonly actor?: string | null | undefined;
}

/** Kinds that move a quantity: all but VOID, which has {@link voidDraft}. */
export type MovingKind = Exclude<MovementKind, "VOID">;

type Places = { readonly [R in Role]?: string };

/** What a movement of kind K is built from: its locations by role, and what it is about. */
export type MovementInput<K extends MovingKind> = About &
  PlacesOf<K> & {
    /** Whole pieces, 1 to 1,000,000; below 0 for the signed kinds (COUNT_ADJUST, VIRTUAL_ADJUST) only. */
    readonly quantity: number;
    /** movementId of the movement that this one undoes, with the same kind, variant, places and quantity. */
    readonly reverses?: string | null | undefined;
  };

type VariantNames<K extends MovingKind> = keyof (typeof MOVEMENT_KINDS)[K]["variants"] & string;

/** The variants of a kind; `undefined` will do where there is only one. */
export type VariantOf<K extends MovingKind> =
  "only" extends VariantNames<K> ? VariantNames<K> | undefined : VariantNames<K>;

/**
 * The only way to build a movement. Throws a RangeError (a bug of the caller, since input is checked before) when
 * the quantity is not whole or out of bounds, a place is missing or of the wrong kind, a kind that cannot be
 * reversed is, or the legs are not balanced.
 */
export function movementDraft<K extends MovingKind>(
  kind: K,
  variant: VariantOf<K>,
  input: MovementInput<K>,
): MovementDraft {
  return draftOf(kind, MOVEMENT_KINDS[kind], variant ?? "only", input as MovementInput<MovingKind> & Places);
}

/** A VOID: closes the sequence of a movement of which no copy is left; it has no legs. */
export function voidDraft(about: About): MovementDraft {
  return { ...aboutOf("VOID", about), reverses: null, legs: [] };
}

/** A draft by a definition that need not be the catalogue's, so that tests can plant a faulty one. */
export function draftOf(
  kind: MovingKind,
  definition: MovementKindDefinition,
  variant: string,
  input: MovementInput<never> & Places,
): MovementDraft {
  const template = definition.variants[variant];
  if (template === undefined) {
    throw new RangeError(`${kind} has no variant "${variant}": use ${Object.keys(definition.variants).join(" or ")}`);
  }
  const reverses = input.reverses ?? null;
  if (reverses !== null && definition.reversible !== true) {
    throw new RangeError(`${kind} cannot be reversed: record its opposite kind`);
  }
  checkQuantity(kind, definition, input.quantity);
  checkPlaces(kind, definition, template, input);
  const legs = legsOf(template, input, reverses === null ? input.quantity : -input.quantity);
  return assertBalanced({ ...aboutOf(kind, input), reverses, legs });
}

/** The legs that a template makes for a signed quantity, unchecked. The roles that it uses must have a location. */
export function legsOf(template: LegsTemplate, places: Places, quantity: number): Leg[] {
  const legs: Leg[] = [];
  for (const role of Object.keys(template) as Role[]) {
    const location = places[role] as string;
    const signs = template[role] as { readonly [A in Account]?: 1 | -1 };
    for (const bucket of Object.keys(signs) as Account[]) {
      legs.push({ location, bucket, delta: (signs[bucket] as number) * quantity });
    }
  }
  return legs;
}

function aboutOf(kind: MovementKind, { sku, reference, reason, actor }: About) {
  if (sku === "" || sku !== sku.trim() || sku.length > LIMITS.MAX_SKU_CHARS) {
    throw new RangeError(`${kind} needs a trimmed SKU of 1 to ${LIMITS.MAX_SKU_CHARS} characters, not "${sku}"`);
  }
  if (reference.id === "" || reference.id.length > LIMITS.MAX_DERIVED_ID_CHARS) {
    throw new RangeError(`${kind} of ${sku} needs a reference id of 1 to ${LIMITS.MAX_DERIVED_ID_CHARS} characters`);
  }
  return {
    sku,
    kind,
    reference: { type: reference.type, id: reference.id, line: reference.line ?? null },
    reason: reason ?? null,
    actor: actor ?? null,
  };
}

function checkQuantity(kind: MovingKind, definition: MovementKindDefinition, quantity: number): void {
  const size = definition.signed === true ? Math.abs(quantity) : quantity;
  if (!Number.isInteger(quantity) || size < 1 || size > LIMITS.MAX_QUANTITY_PIECES) {
    throw new RangeError(`${kind} needs a whole quantity from 1 to ${LIMITS.MAX_QUANTITY_PIECES}, not ${quantity}`);
  }
}

function checkPlaces(
  kind: MovingKind,
  definition: MovementKindDefinition,
  template: LegsTemplate,
  places: Places,
): void {
  for (const role of Object.keys(template) as Role[]) {
    const location = places[role];
    if (location === undefined || location === "") throw new RangeError(`${kind} needs the location "${role}"`);
    const wanted = definition.locationKinds?.[role];
    if (wanted !== undefined && locationKindOf(location) !== wanted) {
      throw new RangeError(`${kind} needs a ${wanted.toLowerCase()} as ${role}, not ${location}`);
    }
  }
}

function assertBalanced(draft: MovementDraft): MovementDraft {
  const faults = imbalances(draft.legs);
  if (faults.length > 0) {
    const where = faults.map(({ location, difference }) => `${location} by ${difference}`).join(", ");
    throw new RangeError(`${draft.kind} of ${draft.sku} breaks the identity at ${where}`);
  }
  return draft;
}

/** Who records a kind; undefined for VOID (any recorder) and for kinds this catalogue does not know. */
export function recorderOf(kind: string): string | undefined {
  const recorder = isMovementKind(kind) ? MOVEMENT_KINDS[kind].recordedBy : undefined;
  return recorder === "its recorder" ? undefined : recorder;
}
