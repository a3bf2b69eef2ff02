import { describe, expect, test } from "@jest/globals";
import { compare, type Figure, type LedgerReading, type ServiceReading } from "../../src/domain/comparison.js";
import type { Position } from "../../src/domain/position.js";

const SOCKS = "SOCKS-3";

function at(contiguous: number, ...ahead: [number, number][]): Position {
  return { contiguous, ahead };
}

function total(quantity: number, location = "WUHAN"): Figure {
  return { location, bucket: "total", quantity };
}

function warehouse(positions: Record<string, Position>, ...figures: Figure[]): ServiceReading {
  return { sku: SOCKS, positions: new Map(Object.entries(positions)), figures };
}

function ledger(positions: Record<string, Position>, ...foldWithin: Figure[]): LedgerReading {
  return { positions: new Map(Object.entries(positions)), foldWithin };
}

describe("A service's figures against the fold of the movements it has applied", () => {
  test("agree when they are the same at the same positions", () => {
    const reading = warehouse({ warehouse: at(3), "order-reservation": at(7) }, total(97));
    const fold = ledger({ warehouse: at(3), "order-reservation": at(7) }, total(97));
    expect(compare("warehouse", reading, fold)).toEqual({ kind: "AGREES", streamsBehind: 0 });
  });

  test("drift by the difference, named with place, bucket and positions", () => {
    const reading = warehouse({ warehouse: at(3) }, total(98));
    const fold = ledger({ warehouse: at(3) }, total(97));
    expect(compare("warehouse", reading, fold)).toEqual({
      kind: "DRIFTS",
      streamsBehind: 0,
      drifts: [
        {
          sku: SOCKS,
          location: "WUHAN",
          bucket: "total",
          service: 98,
          ledger: 97,
          difference: 1,
          positions: { warehouse: at(3) },
        },
      ],
    });
  });

  test("are not called a drift while the ledger has not seen all that the service applied", () => {
    const reading = warehouse({ warehouse: at(4) }, total(90));
    const fold = ledger({ warehouse: at(3) }, total(97));
    const unseen = [{ recordedBy: "warehouse", sku: SOCKS, head: 4, seen: 3 }];
    expect(compare("warehouse", reading, fold)).toEqual({ kind: "PENDING", unseen });
  });

  test("wait for a movement that is missing in the middle, though later ones are there", () => {
    const reading = warehouse({ warehouse: at(5) }, total(90));
    const fold = ledger({ warehouse: at(3, [5, 9]) }, total(97));
    expect(compare("warehouse", reading, fold).kind).toBe("PENDING");
  });

  test("count the streams in which the service is behind, and are judged all the same", () => {
    const reading = warehouse({ warehouse: at(3) }, total(97));
    const fold = ledger({ warehouse: at(9), "order-reservation": at(2) }, total(97));
    expect(compare("warehouse", reading, fold)).toEqual({ kind: "AGREES", streamsBehind: 2 });
  });

  test("count as 0 where one side names no figure", () => {
    const reading = warehouse({ warehouse: at(3) }, total(5, "BEIJING"));
    const fold = ledger({ warehouse: at(3) }, total(5, "WUHAN"));
    const drifts = compare("warehouse", reading, fold);
    expect(drifts.kind === "DRIFTS" && drifts.drifts.map((d) => [d.location, d.service, d.ledger])).toEqual([
      ["BEIJING", 5, 0],
      ["WUHAN", 0, 5],
    ]);
  });

  test("leave out the movements beyond the service's positions, which come with the opposite sign", () => {
    const reading = warehouse({ warehouse: at(3) }, total(100));
    const fold = ledger({ warehouse: at(4) }, total(97), total(3));
    expect(compare("warehouse", reading, fold)).toEqual({ kind: "AGREES", streamsBehind: 1 });
  });

  test("are judged for the service's own buckets only", () => {
    const reading = warehouse({ warehouse: at(3) }, total(97), { location: "WUHAN", bucket: "sellable", quantity: 1 });
    const fold = ledger({ warehouse: at(3) }, total(97));
    expect(compare("warehouse", reading, fold)).toEqual({ kind: "AGREES", streamsBehind: 0 });
  });
});
