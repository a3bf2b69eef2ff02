import { describe, expect, test } from "@jest/globals";
import { Shelf } from "../../src/replay/shelf.js";

function shelfWith(quantity: number): Shelf {
  const shelf = new Shelf();
  shelf.put("LEEDS", [{ sku: "A", quantity }]);
  return shelf;
}

describe("the shelf", () => {
  test("hands out all lines or none, lines of one SKU counted together", () => {
    const shelf = shelfWith(100);
    const line = { sku: "A", quantity: 60 };
    expect(shelf.take("LEEDS", [line, line])).toBe(false);
    expect(shelf.take("LEEDS", [line])).toBe(true);
    expect(shelf.take("LEEDS", [line])).toBe(false);
  });

  test("a write-off waits for pieces on their way out, and sees only what is left", async () => {
    const shelf = shelfWith(10);
    const picked = [{ sku: "A", quantity: 7 }];
    expect(shelf.take("LEEDS", picked)).toBe(true);
    const events: string[] = [];
    const writeOff = shelf.whileStill("LEEDS", "A", async (onShelf) => {
      events.push(`${onShelf} on the shelf`);
    });
    await new Promise((resolve) => setImmediate(resolve));
    events.push("shipped");
    shelf.handedOver("LEEDS", picked);
    await writeOff;
    expect(events).toEqual(["shipped", "3 on the shelf"]);
  });

  test("nothing is handed out while a write-off of the SKU is under way", async () => {
    const shelf = shelfWith(10);
    await shelf.whileStill("LEEDS", "A", async () => {
      expect(shelf.take("LEEDS", [{ sku: "A", quantity: 1 }])).toBe(false);
    });
    expect(shelf.take("LEEDS", [{ sku: "A", quantity: 1 }])).toBe(true);
  });
});
