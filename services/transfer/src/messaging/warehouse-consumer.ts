import {
  type ConsumerDefinition,
  deadLetterRefused,
  decodeSlice,
  type ServiceContext,
  splitSlice,
  transact,
} from "@septet/service-kit";
import { keepWarehouses } from "../store/warehouse-copy.js";

const GROUP = "transfer.warehouses";
const MAX_SLICE_MESSAGES = 500;

/** Keeps which warehouses are open, for suggestions. */
export function warehouseConsumer({ db, codec }: Pick<ServiceContext, "db" | "codec">): ConsumerDefinition {
  return {
    groupId: GROUP,
    topics: ["stock.locations.v1"],
    maxSliceMessages: MAX_SLICE_MESSAGES,
    handle: async (slice) => {
      const { accepted, refused } = splitSlice(await decodeSlice(codec, slice));
      await transact(db, {}, async (unit) => {
        await keepWarehouses(
          unit,
          accepted.flatMap(({ name, value }) => (name === "LocationDefined" ? [value] : [])),
        );
        deadLetterRefused(unit, refused);
        unit.consumed(GROUP, slice);
      });
    },
  };
}
