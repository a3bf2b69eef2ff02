import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { waitFor } from "../../src/platform/wait.js";
import { WAREHOUSE as LEEDS, Scenario } from "../support/scenario.js";

const DAY_MS = 86_400_000;
const BATH = "BATH";
const CORNER = "CORNER-SHOP";
const PATIENCE_MS = 120_000;

let shop: Scenario;

beforeAll(async () => {
  const services = { "order-reservation": 1, warehouse: 1, transfer: 1, ledger: 1 };
  const envOf = { transfer: { SUGGESTIONS_EVERY_SECONDS: "1" } };
  shop = await Scenario.open({ services, envOf });
  await shop.warehouse.put(`/v1/warehouses/${BATH}`, { name: BATH });
});

afterAll(async () => {
  await shop?.close();
});

interface Suggested {
  readonly id: string;
  readonly quantity: number;
  readonly source: { readonly soldIn28Days: number };
}

async function suggested(sku: string): Promise<Suggested[]> {
  const { body } = await shop.transfer.get(`/v1/suggestions?sku=${sku}`);
  return body.items;
}

/** Waits until so many transfers of the SKU are suggested. */
const untilSuggested = (sku: string, count: number): Promise<Suggested[]> =>
  untilSuggestions(sku, `${count} suggestions of ${sku}`, (found) => found.length === count);

/** Waits until one is suggested that rests on so many pieces sold at its source: sales are heard of here and there. */
const untilSoldAtSource = (sku: string, pieces: number): Promise<Suggested[]> =>
  untilSuggestions(
    sku,
    `a suggestion of ${sku} after ${pieces} were sold`,
    ([only]) => only?.source.soldIn28Days === pieces,
  );

function untilSuggestions(sku: string, what: string, isSo: (found: Suggested[]) => boolean): Promise<Suggested[]> {
  let seen: Suggested[] = [];
  return waitFor(
    what,
    async () => {
      seen = await suggested(sku);
      return isSo(seen) ? seen : undefined;
    },
    { timeoutMs: PATIENCE_MS, seen: () => JSON.stringify(seen) },
  );
}

const problemOf = (body: { type: string }) => body.type.split("/").at(-1);

test("Bath sells 10 teas a day and has none, Leeds sells 1 and has 272: 247 are suggested, so that both last equally long", async () => {
  await shop.receive("TEA", 280, BATH);
  await shop.sold("bath-1", "TEA", 280);
  await shop.receive("TEA", 300, LEEDS);
  await shop.sold("leeds-1", "TEA", 28);

  const [suggestion] = await untilSoldAtSource("TEA", 28);
  const none = { planned: 0, reserved: 0, inTransit: 0 };
  expect(suggestion).toEqual({
    id: expect.any(String),
    sku: "TEA",
    quantity: 247,
    basis: "EVENS_OUT",
    differenceDays: 272,
    source: {
      ...{ location: LEEDS, sellable: 272, spokenFor: 0, onTheWay: none, soldIn28Days: 28, dailySales: 1 },
      ...{ coverDaysBefore: 272, coverDaysAfter: 25 },
    },
    destination: {
      ...{ location: BATH, sellable: 0, spokenFor: 0, onTheWay: none, soldIn28Days: 280, dailySales: 10 },
      ...{ coverDaysBefore: 0, coverDaysAfter: 24.7 },
    },
  });
});

test("what is suggested is a proposal: nothing moves until somebody drafts it and sends the draft", async () => {
  const [suggestion] = await suggested("TEA");
  expect((await shop.transfer.get("/v1/transfers?sku=TEA")).body.items).toEqual([]);
  expect(await shop.bucket("order-reservation", "TEA", "sellable", LEEDS)).toBe(272);

  const drafted = await shop.transfer.post(`/v1/suggestions/${suggestion!.id}/draft`, "draft tea", {});
  expect(drafted.status).toBe(201);
  expect(drafted.body).toMatchObject({ state: "DRAFT", source: LEEDS, destination: BATH });
  expect(await shop.bucket("order-reservation", "TEA", "sellable", LEEDS)).toBe(272);

  expect(await suggested("TEA")).toEqual([]);
  const again = await shop.transfer.post(`/v1/suggestions/${suggestion!.id}/draft`, "draft tea again", {}, [410]);
  expect(problemOf(again.body)).toBe("suggestion-gone");
  const repeated = await shop.transfer.post(`/v1/suggestions/${suggestion!.id}/draft`, "draft tea", {});
  expect(repeated.body.transferId).toBe(drafted.body.transferId);

  await shop.transfer.post(`/v1/transfers/${drafted.body.transferId}/request`, "request tea", {});
  await shop.untilBucket("TEA", "sellable", 25, LEEDS);
  expect(await suggested("TEA")).toEqual([]);
});

test("two clerks who draft the same suggestion at once make one transfer", async () => {
  await shop.receive("COFFEE", 280, BATH);
  await shop.sold("bath-2", "COFFEE", 280);
  await shop.receive("COFFEE", 300, LEEDS);
  await shop.sold("leeds-2", "COFFEE", 28);
  const [suggestion] = await untilSoldAtSource("COFFEE", 28);
  const path = `/v1/suggestions/${suggestion!.id}/draft`;
  const answers = await Promise.all(
    ["one", "two"].map((clerk) => shop.transfer.post(path, `draft coffee ${clerk}`, {}, [410])),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 410]);
  expect((await shop.transfer.get("/v1/transfers?sku=COFFEE")).body.items).toHaveLength(1);
});

