import type { Named } from "../platform/wire.js";

const orderIdOf = ({ value }: Named): string => (value as { orderId: string }).orderId;

/** @throws when an order of the customers got anything but its reservation */
export function assertServed(outcomes: readonly Named[], customers: ReadonlySet<string>): void {
  for (const outcome of outcomes)
    if (customers.has(orderIdOf(outcome)) && outcome.name !== "OrderReserved")
      throw new Error(`the paid order ${orderIdOf(outcome)} was not served: ${outcome.name}`);
}

/** What became of a burst's orders: how many were taken, and how many were refused for which reasons. */
export function decided(
  outcomes: readonly Named[],
  orderIds: ReadonlySet<string>,
): { taken: number; refused: Map<string, number> } {
  const refused = new Map<string, number>();
  let taken = 0;
  for (const outcome of outcomes) {
    if (!orderIds.has(orderIdOf(outcome))) continue;
    if (outcome.name === "OrderReserved") taken += 1;
    if (outcome.name !== "OrderReservationRejected") continue;
    const codes = [...new Set(outcome.value.reasons.map(({ code }) => code))].sort().join(" + ");
    refused.set(codes, (refused.get(codes) ?? 0) + 1);
  }
  return { taken, refused };
}
