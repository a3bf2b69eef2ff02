import { describe, expect, test } from "@jest/globals";
import { MAX_SHIPMENTS_OF_A_TRANSFER } from "../../src/domain/dispatching.js";
import {
  cancel,
  create,
  dispatch,
  ID,
  lose,
  NOW,
  promise,
  promised,
  receive,
  reject,
  short,
  TransferBook,
  turnRound,
} from "./transfer-book.js";

describe("asking the source", () => {
  test("a transfer asks once per line, under a name that a repetition shares", () => {
    const book = new TransferBook();
    book.do(create([3, 4]));
    const asked = book.last.events.filter((event) => event.name === "TransferReservationRequested");
    expect(asked.map(({ value }) => value)).toMatchObject([
      { eventId: `${ID}/1/request`, quantity: 3, allowPartial: true },
      { eventId: `${ID}/2/request`, quantity: 4 },
    ]);
    expect(book.state()).toBe("REQUESTED");
    book.do(create([3, 4]));
    expect(book.outcome).toMatchObject({ outcome: "CREATED", again: true });
    expect(book.told).toEqual([]);
    book.do(create([5]));
    expect(book.refusal).toBe("TRANSFER_CONFLICT");
  });

  test("a draft asks for nothing until it is sent, once, less what was taken out of it", () => {
    const book = new TransferBook();
    book.do(create([3, 4], { draft: true }));
    expect([book.state(), book.told]).toEqual(["DRAFT", ["TransferLineChanged", "TransferLineChanged"]]);
    book.do(dispatch("s"));
    expect(book.refusal).toBe("STILL_A_DRAFT");
    book.do(cancel({ 1: null }));
    book.do({ type: "REQUEST_TRANSFER", transferId: ID });
    const asked = book.last.events.filter((event) => event.name === "TransferReservationRequested");
    expect(asked.map(({ value }) => value)).toMatchObject([{ lineId: "2", quantity: 4 }]);
    expect([book.state(), book.head().requestedAt]).toEqual(["REQUESTED", NOW]);
    book.do({ type: "REQUEST_TRANSFER", transferId: ID });
    expect(book.refusal).toBe("NOT_A_DRAFT");
  });

  test("what was taken out of a line of a draft is asked of nobody, so no answer is awaited for it", () => {
    const book = new TransferBook();
    book.do(create([10, 5], { draft: true }));
    book.do(cancel({ 1: 3, 2: null }));
    expect(book.pieces()).toMatchObject({ requested: 10, withdrawn: 3 });
    book.do({ type: "REQUEST_TRANSFER", transferId: ID });
    expect(book.pieces()).toMatchObject({ requested: 7, withdrawn: 0 });
    book.do(promise(4));
    book.do(reject(3));
    expect(book.pieces()).toMatchObject({ reserved: 4, rejected: 3, withdrawn: 0 });
    expect(book.state()).toBe("RESERVED");
    book.do(dispatch("s"));
    book.do(receive("a"));
    expect([book.state(), book.head().closedAt]).toEqual(["CLOSED", NOW]);
  });

  test("a draft called off is never sent", () => {
    const book = new TransferBook();
    book.do(create([3], { draft: true }));
    book.do(cancel());
    expect([book.state(), book.head().closedAt]).toEqual(["CANCELLED", NOW]);
    book.do({ type: "REQUEST_TRANSFER", transferId: ID });
    expect(book.refusal).toBe("NOT_A_DRAFT");
  });

  test("reserved once every line is answered, whole or in part; rejected when nothing is promised", () => {
    const book = new TransferBook();
    book.do(create([10, 5]));
    book.do(promise(6));
    expect(book.state()).toBe("REQUESTED");
    book.do(reject(4));
    book.do(reject(5, "2"));
    expect(book.state()).toBe("RESERVED");
    expect(book.pieces()).toMatchObject({ reserved: 6, rejected: 4 });
    const none = new TransferBook();
    none.do(create([10]));
    none.do(reject(10));
    expect([none.state(), none.head().closedAt]).toEqual(["REJECTED", NOW]);
  });

  test("what is promised beyond what was asked for, to an unknown line or to none of ours is given back at once", () => {
    const book = promised(10);
    book.do(promise(2));
    expect(book.movements).toEqual(["TRANSFER_CANCEL: WUHAN transferReserved-2, WUHAN sellable+2"]);
    book.do(promise(3, { lineId: "9" }), promise(4, { transferId: "nobody's" }), promise(5, { sku: "OTHER" }));
    expect(book.movements).toHaveLength(3);
    expect(book.bucket("WUHAN", "transferReserved")).toBe(10);
    expect(book.pieces()).toMatchObject({ reserved: 10, cancelled: 0 });
  });
});