test("a suggestion that was read before Leeds sold most of its stock has changed, and the new one is shown", async () => {
  await shop.receive("JAM", 280, BATH);
  await shop.sold("bath-3", "JAM", 280);
  await shop.receive("JAM", 300, LEEDS);
  await shop.sold("leeds-3", "JAM", 28);
  const [read] = await untilSoldAtSource("JAM", 28);
  await shop.sold("leeds-4", "JAM", 140);
  await untilSoldAtSource("JAM", 168);
  const answer = await shop.transfer.post(`/v1/suggestions/${read!.id}/draft`, "draft jam", {}, [409]);
  expect(problemOf(answer.body)).toBe("suggestion-changed");
  const [now] = await suggested("JAM");
  expect(now).toMatchObject({ quantity: 48, basis: "SOURCE_KEEPS_ITS_OWN" });
  expect(answer.body.suggestion).toEqual(now);
  const drafted = await shop.transfer.post(`/v1/suggestions/${now!.id}/draft`, "draft jam as it is now", {});
  expect(drafted.status).toBe(201);
});

test("all SKUs are gone through, and those whose covers differ most come first, from one warehouse to another", async () => {
  await shop.receive("RICE", 560, BATH);
  await shop.sold("bath-rice", "RICE", 560);
  await shop.receive("RICE", 900, LEEDS);
  await shop.receive("PASTA", 280, BATH);
  await shop.sold("bath-pasta", "PASTA", 274);
  await shop.receive("PASTA", 900, LEEDS);
  const path = `/v1/suggestions?source=${LEEDS}&destination=${BATH}`;
  let seen: string[] = [];
  await waitFor(
    "rice before pasta",
    async () => {
      const { body } = await shop.transfer.get(path);
      seen = body.items.map(({ sku }: { sku: string }) => sku);
      return seen.join() === "RICE,PASTA";
    },
    { timeoutMs: PATIENCE_MS, seen: () => seen },
  );
  const { body } = await shop.transfer.get(`${path}&limit=1`);
  expect(body.items).toMatchObject([{ sku: "RICE", quantity: 560, basis: "SOURCE_SELLS_NOTHING" }]);
  const next = await shop.transfer.get(`${path}&limit=1&cursor=${body.nextCursor}`);
  expect(next.body.items).toMatchObject([{ sku: "PASTA", differenceDays: 364.39 }]);
  expect((await shop.transfer.get(`/v1/suggestions?source=${BATH}`)).body.items).toEqual([]);
});

test("what names no suggestion cannot be drafted, and who may not make transfers may not draft", async () => {
  const unknown = await shop.transfer.post("/v1/suggestions/nonsense/draft", "draft nonsense", {}, [404]);
  expect(problemOf(unknown.body)).toBe("not-found");
  const [suggestion] = await suggested("RICE");
  const path = `/v1/suggestions/${suggestion!.id}/draft`;
  expect((await shop.system.http("transfer", 0, ["sre"]).post(path, {})).status).toBe(403);
  expect((await shop.system.http("transfer", 0, ["storefront"]).get("/v1/suggestions")).status).toBe(403);
});

test("a shipment that was taken back was no sale", async () => {
  await shop.receive("SALT", 280, BATH);
  await shop.sold("bath-4", "SALT", 280);
  await shop.receive("SALT", 300, LEEDS);
  await untilSuggested("SALT", 1);
  const { body } = await shop.warehouse.get("/v1/movements?reference=bath-4");
  const shipped = body.items.find(({ kind }: { kind: string }) => kind === "SHIP");
  await shop.warehouse.post("/v1/reversals", "take back salt", {
    movementId: shipped.movementId,
    reason: "still here",
  });
  await untilSuggested("SALT", 0);
});

test("nothing is suggested to a warehouse that was closed, until it is opened again", async () => {
  const open = (active: boolean) => shop.warehouse.put(`/v1/warehouses/${CORNER}`, { name: CORNER, active });
  await open(true);
  await shop.receive("PEPPER", 280, CORNER);
  await shop.sold("corner-1", "PEPPER", 280);
  await shop.receive("PEPPER", 300, LEEDS);
  await untilSuggested("PEPPER", 1);
  await open(false);
  await untilSuggested("PEPPER", 0);
  await open(true);
  await untilSuggested("PEPPER", 1);
});

test("sales count for 28 days: then Bath has sold nothing, and nothing is suggested any more", async () => {
  await shop.receive("HONEY", 280, BATH);
  await shop.sold("bath-5", "HONEY", 280);
  await shop.receive("HONEY", 300, LEEDS);
  await untilSuggested("HONEY", 1);
  await shop.system.moveClock(27 * DAY_MS);
  expect(await suggested("HONEY")).toHaveLength(1);
  await shop.system.moveClock(DAY_MS);
  expect(await suggested("HONEY")).toEqual([]);
});

test("afterwards nobody disagrees", async () => {
  expect(await shop.auditFailures()).toEqual([]);
});
