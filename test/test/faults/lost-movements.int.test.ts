import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { waitFor } from "../../src/platform/wait.js";
import { messagingCommand } from "../support/command-line.js";
import { whileLosing } from "../support/lossy-outbox.js";
import { Scenario, WAREHOUSE } from "../support/scenario.js";

const GAP_ALERT_AFTER_SECONDS = "1";

let shop: Scenario;

beforeAll(async () => {
  const env = { GAP_ALERT_AFTER_SECONDS };
  shop = await Scenario.open({ services: { "order-reservation": 1, warehouse: 1, ledger: 1 }, env });
});

afterAll(async () => {
  await shop?.close();
});

/** Books a receipt without waiting for anybody to hear of it. */
function book(sku: string, quantity: number): Promise<unknown> {
  const body = { location: WAREHOUSE, reference: randomUUID(), lines: [{ sku, quantity }] };
  return shop.warehouse.post("/v1/receipts", randomUUID(), body);
}

async function positionAt(client: Scenario["ledger"], sku: string): Promise<{ contiguous: number; ahead: number[][] }> {
  const { body } = await client.get(`/v1/balances?sku=${sku}`);
  return body.positions.warehouse?.[sku] ?? { contiguous: 0, ahead: [] };
}

/** The gaps of a SKU that the ledger knows of. */
async function gapsOf(sku: string): Promise<unknown[]> {
  const { body } = await shop.ledger.get("/v1/audit");
  return body.gaps.filter((gap: { sku: string }) => gap.sku === sku).map((gap: { missing: unknown }) => gap.missing);
}

/** 10 pieces arrive, then 5 whose movement is lost, then 2: everybody who listens has seen 1 and 3, and misses 2. */
async function loseTheSecond(sku: string, loss: "MARKED_AS_SENT" | "DELETED"): Promise<void> {
  await shop.receive(sku, 10);
  await whileLosing(shop.system, "warehouse", sku, loss, () => book(sku, 5));
  await book(sku, 2);
  await shop.untilBucket(sku, "sellable", 12);
  expect(await positionAt(shop.reservation, sku)).toEqual({ contiguous: 1, ahead: [[3, 3]] });
  await waitFor("the ledger to see the gap", async () => (await gapsOf(sku)).length === 1);
  expect(await gapsOf(sku)).toEqual([[[2, 2]]]);
  const alert = await shop.alert("MOVEMENT_GAP", (raised) => raised.sku === sku);
  expect(alert.service).toBe("ledger");
}

function republish(sku: string, ...more: string[]) {
  const span = ["--service", "warehouse", "--sku", sku, "--from", "2", "--to", "2"];
  return messagingCommand(shop, "warehouse", "republish", [...span, ...more]);
}

test("a movement marked as sent without being sent is missed, alarmed, and mended by republishing it", async () => {
  await loseTheSecond("MARKED", "MARKED_AS_SENT");
  const { exitCode, output } = await republish("MARKED");
  expect([exitCode, output]).toEqual([0, expect.any(String)]);
  await shop.untilBucket("MARKED", "sellable", 17);
  expect(await positionAt(shop.reservation, "MARKED")).toEqual({ contiguous: 3, ahead: [] });
  await waitFor("the ledger's gap to close", async () => (await gapsOf("MARKED")).length === 0);
  expect(await shop.auditFailures()).toEqual([]);
});

test("a movement deleted before it was sent is missed, closed as void, and the audit names what now differs", async () => {
  await loseTheSecond("DELETED", "DELETED");
  const lost = await republish("DELETED");
  expect(lost.exitCode).not.toBe(0);
  const { exitCode, output } = await republish("DELETED", "--void");
  expect([exitCode, output]).toEqual([0, expect.any(String)]);
  await waitFor(
    "order-reservation to pass the gap",
    async () => (await positionAt(shop.reservation, "DELETED")).contiguous === 3,
  );
  await waitFor("the ledger's gap to close", async () => (await gapsOf("DELETED")).length === 0);
  expect(await shop.bucket("order-reservation", "DELETED", "sellable")).toBe(12);

  const { body: audit } = await shop.ledger.get("/v1/audit");
  const drifts = audit.services.flatMap((service: { drifts: object[] }) => service.drifts);
  expect(audit.agrees).toBe(false);
  expect(drifts).toEqual([
    expect.objectContaining({
      sku: "DELETED",
      location: WAREHOUSE,
      bucket: "total",
      service: 17,
      ledger: 12,
      difference: 5,
    }),
  ]);
  const drift = await shop.alert("BALANCE_DRIFT", (raised) => raised.sku === "DELETED");
  expect(drift.service).toBe("ledger");
});