describe("leaving", () => {
  test("in several shipments, each once for ever under its name", () => {
    const book = promised(10);
    book.do(dispatch("truck-1", { 1: 4 }));
    expect(book.movements).toEqual(["TRANSFER_DISPATCH: WUHAN total-4, WUHAN inTransit+4"]);
    book.do(dispatch("truck-1", { 1: 4 }));
    expect([book.outcome, book.movements]).toMatchObject([{ outcome: "CHANGED", again: true }, []]);
    book.do(dispatch("truck-1", { 1: 5 }));
    expect(book.refusal).toBe("SHIPMENT_CONFLICT");
    book.do(dispatch("truck-2"));
    expect(book.underWay()).toEqual([
      ["truck-1", 4],
      ["truck-2", 6],
    ]);
  });

  test("no more than is promised and still there, nothing unknown, nothing without a promise", () => {
    const book = promised(10);
    book.do(dispatch("a", { 1: 11 }));
    expect(book.refusal).toBe("MORE_THAN_RESERVED");
    book.do(dispatch("b", { 9: 1 }));
    expect(book.refusal).toBe("UNKNOWN_LINE");
    book.do(short({ 1: 10 }));
    expect(book.movements).toEqual(["TRANSFER_SHORT: WUHAN transferReserved-10, WUHAN total-10"]);
    expect(book.state()).toBe("CLOSED");
    book.do(dispatch("c"));
    expect(book.refusal).toBe("NOTHING_RESERVED");
    book.do(dispatch("d", null, { transferId: "nobody's" }));
    expect(book.refusal).toBe("UNKNOWN_TRANSFER");
  });

  test("in no more shipments than can be looked through", () => {
    const book = promised(MAX_SHIPMENTS_OF_A_TRANSFER + 1);
    book.do(...Array.from({ length: MAX_SHIPMENTS_OF_A_TRANSFER }, (_, n) => dispatch(`truck-${n + 1}`, { 1: 1 })));
    book.do(dispatch("one too many", { 1: 1 }));
    expect([book.refusal, book.pieces().dispatched]).toEqual(["TOO_MANY_SHIPMENTS", MAX_SHIPMENTS_OF_A_TRANSFER]);
    book.do(dispatch("truck-1", { 1: 1 }));
    expect(book.outcome).toMatchObject({ outcome: "CHANGED", again: true });
  });

  test("found damaged before they left, pieces become unsellable at the source", () => {
    const book = promised(10);
    book.do(short({ 1: 3 }, "DAMAGED"));
    expect(book.movements).toEqual(["TRANSFER_DAMAGE: WUHAN transferReserved-3, WUHAN unsellable+3"]);
    book.do(short({ 1: 8 }));
    expect(book.refusal).toBe("MORE_THAN_RESERVED");
  });
});

