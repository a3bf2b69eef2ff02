import type { RecordOf } from "@septet/stock-contracts";
import type { World } from "../world/world.js";

/** Orders that are held and unpaid as far as anybody has been told, those that were told last at the end. */
export function holdsOf({ history, scheduler }: World): RecordOf<"OrderReserved">[] {
  const held = new Map<string, RecordOf<"OrderReserved">>();
  for (const { record } of history.witnessed) {
    if (record?.name === "OrderReserved") {
      held.delete(record.value.orderId);
      held.set(record.value.orderId, record.value);
    } else if (record?.name === "OrderReservationReleased" && record.value.reason !== "RELOCATED") {
      held.delete(record.value.orderId);
    }
  }
  return [...held.values()].filter(({ expiresAt }) => expiresAt !== null && expiresAt > scheduler.now);
}
