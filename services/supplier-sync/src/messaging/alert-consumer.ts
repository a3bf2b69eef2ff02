import { type ConsumerDefinition, decodeSlice, isAccepted, type ServiceContext, transact } from "@septet/service-kit";
import { type Alert, noteAlerts } from "../noticing.js";

const GROUP = "supplier-sync-notices";
const MAX_SLICE_MESSAGES = 500;

/** Reads alerts, whoever raised them, and notes whom to tell. What is read twice is noted once. */
export function alertConsumer({ codec, db }: Pick<ServiceContext, "codec" | "db">): ConsumerDefinition {
  return {
    groupId: GROUP,
    topics: ["stock.alerts.v1"],
    maxSliceMessages: MAX_SLICE_MESSAGES,
    handle: async (slice) => {
      const decoded = await decodeSlice(codec, slice);
      const alerts = decoded.flatMap((one): Alert[] =>
        isAccepted(one) && one.name === "StockAlertRaised" ? [one.value] : [],
      );
      await transact(db, {}, async (unit) => {
        await noteAlerts(unit, alerts, unit.now);
        for (const one of decoded) {
          if (!isAccepted(one)) unit.deadLetter(one.message, one.error);
          unit.consumed(GROUP, [one.message]);
        }
      });
    },
  };
}