describe("arriving", () => {
  test("sellable, damaged and lost in one arrival, once for ever under its name", () => {
    const book = promised(10);
    book.do(dispatch("s"));
    const arrival = receive("a", { 1: { sellable: 5, damaged: 2, lost: 1 } });
    book.do(arrival);
    expect(book.movements).toEqual([
      "TRANSFER_RECEIVE: WUHAN transferReserved-5, WUHAN inTransit-5, BEIJING total+5, BEIJING sellable+5",
      "TRANSFER_RECEIVE: WUHAN transferReserved-2, WUHAN inTransit-2, BEIJING total+2, BEIJING unsellable+2",
      "TRANSFER_LOSS: WUHAN transferReserved-1, WUHAN inTransit-1",
    ]);
    book.do(arrival);
    expect([book.outcome, book.movements]).toMatchObject([{ again: true }, []]);
    book.do(receive("a", { 1: { sellable: 1 } }));
    expect(book.refusal).toBe("ARRIVAL_CONFLICT");
    book.do(receive("b"));
    expect([book.state(), book.head().closedAt]).toEqual(["CLOSED", NOW]);
    book.do(receive("c"));
    expect(book.refusal).toBe("NOTHING_UNDER_WAY");
  });

  test("counts for the shipment that it names, else for the oldest", () => {
    const book = promised(10);
    book.do(dispatch("old", { 1: 4 }));
    book.wait(1);
    book.do(dispatch("new", { 1: 6 }));
    book.do(receive("a", { 1: { sellable: 2 } }));
    expect(book.underWay()).toEqual([
      ["old", 2],
      ["new", 6],
    ]);
    book.do(receive("b", { 1: { sellable: 7 } }, { shipmentId: "new" }));
    expect(book.underWay()).toEqual([["old", 1]]);
    expect([book.shipment("old").open, book.shipment("new").open]).toEqual([1, 0]);
    book.do(receive("c", { 1: { sellable: 1 } }, { shipmentId: "none" }));
    expect(book.refusal).toBe("UNKNOWN_SHIPMENT");
  });

  test("beyond what is under way it is a receipt where it arrived, sellable before damaged", () => {
    const book = promised(5);
    book.do(dispatch("s"));
    book.do(receive("a", { 1: { sellable: 4, damaged: 3 } }));
    const [surplus] = book.last.events.filter((event) => event.name === "TransferSurplusArrived");
    expect(surplus?.value).toMatchObject({ arrivalId: "a", location: "BEIJING", quantity: 2, unsellable: 2 });
    expect(book.pieces()).toMatchObject({ received: 5, damaged: 1, surplus: 2 });
  });

  test("told by two clerks under no name it is not taken for more goods: only a name tells another arrival from the same", () => {
    const unnamed = (key: string, sellable: number) => receive(key, { 1: { sellable } }, { named: false });
    const part = promised(10);
    part.do(dispatch("s"));
    part.do(unnamed("clerk-1", 6));
    part.do(unnamed("clerk-2", 6));
    expect([part.refusal, part.pieces().received, part.told]).toEqual(["ARRIVAL_WITHOUT_NAME", 6, []]);
    part.do(unnamed("clerk-2", 4));
    expect(part.state()).toBe("CLOSED");
    part.do(receive("dock-9", { 1: { sellable: 6 } }));
    expect(part.pieces().surplus).toBe(6);
    const more = promised(10);
    more.do(dispatch("s"));
    more.do(unnamed("clerk-1", 12));
    expect(more.pieces()).toMatchObject({ received: 10, surplus: 2 });
    more.do(unnamed("clerk-2", 12));
    expect(more.refusal).toBe("ARRIVAL_WITHOUT_NAME");
  });

  test("found again after a loss it is a receipt, and nothing can be lost twice", () => {
    const book = promised(5);
    book.do(dispatch("s"));
    book.do(lose({ 1: 5 }));
    expect(book.state()).toBe("CLOSED");
    book.do(lose({ 1: 1 }));
    expect(book.refusal).toBe("MORE_THAN_UNDER_WAY");
    book.do(lose());
    expect(book.refusal).toBe("NOTHING_UNDER_WAY");
    book.do(receive("a", { 1: { sellable: 5 } }));
    expect([book.movements, book.told.includes("TransferSurplusArrived")]).toEqual([[], true]);
  });

  test("before any of it has left, an arrival is told to wait for the dispatch; after it was called off, it is a receipt", () => {
    const book = promised(5);
    book.do(receive("a", { 1: { sellable: 5 } }));
    expect(book.refusal).toBe("NOTHING_DISPATCHED");
    book.do(cancel());
    book.do(receive("a", { 1: { sellable: 5 } }));
    expect(book.told).toContain("TransferSurplusArrived");
    book.do(receive("b", { 1: { sellable: 1 } }, { location: "SHANGHAI" }));
    expect(book.refusal).toBe("WRONG_LOCATION");
  });

  test("of a line that has not left while others have, an arrival waits for its dispatch: it is no receipt on top of what will leave", () => {
    const book = new TransferBook();
    book.do(create([5, 4, 3]));
    book.do(promise(5), promise(4, { lineId: "2" }), reject(3, "3"));
    book.do(dispatch("s", { 1: 5 }));
    book.do(receive("a", { 1: { sellable: 5 }, 2: { sellable: 4 } }));
    expect([book.refusal, book.told]).toEqual(["NOTHING_DISPATCHED", []]);
    expect(book.outcome).toMatchObject({ errors: [{ field: "lines[1].lineId" }] });
    book.do(dispatch("told late", { 2: 4 }));
    // What the source refused can leave no more: if it came all the same, it is a receipt.
    book.do(receive("a", { 1: { sellable: 5 }, 2: { sellable: 4 }, 3: { sellable: 1 } }));
    expect([book.state(), book.pieces("2").surplus, book.pieces("3").surplus]).toEqual(["CLOSED", 0, 1]);
  });

  test("an arrival that names its shipment gives up no pieces of another truck", () => {
    const book = promised(10);
    book.do(dispatch("a", { 1: 5 }));
    book.do(dispatch("b", { 1: 5 }));
    book.do(receive("x", { 1: { sellable: 4, lost: 2 } }, { shipmentId: "b" }));
    expect(book.refusal).toBe("MORE_THAN_UNDER_WAY");
    book.do(receive("x", { 1: { sellable: 4, lost: 1 } }, { shipmentId: "b" }));
    expect(book.underWay()).toEqual([["a", 5]]);
  });

  test("the shipment that loses pieces is the named one, and no other truck loses any for it", () => {
    const book = promised(10);
    book.do(dispatch("a", { 1: 5 }));
    book.do(dispatch("b", { 1: 5 }));
    book.do(lose({ 1: 6 }, "b"));
    expect(book.refusal).toBe("MORE_THAN_UNDER_WAY");
    book.do(lose({ 1: 2 }, "b"));
    expect(book.underWay()).toEqual([
      ["a", 5],
      ["b", 3],
    ]);
    book.do(lose(null, "b"));
    expect(book.underWay()).toEqual([["a", 5]]);
  });
});

