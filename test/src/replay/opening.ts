import type { ServiceClient } from "../platform/service-client.js";
import { waitFor } from "../platform/wait.js";
import type { OpeningLine } from "./opening-stock.js";

/** How far a recorder's stream of each SKU has come. */
type Heads = ReadonlyMap<string, number>;

interface Position {
  readonly contiguous: number;
  readonly ahead: readonly (readonly [number, number])[];
}

/** Defines the warehouses; defining them again changes nothing. */
export async function defineWarehouses(warehouse: ServiceClient, codes: readonly string[]): Promise<void> {
  for (const code of codes) await warehouse.put(`/v1/warehouses/${encodeURIComponent(code)}`, { name: code });
}

/** Receives the opening stock, one upload for each warehouse; receiving it again changes nothing. Returns refused rows. */
export async function receiveOpeningStock(
  warehouse: ServiceClient,
  lines: readonly OpeningLine[],
  reference: string,
): Promise<string[]> {
  const refused: string[] = [];
  for (const location of new Set(lines.map((line) => line.location))) {
    const rows = lines.filter((line) => line.location === location);
    const body = rows
      .map((row) => JSON.stringify({ location, reference, sku: row.sku, quantity: row.quantity }))
      .join("\n");
    const answer = await warehouse.call("POST", "/v1/receipts", {
      body,
      contentType: "application/x-ndjson",
      idempotencyKey: `replay:receipt:${location}:${reference}`,
      expect: [409],
    });
    // 409: the same files were received before with other figures.
    refused.push(...(answer.status === 409 ? [`${location}: ${answer.body.title}`] : refusedRows(answer.body)));
  }
  return refused;
}

function refusedRows(body: { errors?: { row: number; field?: string; reason: string }[] }): string[] {
  return (body.errors ?? []).map((error) => `row ${error.row}: ${error.field ?? ""} ${error.reason}`);
}

/** What each warehouse holds and may hand out, pieces per location and SKU, with the heads of the warehouse's streams. */
export async function readOnHand(warehouse: ServiceClient): Promise<{
  pieces: { location: string; sku: string; quantity: number }[];
  heads: Heads;
}> {
  const pieces = new Map<string, { location: string; sku: string; quantity: number }>();
  const heads = new Map<string, number>();
  for await (const page of warehouse.pages("/v1/balances?limit=500")) {
    for (const { sku, location, bucket, quantity } of page.items) {
      const key = `${location}\u0000${sku}`;
      const place = pieces.get(key) ?? { location, sku, quantity: 0 };
      place.quantity += bucket === "total" ? quantity : -quantity;
      pieces.set(key, place);
    }
    for (const [sku, position] of Object.entries<Position>(page.positions.warehouse ?? {}))
      heads.set(sku, position.contiguous);
  }
  return { pieces: [...pieces.values()], heads };
}

/** Waits until order-reservation has applied everything the warehouse had recorded. */
export async function waitUntilSellable(reservation: ServiceClient, heads: Heads, timeoutMs: number): Promise<void> {
  let behind: string[] = [];
  await waitFor(
    "order-reservation's balances to show the opening stock",
    async () => {
      const applied = new Map<string, Position>();
      for await (const page of reservation.pages("/v1/balances?limit=500")) {
        for (const [sku, position] of Object.entries<Position>(page.positions.warehouse ?? {}))
          applied.set(sku, position);
      }
      behind = [...heads].filter(([sku, head]) => (applied.get(sku)?.contiguous ?? 0) < head).map(([sku]) => sku);
      return behind.length === 0;
    },
    { timeoutMs, everyMs: 250, seen: () => `${behind.length} SKUs behind, such as ${behind[0]}` },
  );
}
