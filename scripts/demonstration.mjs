// A small stock for the first start: two warehouses, a few goods and a transfer under way, through the doors that everybody
// uses.
import { randomUUID } from "node:crypto";
import { serviceClient, until } from "@septet/local-stack";
import { createCodec, createKafkaEventLog, silentLogger } from "@septet/messaging";
import { RECORDS } from "@septet/stock-contracts";

const WAREHOUSES = { wuhan: "武汉 Wuhan", beijing: "北京 Beijing" };
const GOODS = [
  { sku: "SOCKS", name: "Socks, blue", unitPriceMinor: 490, stock: { wuhan: 60, beijing: 40 } },
  { sku: "MUG", name: "Mug, white", unitPriceMinor: 1290, stock: { wuhan: 25, beijing: 10 } },
  { sku: "IPHONE", name: "iPhone", unitPriceMinor: 599_900, stock: { wuhan: 300 } },
];

const [SOURCE, DESTINATION] = Object.keys(WAREHOUSES);
const ON_THE_TRUCK = { sku: "IPHONE", quantity: 100 };
const HOUR_MS = 3_600_000;
const WITHIN_MS = 60_000;

/** Doing it twice changes nothing: every key and id is always the same. */
export async function demonstrate(platform) {
  await listGoods(platform);
  const warehouse = serviceClient(platform.urls.warehouse[0], () =>
    platform.token(["operator", "warehouse"], "demonstration"),
  );
  for (const [code, name] of Object.entries(WAREHOUSES))
    expectOk(await warehouse.put(`/v1/warehouses/${code}`, { name, active: true }));
  for (const location of Object.keys(WAREHOUSES)) {
    const lines = GOODS.flatMap(({ sku, stock }) => (stock[location] ? [{ sku, quantity: stock[location] }] : []));
    const body = { location, reference: `demonstration-${location}`, lines };
    expectOk(await warehouse.post("/v1/receipts", body, { idempotencyKey: `demonstration-${location}` }));
  }
  if (platform.urls.transfer?.[0]) await sendTransfer(platform);
}

/** The book's example as far as its third line: 100 iPhones are on their way. */
async function sendTransfer(platform) {
  const transfer = serviceClient(platform.urls.transfer[0], () =>
    platform.token(["operator", "warehouse"], "demonstration"),
  );
  const transferId = "demonstration";
  const there = await transfer.get(`/v1/transfers/${transferId}`);
  if (there.status === 404) await untilSellable(platform);
  const body = { transferId, source: SOURCE, destination: DESTINATION, lines: [ON_THE_TRUCK] };
  expectOk(await transfer.post("/v1/transfers", body, { idempotencyKey: transferId }));
  const known = await until("the transfer is reserved at its source", WITHIN_MS, async () => {
    const { body: found } = await transfer.get(`/v1/transfers/${transferId}`);
    return found.state !== "REQUESTED" && found;
  });
  if (known.state !== "RESERVED") return;
  const shipment = { shipmentId: "truck-1", tracking: "demonstration" };
  const expectedAt = new Date(Date.now() + 48 * HOUR_MS).toISOString();
  const path = `/v1/transfers/${transferId}/dispatch`;
  expectOk(await transfer.post(path, { ...shipment, expectedAt }, { idempotencyKey: `${transferId}-${expectedAt}` }));
}

/** What was received is told on another topic than what transfers ask for, and could be read after it. */
async function untilSellable(platform) {
  const { sku, quantity } = ON_THE_TRUCK;
  const reservation = serviceClient(platform.urls["order-reservation"][0], () =>
    platform.token(["operator"], "demonstration"),
  );
  await until("the goods may be sold at the source", WITHIN_MS, async () => {
    const { body } = await reservation.get(`/v1/balances?sku=${sku}`);
    return body.items?.some(
      (at) => at.location === SOURCE && at.bucket === "sellable" && Number(at.quantity) >= quantity,
    );
  });
}

async function listGoods({ kafkaBrokers, registryUrl, topicPrefix }) {
  const eventLog = createKafkaEventLog({
    brokers: kafkaBrokers.split(","),
    clientId: "demonstration",
    topicPrefix,
    logger: silentLogger,
  });
  try {
    const codec = createCodec({ registryUrl, logger: silentLogger });
    await codec.register(["SkuListed"]);
    const records = GOODS.map(({ stock: _stock, ...good }) => {
      const parts = { substitutionGroup: null, parts: null, active: true };
      const value = { eventId: randomUUID(), occurredAt: Date.now(), currency: "CNY", ...good, ...parts };
      return { topic: RECORDS.SkuListed.topic, key: good.sku, value: codec.encode("SkuListed", value) };
    });
    await eventLog.publish(records);
  } finally {
    await eventLog.close();
  }
}

function expectOk({ status, body }) {
  if (status >= 300) throw new Error(`the demonstration stock was refused: ${status} ${JSON.stringify(body)}`);
}
