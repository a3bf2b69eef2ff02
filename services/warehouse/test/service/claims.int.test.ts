import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { FloorSystem, problemOf } from "./floor-system.js";

let floor: FloorSystem;
beforeAll(async () => {
  floor = await FloorSystem.start();
});
afterAll(() => floor.stop());

const post = (path: string, body: object | string, more: object = {}) => floor.clerk().post(path, body, more);
const claims = (claimId: string, step = "", body: object = {}) => post(`/v1/claims/${claimId}/${step}`, body);
const look = async (claimId: string) => (await floor.clerk().get(`/v1/claims/${claimId}`)).body;
/** Pieces of a SKU that came in unsellable. */
const broken = (sku: string, quantity: number, location = "WUHAN") =>
  post("/v1/receipts", { location, lines: [{ sku, quantity, unsellableQuantity: quantity }] });
const open = (claimId: string, lines: object[], more: object = {}) => {
  const head = { claimId, against: "SUPPLIER", party: "Anta", location: "WUHAN", currency: "CNY" };
  return post("/v1/claims", { ...head, lines, ...more });
};
const dispose = (sku: string, quantity: number, more: object = {}) =>
  post("/v1/disposals", { location: "WUHAN", lines: [{ sku, quantity }], ...more });
const refusal = (answer: { status: number }) => [answer.status, problemOf(answer as never)];
const claimed = async (sku: string): Promise<number> =>
  (await floor.system.query("warehouse", "SELECT sum(claimed)::int AS n FROM on_hand WHERE sku = $1", [sku]))[0].n;
const CSV = { headers: { "content-type": "text/csv" } };

test("a claim goes from open to sent to settled, with amounts, evidence and everybody who did something", async () => {
  await broken("C1", 10);
  const opened = await open("claim-1", [{ sku: "C1", quantity: 4, reason: "torn", claimedMinor: 40_000 }], {
    evidence: [{ url: "https://files.example.com/photo-1.jpg", note: "the carton" }],
  });
  expect([opened.status, opened.body]).toEqual([
    201,
    expect.objectContaining({ state: "OPEN", pieces: 4, claimedMinor: 40_000, currency: "CNY" }),
  ]);
  await claims("claim-1", "lines", { lines: [{ sku: "C1", location: "BEIJING", quantity: 1 }] }).then((answer) =>
    expect(refusal(answer)).toEqual([409, "not-claimable"]),
  );
  await claims("claim-1", "evidence", { links: [{ url: "https://files.example.com/protocol.pdf" }] });
  expect(refusal(await claims("claim-1", "settle", { outcome: "REJECTED" }))).toEqual([409, "claim-state"]);
  expect((await claims("claim-1", "send")).body).toMatchObject({ state: "SENT" });
  expect(refusal(await claims("claim-1", "send"))).toEqual([409, "claim-state"]);
  expect(refusal(await claims("claim-1", "settle", { outcome: "CREDITED" }))).toEqual([422, "claim-amount"]);
  const wrong = { outcome: "CREDITED", creditedMinor: 1, currency: "USD" };
  expect(refusal(await claims("claim-1", "settle", wrong))).toEqual([422, "claim-currency"]);
  expect(refusal(await claims("claim-1", "settle", { outcome: "REJECTED", creditedMinor: 1 }))).toEqual([
    422,
    "claim-amount",
  ]);
  const settled = await claims("claim-1", "settle", {
    outcome: "CREDITED",
    creditedMinor: 30_000,
    note: "three of four",
  });
  expect(settled.body).toMatchObject({ state: "SETTLED", outcome: "CREDITED", creditedMinor: 30_000 });
  expect(refusal(await claims("claim-1", "withdraw"))).toEqual([409, "claim-state"]);
  expect(await claimed("C1")).toBe(0);

  const { evidence, history } = await look("claim-1");
  expect(evidence.map((link: { url: string }) => link.url)).toEqual([
    "https://files.example.com/photo-1.jpg",
    "https://files.example.com/protocol.pdf",
  ]);
  expect(history.map((event: { what: string; actor: string | null }) => [event.what, event.actor !== null])).toEqual([
    ["SETTLED", true],
    ["SENT", true],
    ["EVIDENCE_ADDED", true],
    ["LINES_ADDED", true],
    ["OPENED", true],
  ]);
});

test.each([
  "http://files.example.com/a.jpg",
  "https://clerk:secret@files.example.com/a.jpg",
  "javascript:alert(1)",
  "https://localhost/a.jpg",
  "not an address",
])("evidence is an https address that anybody may be given, not %s", async (url) => {
  const answer = await open("bad-evidence", [], { evidence: [{ url }] });
  expect([answer.status, answer.body.errors[0].field]).toEqual([400, "body.evidence[0].url"]);
});