describe("calling off", () => {
  test("gives back what has not left, and what the source promises only later", () => {
    const book = new TransferBook();
    book.do(create([10]));
    book.do(promise(4));
    book.do(cancel());
    expect(book.movements).toEqual(["TRANSFER_CANCEL: WUHAN transferReserved-4, WUHAN sellable+4"]);
    expect(book.state()).toBe("CANCELLED");
    book.do(promise(6));
    expect(book.movements).toEqual(["TRANSFER_CANCEL: WUHAN transferReserved-6, WUHAN sellable+6"]);
    expect(book.pieces()).toMatchObject({ reserved: 10, cancelled: 10, withdrawn: 0 });
    book.do(cancel());
    expect(book.refusal).toBe("NOTHING_TO_CALL_OFF");
  });

  test("takes lines or pieces of them, never what has left", () => {
    const book = new TransferBook();
    book.do(create([10, 10]));
    book.do(promise(10), promise(10, { lineId: "2" }));
    book.do(dispatch("s", { 1: 6 }));
    book.do(cancel({ 1: 5 }));
    expect(book.refusal).toBe("MORE_THAN_OPEN");
    book.do(cancel({ 1: null, 2: 3 }));
    expect([book.pieces("1").cancelled, book.pieces("2").cancelled]).toEqual([4, 3]);
    expect(book.state()).toBe("DISPATCHED");
  });

  test("after a part has left, the rest is given back and what is under way is expected at the source", () => {
    const book = promised(10);
    book.do(dispatch("s", { 1: 6 }));
    book.do(cancel());
    expect([book.state(), book.pieces().cancelled]).toEqual(["RETURNING", 4]);
    book.do(dispatch("t"));
    expect(book.refusal).toBe("CALLED_BACK");
    book.do(receive("a", { 1: { sellable: 6 } }));
    expect(book.movements).toEqual([
      "TRANSFER_RECEIVE: WUHAN transferReserved-6, WUHAN inTransit-6, WUHAN total+6, WUHAN sellable+6",
    ]);
    expect([book.state(), book.pieces().returned]).toEqual(["CLOSED", 6]);
  });

  test("a return turns round what is under way; goods that arrive all the same are received where they are", () => {
    const book = promised(10);
    book.do(turnRound);
    expect(book.refusal).toBe("NOTHING_UNDER_WAY");
    book.do(dispatch("s"));
    book.do(turnRound);
    expect(book.state()).toBe("RETURNING");
    book.do(turnRound);
    expect(book.refusal).toBe("NOTHING_UNDER_WAY");
    book.do(receive("a", { 1: { sellable: 4 } }, { location: "BEIJING" }));
    expect([book.bucket("BEIJING", "total"), book.pieces().returned]).toEqual([4, 0]);
  });
});
