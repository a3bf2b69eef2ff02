import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { supplierLocation } from "@septet/stock-contracts";
import { aSku, problemOf, SupplierSystem } from "./supplier-system.js";

let suppliers: SupplierSystem;

beforeAll(async () => {
  suppliers = await SupplierSystem.start();
});

afterAll(async () => {
  await suppliers?.stop();
});

const locationsOf = async (supplierId: string) => {
  await suppliers.sent();
  return (await suppliers.told("LocationDefined")).filter(({ location }) => location === supplierLocation(supplierId));
};

test("a supplier begins as a draft whose location sells nothing, and sells from its trial on", async () => {
  const path = "/v1/suppliers/li";
  const told = { name: "Li Brothers 李家", timeZone: "Asia/Shanghai", attachedTo: "WUHAN" };
  expect(await suppliers.operator().put(path, told)).toMatchObject({
    status: 201,
    body: { state: "DRAFT", version: 1 },
  });
  expect(await suppliers.operator().put(path, { ...told, state: "TRIAL" })).toMatchObject({ status: 200 });
  expect(await suppliers.operator().put(path, told)).toMatchObject({
    status: 200,
    body: { state: "TRIAL", version: 2 },
  });
  expect(await locationsOf("li")).toMatchObject([
    { kind: "SUPPLIER", name: told.name, attachedTo: "WUHAN", active: false, version: 1 },
    { active: true, version: 2 },
  ]);
});

test("an ended supplier does not come back, and a new one does not begin suspended", async () => {
  const supplierId = await suppliers.supplier();
  const body = { name: "Li Brothers", timeZone: "Asia/Shanghai" };
  const put = (state: string, id = supplierId) => suppliers.operator().put(`/v1/suppliers/${id}`, { ...body, state });
  expect((await put("ENDED")).status).toBe(200);
  const back = await put("ACTIVE");
  expect([back.status, problemOf(back)]).toEqual([409, "state-not-reachable"]);
  expect(problemOf(await put("SUSPENDED", "never-seen"))).toBe("state-not-reachable");
});

test("a time zone that no clock knows is refused by name", async () => {
  const body = { name: "Li Brothers", timeZone: "Asia/Wuhan2" };
  const answer = await suppliers.operator().put("/v1/suppliers/nowhere", body);
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: "body.timeZone" }] } });
});

test("a code stands for one SKU and a SKU has one code, and each row that says otherwise is named", async () => {
  const supplierId = await suppliers.supplier();
  const path = `/v1/suppliers/${supplierId}/mappings`;
  const [first, second, third] = [aSku(), aSku(), aSku()];
  const put = (...mappings: [code: string, sku: string][]) =>
    suppliers.operator().put(path, { mappings: mappings.map(([code, sku]) => ({ code, sku })) });
  expect((await put(["A", first], ["B", second])).body).toMatchObject({ told: 2, added: 2 });
  expect((await put(["A", first], ["C", third])).body).toMatchObject({ told: 2, added: 1 });
  const refused = await put(["D", aSku()], ["A", aSku()], ["E", second], ["D", aSku()]);
  expect([refused.status, problemOf(refused)]).toEqual([409, "mapping-conflict"]);
  expect(refused.body.errors.map(({ field }: { field: string }) => field)).toEqual([
    "body.mappings[1].code",
    "body.mappings[2].sku",
    "body.mappings[3].code",
  ]);
  const listed = (await suppliers.operator().get(path)).body.items;
  expect(listed).toEqual([
    { code: "A", sku: first },
    { code: "B", sku: second },
    { code: "C", sku: third },
  ]);
  expect((await suppliers.operator().request("DELETE", `${path}/A`)).status).toBe(204);
  expect((await put(["A", aSku()])).body.added).toBe(1);
});

test("somebody of a supplier's sees its own mappings and nobody else's, and changes none", async () => {
  const [own, other] = [await suppliers.supplier(), await suppliers.supplier()];
  const get = (id: string) => suppliers.of(own).get(`/v1/suppliers/${id}/mappings`);
  expect((await get(own)).status).toBe(200);
  const refused = await get(other);
  expect([refused.status, problemOf(refused)]).toEqual([403, "other-supplier"]);
  const body = { mappings: [{ code: "A", sku: aSku() }] };
  expect((await suppliers.of(own).put(`/v1/suppliers/${own}/mappings`, body)).status).toBe(403);
});
