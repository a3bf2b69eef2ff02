import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { FloorSystem, problemOf } from "./floor-system.js";

let floor: FloorSystem;
beforeAll(async () => {
  floor = await FloorSystem.start();
});
afterAll(() => floor.stop());

/** Nothing told of where the pieces lie or what they belong to. */
const NOWHERE = { area: null, inbound: null, claim: null };

describe("warehouses", () => {
  test("a warehouse is told to the others with each change, counted up, and not when nothing changes", async () => {
    const clerk = floor.clerk();
    const first = await clerk.put("/v1/warehouses/CHENGDU", { name: "Chengdu", region: "west" });
    expect([first.status, first.body]).toEqual([
      201,
      { code: "CHENGDU", name: "Chengdu", region: "west", active: true, version: 1 },
    ]);
    expect((await clerk.put("/v1/warehouses/CHENGDU", { name: "Chengdu", region: "west" })).status).toBe(200);
    const second = await clerk.put("/v1/warehouses/CHENGDU", { name: "Chengdu", region: "west", active: false });
    expect([second.status, second.body.version]).toEqual([200, 2]);
    await floor.quiet();
    const told = (await floor.told("LocationDefined")).filter((record) => record.location === "CHENGDU");
    expect(told.map(({ kind, active, version }) => ({ kind, active, version }))).toEqual([
      { kind: "WAREHOUSE", active: true, version: 1 },
      { kind: "WAREHOUSE", active: false, version: 2 },
    ]);
    expect((await clerk.get("/v1/warehouses/CHENGDU")).body.version).toBe(2);
    expect((await clerk.get("/v1/warehouses?limit=1")).body).toMatchObject({ items: [{ code: "BEIJING" }] });
  });

  test("two who define a warehouse at once get one warehouse", async () => {
    const clerk = floor.clerk();
    const answers = await Promise.all(["a", "b", "a"].map((name) => clerk.put("/v1/warehouses/XIAN", { name })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 201]);
  });

  test("a code that would be taken for a supplier is refused, an unknown one is not found", async () => {
    expect((await floor.clerk().put("/v1/warehouses/supplier:acme", { name: "x" })).status).toBe(400);
    expect((await floor.clerk().get("/v1/warehouses/NOWHERE")).status).toBe(404);
  });
});

