import { beforeEach, describe, expect, test } from "@jest/globals";
import { cancel, Floor, pick, receive, request, ship, short, takeBack } from "./floor.js";

/** Line 1 of the order is two bundles, each of a pair of socks and a cap. */
const PARTS = [
  { lineId: "1", sku: "SOCKS", quantity: 4 },
  { lineId: "1", sku: "CAP", quantity: 2 },
];
const wanted = { ...request({}), lines: PARTS };
const pieces = (sku: string, quantity: number) => ({ lineId: "1", sku, quantity });

let floor: Floor;
beforeEach(() => {
  floor = new Floor();
  floor.do(receive("r1", { sku: "SOCKS", quantity: 100 }, { sku: "CAP", quantity: 50 }));
  floor.do(wanted);
  floor.do(pick);
});
const lines = () => floor.fulfilment().lines;

describe("a line that is a bundle", () => {
  test("goes out whole, each part in a movement of its own", () => {
    floor.do(ship());
    expect(floor.movements).toEqual(["SHIP SOCKS: total-4 orderReserved-4", "SHIP CAP: total-2 orderReserved-2"]);
    expect(floor.fulfilment().state).toBe("SHIPPED");
  });

  test("goes out by part, and the other part stays open", () => {
    floor.do({ ...ship(), lines: [pieces("SOCKS", 3)] });
    expect(lines()).toMatchObject([
      { sku: "SOCKS", shipped: 3 },
      { sku: "CAP", shipped: 0 },
    ]);
    floor.do({ ...ship(), lines: [pieces("SOCKS", 1), pieces("CAP", 2)] });
    expect(floor.fulfilment().state).toBe("SHIPPED");
  });

  test("a clerk who does not say which part is asked to", () => {
    floor.do(ship({ 1: 1 }));
    expect(floor.outcome).toMatchObject({
      outcome: "REFUSED",
      code: "UNKNOWN_LINE",
      errors: [{ field: "lines[0].sku" }],
    });
    floor.do(short({ lineId: "1", quantity: 1, cause: "NOT_FOUND" }));
    expect(floor.outcome).toMatchObject({ outcome: "REFUSED", code: "UNKNOWN_LINE" });
    floor.do({ ...ship(), lines: [pieces("HAT", 1)] });
    expect(floor.outcome).toMatchObject({ code: "UNKNOWN_LINE", errors: [{ field: "lines[0].lineId" }] });
  });

  test("one part is not found, the other is", () => {
    floor.do(short({ ...pieces("CAP", 1), cause: "NOT_FOUND" }));
    expect(lines()).toMatchObject([{ short: 0 }, { sku: "CAP", short: 1 }]);
    floor.do({ ...ship(), lines: [pieces("CAP", 2)] });
    expect(floor.outcome).toMatchObject({ code: "MORE_THAN_OPEN" });
  });

  test("parts are given back one by one, each as far as it is open", () => {
    floor.do({ ...ship(), lines: [pieces("CAP", 2)] });
    floor.do({ ...cancel("c1", {}), lines: [pieces("SOCKS", 2), pieces("CAP", 1)] });
    expect(floor.last.events).toMatchObject([
      { name: "FulfilmentCancelled", value: { lines: [pieces("SOCKS", 2), pieces("CAP", 0)] } },
    ]);
    expect(lines()).toMatchObject([{ cancelled: 2 }, { shipped: 2, cancelled: 0 }]);
  });

  test("a shipment that is taken back leaves its own part alone", () => {
    floor.do(ship());
    floor.do(takeBack("w-4"));
    expect(floor.outcome).toMatchObject({ outcome: "REVERSED", reversed: { sku: "CAP" } });
    expect(lines()).toMatchObject([{ reversed: 0 }, { reversed: 2 }]);
  });

  test("the same request again is known, with another part it is a contradiction", () => {
    floor.do(wanted);
    expect(floor.outcome).toEqual({ outcome: "KNOWN" });
    floor.do({ ...wanted, lines: [{ ...PARTS[0]!, sku: "HAT" }, PARTS[1]!] });
    expect(floor.outcome).toMatchObject({ outcome: "CONTRADICTION" });
  });
});
