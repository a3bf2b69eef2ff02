import type { InboundMessage } from "@septet/messaging";
import {
  type ConsumerDefinition,
  type DecodedMessage,
  deadLetterRefused,
  decodeSlice,
  type ServiceContext,
  splitSlice,
  type UnitOfWork,
} from "@septet/service-kit";
import type { LEDGER_VARIABLES } from "../config.js";
import { writeListings, writeLocations } from "../store/surroundings.js";

export const SURROUNDINGS_GROUP = "ledger.surroundings";

/** Keeps the kinds of locations and the names of goods, for showing. */
export function surroundingsConsumer(context: ServiceContext<typeof LEDGER_VARIABLES>): ConsumerDefinition {
  return {
    groupId: SURROUNDINGS_GROUP,
    topics: ["stock.locations.v1", "upstream.catalogue.v1"],
    maxSliceMessages: 500,
    async handle(slice) {
      const decoded = await decodeSlice(context.codec, slice);
      await context.transact({}, (unit) => keep(unit, slice, decoded));
    },
  };
}

async function keep(
  unit: UnitOfWork,
  slice: readonly InboundMessage[],
  decoded: readonly DecodedMessage[],
): Promise<void> {
  const { accepted, refused } = splitSlice(decoded);
  await writeLocations(
    unit,
    accepted.flatMap(({ name, value }) => (name === "LocationDefined" ? [value] : [])),
  );
  await writeListings(
    unit,
    accepted.flatMap(({ name, value, message }) => (name === "SkuListed" ? [{ offset: message.offset, value }] : [])),
  );
  deadLetterRefused(unit, refused);
  unit.consumed(SURROUNDINGS_GROUP, slice);
}
