import { describe, expect, test } from "@jest/globals";
import { type Account, MOVEMENT_KINDS, type MovementKindDefinition, recorderOf } from "../src/index.js";

/** The catalogue once more, by hand and for q = 1: a swap that keeps the identity (RESERVE for RELEASE) shows here. */
const DESIGN: readonly (readonly [kind: string, variant: string, recorder: string | undefined, legs: string])[] = [
  ["RECEIPT", "sellable", "warehouse", "at total+ at sellable+"],
  ["RECEIPT", "unsellable", "warehouse", "at total+ at unsellable+"],
  ["RESERVE", "only", "order-reservation", "at sellable- at orderReserved+"],
  ["RELEASE", "only", "order-reservation", "at sellable+ at orderReserved-"],
  ["SHIP", "only", "warehouse", "at total- at orderReserved-"],
  ["PICK_SHORT", "only", "warehouse", "at total- at orderReserved-"],
  ["PICK_DAMAGE", "only", "warehouse", "at orderReserved- at unsellable+"],
  ["RETURN", "sellable", "warehouse", "at total+ at sellable+"],
  ["RETURN", "unsellable", "warehouse", "at total+ at unsellable+"],
  ["DAMAGE", "only", "warehouse", "at sellable- at unsellable+"],
  ["RESTORE", "only", "warehouse", "at sellable+ at unsellable-"],
  ["DISPOSE", "only", "warehouse", "at total- at unsellable-"],
  ["COUNT_ADJUST", "sellable", "warehouse", "at total+ at sellable+"],
  ["COUNT_ADJUST", "unsellable", "warehouse", "at total+ at unsellable+"],
  ["LOCK", "only", "order-reservation", "at sellable- at locked+"],
  ["UNLOCK", "only", "order-reservation", "at sellable+ at locked-"],
  ["TRANSFER_RESERVE", "only", "order-reservation", "source sellable- source transferReserved+"],
  ["TRANSFER_CANCEL", "only", "transfer", "source transferReserved- source sellable+"],
  ["TRANSFER_SHORT", "only", "transfer", "source transferReserved- source total-"],
  ["TRANSFER_DAMAGE", "only", "transfer", "source transferReserved- source unsellable+"],
  ["TRANSFER_DISPATCH", "only", "transfer", "source total- source inTransit+"],
  [
    "TRANSFER_RECEIVE",
    "sellable",
    "transfer",
    "source transferReserved- source inTransit- destination total+ destination sellable+",
  ],
  [
    "TRANSFER_RECEIVE",
    "unsellable",
    "transfer",
    "source transferReserved- source inTransit- destination total+ destination unsellable+",
  ],
  ["TRANSFER_LOSS", "only", "transfer", "source transferReserved- source inTransit-"],
  ["VIRTUAL_ADJUST", "only", "supplier-sync", "supplier virtual+ supplier sellable+"],
  ["DROPSHIP_SHIP", "only", "supplier-sync", "supplier virtual- supplier orderReserved-"],
  ["DROPSHIP_SHORT", "only", "supplier-sync", "supplier virtual- supplier orderReserved-"],
  [
    "SUPPLIER_INBOUND",
    "only",
    "supplier-sync",
    "supplier virtual- supplier sellable- warehouse total+ warehouse sellable+",
  ],
  ["VOID", "only", undefined, ""],
];

function written(variant: MovementKindDefinition["variants"][string]): string {
  return Object.entries(variant)
    .flatMap(([role, signs]) =>
      Object.entries(signs as { [A in Account]?: 1 | -1 }).map(
        ([account, sign]) => `${role} ${account}${sign > 0 ? "+" : "-"}`,
      ),
    )
    .join(" ");
}

describe("the catalogue", () => {
  test("says what the design says", () => {
    const catalogue = Object.entries<MovementKindDefinition>(MOVEMENT_KINDS).flatMap(([kind, { variants }]) =>
      Object.entries(variants).map(([variant, template]) => [kind, variant, recorderOf(kind), written(template)]),
    );
    expect(catalogue).toEqual(DESIGN);
  });

  test("never gives a supplier's location a total, so that what is sold there is what the supplier holds", () => {
    const touchesTotal = DESIGN.filter(([, , , legs]) => legs.includes("supplier total"));
    expect(touchesTotal).toEqual([]);
    for (const [kind, definition] of Object.entries<MovementKindDefinition>(MOVEMENT_KINDS)) {
      const atTotal = Object.values(definition.variants).some((variant) => variant.at?.total !== undefined);
      if (atTotal) expect([kind, definition.locationKinds?.at]).toEqual([kind, "WAREHOUSE"]);
    }
  });

  test("tells a stocktake which kinds only correct the book", () => {
    const kinds = Object.entries<MovementKindDefinition>(MOVEMENT_KINDS);
    expect(kinds.filter(([, { correctsBook }]) => correctsBook).map(([kind]) => kind)).toEqual([
      "PICK_SHORT",
      "COUNT_ADJUST",
      "TRANSFER_SHORT",
    ]);
  });
});