test("pieces are claimed once, and no more than are unsellable there; two clerks at once do not claim them twice", async () => {
  await broken("C2", 5);
  expect(refusal(await open("too-many", [{ sku: "C2", quantity: 6 }]))).toEqual([409, "not-claimable"]);
  expect((await floor.clerk().get("/v1/claims/too-many")).status).toBe(404);
  const both = await Promise.all([
    open("first", [{ sku: "C2", quantity: 3 }]),
    open("second", [{ sku: "C2", quantity: 3 }]),
  ]);
  expect(both.map((answer) => answer.status).sort()).toEqual([201, 409]);
  expect(refusal(await open("third", [{ sku: "C2", quantity: 3 }]))).toEqual([409, "not-claimable"]);
  const winner = both[0]!.status === 201 ? "first" : "second";
  expect((await open(winner, [{ sku: "C2", quantity: 3 }])).status).toBe(200);
  expect(refusal(await open(winner, [{ sku: "C2", quantity: 2 }]))).toEqual([409, "claim-conflict"]);
  await claims(winner, "withdraw");
  expect((await open("third", [{ sku: "C2", quantity: 5 }])).status).toBe(201);
});

test("what lies under a claim is neither scrapped nor found fit, but goes back on its claim, and replacements come by it", async () => {
  await broken("C3", 5);
  await open("claim-3", [{ sku: "C3", quantity: 4, claimedMinor: 100 }]);
  expect(refusal(await dispose("C3", 2))).toEqual([409, "not-on-hand"]);
  const fit = await post("/v1/restorations", { location: "WUHAN", lines: [{ sku: "C3", quantity: 2 }] });
  expect(refusal(fit)).toEqual([409, "not-on-hand"]);
  expect(refusal(await dispose("C3", 1, { claim: "claim-3" }))).toEqual([409, "claim-state"]);
  expect(refusal(await dispose("C3", 1, { claim: "nobody's" }))).toEqual([422, "unknown-claim"]);
  await claims("claim-3", "send");
  expect(refusal(await dispose("C3", 5, { claim: "claim-3" }))).toEqual([409, "more-than-claimed"]);
  expect((await dispose("C3", 3, { claim: "claim-3", reference: "back-1" })).status).toBe(201);
  expect((await dispose("C3", 1)).status).toBe(201);
  expect([await floor.balance("C3"), await claimed("C3")]).toEqual([{ total: 1, unsellable: 1 }, 1]);

  const replaced = { location: "BEIJING", claim: "claim-3", lines: [{ sku: "C3", quantity: 3 }] };
  expect((await post("/v1/receipts", replaced)).status).toBe(201);
  await claims("claim-3", "settle", { outcome: "REPLACED" });
  expect((await dispose("C3", 1, { claim: "claim-3" })).status).toBe(201);
  expect(await look("claim-3")).toMatchObject({
    state: "SETTLED",
    outcome: "REPLACED",
    lines: [{ quantity: 4, held: 0, sentBack: 4, missing: 0 }],
    replaced: [{ sku: "C3", pieces: 3 }],
  });
});

test("goods that were said to be sent back by mistake lie under their claim again", async () => {
  await broken("C4", 2);
  await open("claim-4", [{ sku: "C4", quantity: 2 }]);
  await claims("claim-4", "send");
  await dispose("C4", 2, { claim: "claim-4", reference: "back-4" });
  const recorded = await floor.clerk().get("/v1/movements?reference=back-4");
  const taken = await post("/v1/reversals", { movementId: recorded.body.items[0].movementId, reason: "still here" });
  expect(taken.status).toBeLessThan(300);
  expect((await look("claim-4")).lines).toMatchObject([{ held: 2, sentBack: 0 }]);
  expect([await floor.balance("C4"), await claimed("C4")]).toEqual([{ total: 2, unsellable: 2 }, 2]);
});

test("where a receipt that brought claimed goods is taken back, the pieces are missing from the youngest claim", async () => {
  await post("/v1/receipts", {
    location: "WUHAN",
    reference: "r-5",
    lines: [{ sku: "C5", quantity: 3, unsellableQuantity: 3 }],
  });
  await broken("C5", 1);
  await open("claim-5a", [{ sku: "C5", quantity: 2 }]);
  await open("claim-5b", [{ sku: "C5", quantity: 2 }]);
  const recorded = await floor.clerk().get("/v1/movements?reference=r-5");
  await post("/v1/reversals", { movementId: recorded.body.items[0].movementId, reason: "not ours" });
  expect((await look("claim-5b")).lines).toMatchObject([{ held: 0, missing: 2 }]);
  expect((await look("claim-5a")).lines).toMatchObject([{ held: 1, missing: 1 }]);
  expect([await floor.balance("C5"), await claimed("C5")]).toEqual([{ total: 1, unsellable: 1 }, 1]);
});

