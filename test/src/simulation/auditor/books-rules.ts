import type { Evidence } from "./auditor.js";
import { Books } from "./books.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";

const COLUMNS: Readonly<Record<string, string>> = {
  total: "total",
  sellable: "sellable",
  orderReserved: "order_reserved",
  unsellable: "unsellable",
  locked: "locked",
  transferReserved: "transfer_reserved",
  inTransit: "in_transit",
  virtual: "virtual",
};

/** Each service shows exactly what the movements add up to, for the buckets that it shows. */
export function booksRules(evidence: Evidence, findings: Findings): void {
  const books = new Books();
  for (const movement of movementsOf(evidence)) books.fold(movement);
  const { stock, onHand, balances, transfers } = evidence.tables;
  compare("order-reservation", stock, ["sellable", "orderReserved", "locked"]);
  compare("warehouse", onHand, ["total", "unsellable"]);
  compare("transfer", transfers?.balances, ["transferReserved", "inTransit"]);
  compare("ledger", balances, Object.keys(COLUMNS));

  function compare(service: string, rows: readonly object[] | undefined, buckets: readonly string[]): void {
    if (rows === undefined) return;
    const byPlace = new Map(
      (rows as Record<string, unknown>[]).map((row) => [JSON.stringify([row.sku, row.location]), row]),
    );
    const places = new Set([
      ...byPlace.keys(),
      ...books.places().map(({ sku, location }) => JSON.stringify([sku, location])),
    ]);
    for (const place of places) {
      const [sku, location] = JSON.parse(place) as [string, string];
      for (const bucket of buckets) {
        const has = Number(byPlace.get(place)?.[COLUMNS[bucket]!] ?? 0);
        const folded = books.of(sku, location, bucket);
        const shown = () => `${service} has ${has} ${bucket} of ${sku} at ${location}, the movements say ${folded}`;
        findings.expect(has === folded, "every service equals the fold of the movements", shown);
      }
    }
  }
}
