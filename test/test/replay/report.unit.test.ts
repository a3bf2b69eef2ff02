import { describe, expect, test } from "@jest/globals";
import { movementDraft, type RecordOf } from "@septet/stock-contracts";
import { OrderBook } from "../../src/replay/order-book.js";
import { type PlannedOrder, planReplay, type ReplayPlan } from "../../src/replay/plan.js";
import { makeReport, type ReplayFindings } from "../../src/replay/report.js";
import { reportText } from "../../src/replay/report-text.js";
import { Witness } from "../../src/replay/witness.js";

const LINE = {
  file: "day",
  row: 2,
  invoice: "1",
  sku: "A",
  name: "A",
  quantity: 6,
  at: 0,
  unitPriceMinor: 100,
  customerId: null,
  country: "France",
};

function receipt(quantity: number): RecordOf<"StockMovement"> {
  const reference = { type: "receipt", id: "r", line: "1" } as const;
  const draft = movementDraft("RECEIPT", "sellable", { sku: "A", at: "LEEDS", quantity, reference });
  const ids = { eventId: "e", movementId: "m", occurredAt: 0, recordedBy: "warehouse", sequence: 1 };
  return { ...draft, ...ids, reference, reverses: null, reason: null, actor: null, legs: [...draft.legs] };
}

/** One order of 6 pieces, shipped; everything as it should be. */
async function findings(
  change: (book: OrderBook, plan: ReplayPlan) => Partial<ReplayFindings>,
): Promise<ReplayFindings> {
  const plan = await planReplay([{ ok: true, line: LINE }]);
  const book = new OrderBook(plan.timeline as PlannedOrder[]);
  const lines = [{ lineId: "2", sku: "A", quantity: 6, shortQuantity: 6 }];
  const take = (name: "OrderReserved" | "FulfilmentShipped" | "OrderFulfilled") =>
    book.take(name, { orderId: "day.1", eventId: name, fulfilmentId: "day.1/1", lines }, 1);
  take("OrderReserved");
  take("FulfilmentShipped");
  take("OrderFulfilled");
  const floor = {
    returnsBooked: 0,
    returnLines: 0,
    returnPieces: 0,
    writeOffsBooked: 0,
    writeOffPieces: 0,
    writeOffsRefused: [],
    fulfilmentsShipped: 1,
  };
  return {
    plan,
    orders: [...book.orders.values()],
    floor,
    witness: new Witness(),
    audit: { lines: [], failures: [], raw: null },
    deadLetters: [{ topic: "ledger.dead-letters.v1", messages: 0 }],
    openingPieces: 12,
    openingUnreadable: [],
    openingRefused: [],
    movementsRecorded: 0,
    errors: [],
    elapsedMs: 1,
    ...change(book, plan),
  };
}

describe("a replay holds, or says why not", () => {
  test("everything shipped and agreed: no failures", async () => {
    const report = makeReport(await findings(() => ({})));
    expect(report.failures).toEqual([]);
    expect(report.pieces).toMatchObject({ ordered: 6, shipped: 6, shorted: 0, open: 0 });
    expect(reportText(report)).toContain("The replay holds");
  });

  test.each<[string, string, (book: OrderBook, plan: ReplayPlan) => Partial<ReplayFindings>]>([
    ["a lost line", "not accounted for", (_, plan) => ({ plan: { ...plan, lines: { ...plan.lines, read: 2 } } })],
    ["a lost order", "lost in planning", () => ({ orders: [] })],
    [
      "an unanswered order",
      "not settled",
      (_, plan) => ({ orders: [...new OrderBook(plan.timeline as PlannedOrder[]).orders.values()] }),
    ],
    ["a dead letter", "came to", () => ({ deadLetters: [{ topic: "ledger.dead-letters.v1", messages: 1 }] })],
    ["a service that disagrees", "drifts", () => ({ audit: { lines: [], failures: ["warehouse drifts"], raw: null } })],
    ["opening stock that was refused", "opening stock", () => ({ openingRefused: ["row 1"] })],
    ["something that went wrong on the way", "ship was answered 500", () => ({ errors: ["ship was answered 500"] })],
  ])("%s fails the run", async (_, words, change) => {
    const report = makeReport(await findings(change));
    expect(report.failures.join("\n")).toContain(words);
    expect(reportText(report)).toContain("The replay FAILS");
  });

  test("a shortage while pieces stayed sellable fails the run", async () => {
    const witness = new Witness();
    witness.take(receipt(5));
    const shorted = await findings((book) => {
      const lines = [{ lineId: "2", shortQuantity: 6 }];
      book.take("OrderShorted", { orderId: "day.1", eventId: "s", cause: "OUT_OF_STOCK", lines }, 1);
      return { witness };
    });
    expect(makeReport(shorted).failures.join("\n")).toContain("6 pieces were short while 5 stayed sellable");
  });

  test("unreadable rows are the log's fault and fail nothing", async () => {
    const row = { file: "day", row: 3, reason: "Quantity is 0" };
    const report = makeReport(await findings(() => ({ openingUnreadable: [row] })));
    expect(report.failures).toEqual([]);
    expect(reportText(report)).toContain("day row 3: Quantity is 0");
  });
});