test("lines come as a sheet, too, each row by itself, and settled some differently the claim is mixed", async () => {
  await broken("C6", 2);
  await broken("C7", 2);
  await open("claim-6", [], { currency: "USD" });
  expect(refusal(await claims("claim-6", "send"))).toEqual([409, "claim-empty"]);
  const sheet = "sku,quantity,location,claimedMinor\nC6,2,,500\nC7,3,,\nC7,1,,700\nC6,1,BEIJING,\n";
  const path = "/v1/claims/claim-6/lines?location=WUHAN";
  const added = await post(path, sheet, CSV);
  expect(added.body).toMatchObject({
    applied: 2,
    rejected: 2,
    errors: [
      { row: 3, field: "quantity" },
      { row: 5, field: "quantity" },
    ],
  });
  expect((await post(path, sheet, CSV)).body).toMatchObject({ applied: 0, alreadyApplied: 2, rejected: 2 });
  await claims("claim-6", "send");
  expect(refusal(await post(path, sheet, CSV))).toEqual([409, "claim-state"]);
  const lines = [{ line: "row-4", outcome: "CREDITED", creditedMinor: 600 }];
  const unknown = { outcome: "REJECTED", lines: [{ line: "row-9", outcome: "REJECTED" }] };
  expect(refusal(await claims("claim-6", "settle", unknown))).toEqual([422, "unknown-line"]);
  const settled = await claims("claim-6", "settle", { outcome: "REJECTED", lines });
  expect(settled.body).toMatchObject({ outcome: "MIXED", creditedMinor: 600, claimedMinor: 1_200 });
});

test("a second sheet adds its lines to those of the first; what a sheet changes is named and not passed over", async () => {
  for (const sku of ["D1", "D2", "D3"]) await broken(sku, 5);
  await open("claim-9", []);
  const path = "/v1/claims/claim-9/lines?location=WUHAN";
  const sheet = (...rows: string[]) => post(path, ["sku,quantity,claimedMinor", ...rows].join("\n"), CSV);
  expect((await sheet("D1,2,100")).body).toMatchObject({ applied: 1 });
  expect((await sheet("D2,2,100")).body).toMatchObject({ applied: 1, alreadyApplied: 0 });
  expect((await sheet("D2,2,100", "D3,1,")).body).toMatchObject({ applied: 1, alreadyApplied: 1 });
  expect((await sheet("D1,2,900")).body).toMatchObject({ applied: 0, rejected: 1, errors: [{ row: 2, field: "sku" }] });
  const { lines } = await look("claim-9");
  expect(lines.map((one: { sku: string; claimedMinor: number }) => [one.sku, one.claimedMinor])).toEqual([
    ["D1", 100],
    ["D2", 100],
    ["D3", null],
  ]);
});

test("an id stands for one claim: told again it stands, with another SKU or amount it is refused", async () => {
  await broken("E1", 5);
  await broken("E10", 5);
  const told = [{ sku: "E1", quantity: 1, claimedMinor: 100 }];
  expect((await open("claim-10", told)).status).toBe(201);
  expect((await open("claim-10", told)).status).toBe(200);
  for (const other of [{ sku: "E10" }, { claimedMinor: 200 }, { reason: "torn" }]) {
    expect(refusal(await open("claim-10", [{ ...told[0]!, ...other }]))).toEqual([409, "claim-conflict"]);
  }
});

test("claims are listed and found, and a supplier's report adds up", async () => {
  await broken("C8", 9);
  const party = { party: "Li Ning" };
  for (const [id, quantity] of [
    ["l-1", 1],
    ["l-2", 2],
    ["l-3", 3],
  ] as const) {
    await open(id, [{ sku: "C8", quantity, claimedMinor: quantity * 100 }], party);
  }
  await open("l-4", [{ sku: "C8", quantity: 1 }], { against: "CARRIER", party: "SF Express", currency: undefined });
  for (const id of ["l-1", "l-2"]) await claims(id, "send");
  await claims("l-1", "settle", { outcome: "CREDITED", creditedMinor: 80 });
  await claims("l-3", "withdraw");
  const list = async (query: string) =>
    (await floor.clerk().get(`/v1/claims?${query}`)).body.items.map((item: { claimId: string }) => item.claimId);
  expect(await list("supplier=Li%20Ning")).toEqual(["l-1", "l-2", "l-3"]);
  expect(await list("supplier=Li%20Ning&state=SENT")).toEqual(["l-2"]);
  expect(await list("sku=C8&location=WUHAN&carrier=SF%20Express")).toEqual(["l-4"]);
  const first = await floor.clerk().get("/v1/claims?supplier=Li%20Ning&limit=2");
  expect(await list(`supplier=Li%20Ning&cursor=${first.body.nextCursor}`)).toEqual(["l-3"]);

  const report = await floor.clerk().get("/v1/claims/report?supplier=Li%20Ning");
  expect(report.body.items).toEqual([
    {
      against: "SUPPLIER",
      party: "Li Ning",
      claims: 3,
      pieces: 6,
      sentBack: 0,
      missing: 0,
      outcomes: { credited: 1, replaced: 0, rejected: 0, mixed: 0 },
      amounts: [{ currency: "CNY", claimedMinor: 600, creditedMinor: 80 }],
      byState: {
        SENT: { claims: 1, pieces: 2 },
        SETTLED: { claims: 1, pieces: 1 },
        WITHDRAWN: { claims: 1, pieces: 3 },
      },
      shareSettled: 0.5,
    },
  ]);
  const later = new Date(Date.now() + 60_000).toISOString();
  expect((await floor.clerk().get(`/v1/claims/report?supplier=Li%20Ning&from=${later}`)).body.items).toEqual([]);
});