describe("receipts", () => {
  const receipt = {
    location: "WUHAN",
    reference: "PO-1",
    lines: [{ sku: "SOCKS", quantity: 100, unsellableQuantity: 4 }],
  };

  test("a receipt is counted and its movements are published, under whatever key it is told again", async () => {
    const clerk = floor.clerk();
    const first = await clerk.post("/v1/receipts", receipt, { idempotencyKey: "k1" });
    expect(first.status).toBe(201);
    const sameKey = await clerk.post("/v1/receipts", receipt, { idempotencyKey: "k1" });
    expect([sameKey.status, sameKey.body]).toEqual([201, first.body]);
    const otherKey = await clerk.post("/v1/receipts", receipt);
    expect([otherKey.status, otherKey.body]).toEqual([200, first.body]);
    expect(await floor.balance("SOCKS")).toEqual({ total: 100, unsellable: 4 });
    await floor.quiet();
    const movements = (await floor.told("StockMovement")).filter((movement) => movement.sku === "SOCKS");
    expect(movements.map(({ kind, sequence, reference }) => ({ kind, sequence, reference }))).toEqual([
      { kind: "RECEIPT", sequence: 1, reference: { type: "receipt", id: "PO-1", line: "1" } },
      { kind: "RECEIPT", sequence: 2, reference: { type: "receipt", id: "PO-1", line: "1" } },
    ]);
  });

  test("the same key with another body, and the same reference with other content, are refused", async () => {
    const clerk = floor.clerk();
    const other = { ...receipt, lines: [{ sku: "SOCKS", quantity: 1 }] };
    await clerk.post("/v1/receipts", receipt, { idempotencyKey: "k1" });
    const reused = await clerk.post("/v1/receipts", other, { idempotencyKey: "k1" });
    expect([reused.status, problemOf(reused)]).toEqual([409, "idempotency-key-reused"]);
    const conflict = await clerk.post("/v1/receipts", other, { idempotencyKey: "k2" });
    expect([conflict.status, problemOf(conflict)]).toEqual([409, "document-conflict"]);
    const again = await clerk.post("/v1/receipts", other, { idempotencyKey: "k2" });
    expect([again.status, again.body]).toEqual([409, conflict.body]);
    expect(await floor.balance("SOCKS")).toEqual({ total: 100, unsellable: 4 });
  });

  test("one receipt told by ten clerks at once is booked once", async () => {
    const told = { location: "BEIJING", reference: "PO-2", lines: [{ sku: "CAP", quantity: 7 }] };
    const answers = await Promise.all(Array.from({ length: 10 }, () => floor.clerk().post("/v1/receipts", told)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([...Array(9).fill(200), 201]);
    expect((await floor.balance("CAP", "BEIJING")).total).toBe(7);
  });

  test.each([
    ["an unknown warehouse", { ...receipt, location: "ATLANTIS" }, 422, "unknown-warehouse"],
    ["no lines", { ...receipt, lines: [] }, 400, "invalid-request"],
    ["a quantity of 0", { ...receipt, lines: [{ sku: "SOCKS", quantity: 0 }] }, 400, "invalid-request"],
    ["half a piece", { ...receipt, lines: [{ sku: "SOCKS", quantity: 1.5 }] }, 400, "invalid-request"],
    [
      "more unsellable pieces than pieces",
      { ...receipt, lines: [{ sku: "SOCKS", quantity: 1, unsellableQuantity: 2 }] },
      400,
      "invalid-request",
    ],
    [
      "a field nobody knows",
      { ...receipt, lines: [{ sku: "SOCKS", quantity: 1, unsellable: 1 }] },
      400,
      "invalid-request",
    ],
  ])("a receipt with %s is refused with the field named", async (_what, body, status, problem) => {
    const answer = await floor.clerk().post("/v1/receipts", body);
    expect([answer.status, problemOf(answer)]).toEqual([status, problem]);
    expect(answer.body.errors[0].field).toMatch(/^body\./);
  });

  test("without a role nothing is received, and an engineer only looks", async () => {
    const anybody = floor.system.http("warehouse", 0, ["storefront"]);
    expect((await anybody.post("/v1/receipts", receipt)).status).toBe(403);
    expect((await floor.sre().post("/v1/receipts", receipt)).status).toBe(403);
    expect((await floor.sre().get("/v1/balances")).status).toBe(200);
    expect((await floor.clerk().get("/v1/balances")).status).toBe(403);
  });
});

describe("documents", () => {
  test("are found by warehouse and reference, and shown with what their lines booked and what was taken back", async () => {
    const clerk = floor.clerk();
    const at = { location: "BEIJING", reference: "show/1", reason: "late truck" };
    const received = [
      { sku: "SCARF", quantity: 5, unsellableQuantity: 2 },
      { sku: "GLOVE", quantity: 1 },
    ];
    await clerk.post("/v1/receipts", { ...at, inbound: "ASN-9", lines: received });
    await clerk.post("/v1/receipts", { ...at, reference: "show/2", lines: received });
    const { body: recorded } = await clerk.get("/v1/movements?reference=show%2F1");
    const unsellable = recorded.items.find(({ quantity }: { quantity: number }) => quantity === 2);
    await clerk.post("/v1/reversals", { movementId: unsellable.movementId, reason: "not ours" });
    const shown = await floor.sre().get("/v1/receipts/BEIJING/show%2F1?limit=1");
    expect(shown.body).toMatchObject({ ...at, bookedAt: expect.stringMatching(/Z$/), nextCursor: expect.any(String) });
    expect(shown.body.items).toEqual([
      {
        line: "1",
        sku: "SCARF",
        code: null,
        quantity: 5,
        unsellableQuantity: 2,
        ...NOWHERE,
        inbound: "ASN-9",
        reversed: 2,
      },
    ]);
    const rest = await clerk.get(`/v1/receipts/BEIJING/show%2F1?limit=1&cursor=${shown.body.nextCursor}`);
    expect([rest.body.items.length, rest.body.items[0].sku, rest.body.nextCursor]).toEqual([1, "GLOVE", null]);
    const list = async (query: string) => (await clerk.get(`/v1/receipts?location=BEIJING&${query}`)).body;
    const first = await list("reference=show%2F2");
    expect(first.items).toMatchObject([{ location: "BEIJING", reference: "show/2" }]);
    const pages = await list("limit=1");
    expect((await list(`limit=1000&cursor=${pages.nextCursor}`)).items).not.toContainEqual(pages.items[0]);
    expect((await clerk.get("/v1/receipts/WUHAN/show%2F1")).status).toBe(404);
    expect((await clerk.get("/v1/returns/BEIJING/show%2F1")).status).toBe(404);
  });

  test("of each kind speak in the words in which they are told", async () => {
    const clerk = floor.clerk();
    const tell = async (path: string, reference: string, body: object, more: object = {}) => {
      const told = { location: "WUHAN", reference, lines: [body], ...more };
      expect((await clerk.post(`/v1/${path}`, told)).status).toBe(201);
      const { body: shown } = await clerk.get(`/v1/${path}/WUHAN/${reference}`);
      return { ...shown, items: shown.items };
    };
    const sku = "COAT";
    await tell("receipts", "words-0", { sku, quantity: 9 });
    const judged = { lineId: "4", sku, sellable: 1, unsellable: 2, missing: 3 };
    expect(await tell("returns", "words-1", judged, { orderId: "o-1" })).toMatchObject({
      orderId: "o-1",
      items: [judged],
    });
    expect((await tell("damages", "words-2", { sku, quantity: 2 })).items).toMatchObject([{ sku, quantity: 2 }]);
    expect((await tell("restorations", "words-3", { sku, quantity: 1 })).items).toMatchObject([{ sku, quantity: 1 }]);
    expect((await tell("disposals", "words-4", { sku, quantity: 1 })).items).toMatchObject([
      { sku, quantity: 1, claim: null, reversed: 0 },
    ]);
    const adjusted = await tell("adjustments", "words-5", { sku, delta: -2 }, { reason: "moths" });
    expect([adjusted.reason, adjusted.items]).toEqual([
      "moths",
      [{ line: "1", sku, bucket: "sellable", delta: -2, expected: null, quantity: null, change: -2 }],
    ]);
    expect((await clerk.get("/v1/adjustments?reference=words-5")).body.items).toMatchObject([{ location: "WUHAN" }]);
  });
});

describe("returns", () => {
  test("a return is judged piece by piece: restocked, set aside, or missing", async () => {
    const lines = [{ lineId: "1", sku: "HAT", sellable: 3, unsellable: 2, missing: 1 }];
    const told = { location: "WUHAN", orderId: "o-7", reference: "RMA-1", lines };
    expect((await floor.clerk().post("/v1/returns", told)).status).toBe(201);
    expect((await floor.clerk().post("/v1/returns", told)).status).toBe(200);
    expect(await floor.balance("HAT")).toEqual({ total: 5, unsellable: 2 });
    await floor.quiet();
    const received = (await floor.told("ReturnReceived")).filter((record) => record.returnId === "RMA-1");
    expect(received).toMatchObject([{ orderId: "o-7", location: "WUHAN", lines }]);
  });

  test("a line of no pieces is refused", async () => {
    const answer = await floor.clerk().post("/v1/returns", { location: "WUHAN", lines: [{ sku: "HAT" }] });
    expect([answer.status, problemOf(answer)]).toEqual([400, "invalid-request"]);
  });
});

describe("damage, restoration, disposal", () => {
  const told = (...lines: [sku: string, quantity: number][]) => {
    return {
      location: "WUHAN",
      reason: "fell off a shelf",
      lines: lines.map(([sku, quantity]) => ({ sku, quantity })),
    };
  };

  test("goods become unfit, fit again, or are gone, each with its reason and who said so", async () => {
    const clerk = floor.clerk();
    await clerk.post("/v1/receipts", { location: "WUHAN", lines: [{ sku: "VASE", quantity: 10 }] });
    expect((await clerk.post("/v1/damages", told(["VASE", 6]))).status).toBe(201);
    expect(await floor.balance("VASE")).toEqual({ total: 10, unsellable: 6 });
    expect((await clerk.post("/v1/restorations", told(["VASE", 2]))).status).toBe(201);
    expect((await clerk.post("/v1/disposals", told(["VASE", 4]))).status).toBe(201);
    expect(await floor.balance("VASE")).toEqual({ total: 6, unsellable: 0 });
    await floor.quiet();
    const movements = (await floor.told("StockMovement")).filter((movement) => movement.sku === "VASE");
    expect(movements.map((movement) => movement.kind)).toEqual(["RECEIPT", "DAMAGE", "RESTORE", "DISPOSE"]);
    expect(movements[1]).toMatchObject({ reason: "fell off a shelf", actor: "test" });
  });

  test.each(["damages", "restorations", "disposals"])(
    "%s of more than is there name the line and change nothing",
    async (path) => {
      const clerk = floor.clerk();
      const [good, bad] = [`A-${path}`, `B-${path}`];
      const lines = [good, bad].map((sku) => ({ sku, quantity: 8, unsellableQuantity: 4 }));
      await clerk.post("/v1/receipts", { location: "WUHAN", lines });
      const answer = await clerk.post(`/v1/${path}`, told([good, 1], [bad, 3], [bad, 3]));
      expect([answer.status, problemOf(answer), answer.body.code]).toEqual([409, "not-on-hand", "NOT_ON_HAND"]);
      expect(answer.body.errors).toEqual([{ field: "body.lines[2].quantity", reason: expect.stringContaining(bad) }]);
      expect(await floor.balance(good)).toEqual({ total: 8, unsellable: 4 });
    },
  );

  test("of clerks who dispose of the same goods at once, only as many succeed as there are goods", async () => {
    await floor.clerk().post("/v1/receipts", {
      location: "WUHAN",
      lines: [{ sku: "LAMP", quantity: 5, unsellableQuantity: 5 }],
    });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => floor.clerk().post("/v1/disposals", told(["LAMP", 1]))),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(5);
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(3);
    expect(await floor.balance("LAMP")).toEqual({ total: 0, unsellable: 0 });
  });
});

describe("balances", () => {
  test("the books name both accounts and up to which movement they stand", async () => {
    await floor.clerk().post("/v1/receipts", {
      location: "WUHAN",
      lines: [{ sku: "BOOK", quantity: 3, unsellableQuantity: 1 }],
    });
    expect((await floor.sre().get("/v1/balances?sku=BOOK")).body).toEqual({
      items: [
        { sku: "BOOK", location: "WUHAN", bucket: "total", quantity: 3 },
        { sku: "BOOK", location: "WUHAN", bucket: "unsellable", quantity: 1 },
      ],
      positions: { warehouse: { BOOK: { contiguous: 2, ahead: [] } } },
      nextCursor: null,
    });
  });
});
