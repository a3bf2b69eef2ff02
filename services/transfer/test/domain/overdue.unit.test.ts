import { describe, expect, test } from "@jest/globals";
import { isNewlyOverdue, overdueEvent } from "../../src/domain/overdue.js";
import { cancel, dispatch, expectAt, ID, NOW, promised, receive, type TransferBook } from "./transfer-book.js";

const DUE = NOW + 1_000;
const ALERT = `TRANSFER_OVERDUE/${ID}/s`;

/** What the sweeper does: notes that the alert stands. */
function raise(book: TransferBook, shipmentId: string): void {
  const known = book.known();
  const shipment = { ...known.shipments.get(shipmentId)!, overdueSince: book.world.now };
  const shipments = new Map(known.shipments).set(shipmentId, shipment);
  book.world = { ...book.world, transfers: new Map(book.world.transfers).set(ID, { ...known, shipments }) };
}

describe("a shipment that does not arrive in time", () => {
  test("is late from its hour on, while something of it is under way, and raises one alert", () => {
    const book = promised(5, { expectedAt: DUE });
    book.do(dispatch("s"));
    const late = (now: number) => isNewlyOverdue(book.shipment("s"), now);
    expect([late(DUE - 1), late(DUE)]).toEqual([false, true]);
    expect(overdueEvent(book.head(), book.shipment("s")).value).toMatchObject({ alertId: ALERT, location: "BEIJING" });
    raise(book, "s");
    expect(late(DUE + 1)).toBe(false);
  });

  test("ends its alert with its last piece, not before", () => {
    const book = promised(5, { expectedAt: DUE });
    book.do(dispatch("s"));
    book.wait(2_000);
    raise(book, "s");
    book.do(receive("a", { 1: { sellable: 4 } }));
    expect(book.told).not.toContain("StockAlertCleared");
    book.do(receive("b", { 1: { lost: 1 } }));
    const cleared = book.last.events.filter((event) => event.name === "StockAlertCleared");
    expect(cleared.map(({ value }) => value)).toMatchObject([{ alertId: ALERT }]);
    expect(book.shipment("s").overdueSince).toBeNull();
  });

  test("moved to another hour it is no longer late, until that hour passes", () => {
    const book = promised(5, { expectedAt: DUE });
    book.do(dispatch("s"));
    book.wait(2_000);
    raise(book, "s");
    book.do(expectAt(DUE + 10_000, book.head().version));
    expect(book.told).toContain("StockAlertCleared");
    expect(isNewlyOverdue(book.shipment("s"), DUE + 9_999)).toBe(false);
    expect(isNewlyOverdue(book.shipment("s"), DUE + 10_000)).toBe(true);
    expect(book.head().expectedAt).toBe(DUE + 10_000);
  });

  test("is moved by whoever saw the transfer as it is, and alone when it is named", () => {
    const book = promised(5, { expectedAt: DUE });
    book.do(dispatch("s", { 1: 2 }));
    book.do(dispatch("t", { 1: 3 }, { expectedAt: null }));
    book.do(expectAt(DUE, book.head().version - 1));
    expect(book.refusal).toBe("STALE_VERSION");
    book.do(expectAt(DUE + 5, book.head().version, "t"));
    expect([book.shipment("s").expectedAt, book.shipment("t").expectedAt]).toEqual([DUE, DUE + 5]);
    expect(book.head().expectedAt).toBe(DUE);
    book.do(expectAt(DUE, book.head().version, "nowhere"));
    expect(book.refusal).toBe("UNKNOWN_SHIPMENT");
  });

  test("is expected at another time only while something of it is to come", () => {
    const book = promised(5, { expectedAt: DUE });
    book.do(dispatch("s", { 1: 2 }));
    book.do(receive("a", { 1: { sellable: 2 } }));
    book.do(expectAt(DUE + 5, book.head().version, "s"));
    expect([book.refusal, book.shipment("s").expectedAt]).toEqual(["NOTHING_UNDER_WAY", DUE]);
    book.do(expectAt(DUE + 5, book.head().version));
    expect(book.head().expectedAt).toBe(DUE + 5);
    book.do(cancel());
    book.do(expectAt(DUE + 9, book.head().version));
    expect([book.state(), book.refusal, book.head().expectedAt]).toEqual(["CLOSED", "NOTHING_UNDER_WAY", DUE + 5]);
  });
});
