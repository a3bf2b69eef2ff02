import { imbalances } from "./identity.js";
import { locationKindOf } from "./locations.js";
import type { RecordName, RecordOf } from "./records.js";

/** Reports a violation of a field: a stable rule name, what is wrong, and what to send instead. */
export type Report = (field: string, rule: string, wrong: string, instead: string) => void;

/** What a record says as a whole; only asked when each of its fields is right by itself. */
export const RECORD_RULES: { readonly [N in RecordName]?: (value: RecordOf<N>, report: Report) => void } = {
  ShortageChoiceMade({ choices }, report) {
    choices.forEach(({ kind, sku }, index) => {
      if (kind === "EXCHANGE" && sku === null) {
        report(`choices[${index}].sku`, "missing", "is null", "send the SKU that replaces the line");
      }
    });
  },

  SkuListed({ sku, parts }, report) {
    parts?.forEach((part, index) => {
      if (part.sku.trim() === sku.trim()) {
        report(`parts[${index}].sku`, "part-of-itself", "is the bundle itself", "send the SKU of a part");
      }
    });
  },

  PromotionScheduled({ startsAt, endsAt }, report) {
    if (endsAt <= startsAt) report("endsAt", "ends-before-start", "is not after startsAt", "send a later end");
  },

  StockMovement({ kind, legs }, report) {
    if (kind === "VOID" && legs.length > 0) report("legs", "void-with-legs", "has legs", "send a VOID without legs");
    if (kind !== "VOID" && legs.length === 0) report("legs", "empty", "is empty", "send the legs of the movement");
    for (const { location, difference } of imbalances(legs)) {
      report("legs", "unbalanced", `breaks the identity at ${location} by ${difference}`, "send legs that keep it");
    }
  },

  ReturnReceived({ lines }, report) {
    lines.forEach(({ sellable, unsellable, missing }, index) => {
      if (sellable + unsellable + missing === 0) {
        report(`lines[${index}]`, "judges-nothing", "judges 0 pieces", "leave the line out");
      }
    });
  },

  TransferReservationRequested({ source, destination }, report) {
    if (source === destination) report("destination", "same-as-source", "is the source", "send another warehouse");
  },

  TransferSurplusArrived({ quantity, unsellable }, report) {
    if (unsellable > quantity) {
      report("unsellable", "more-than-all", `is ${unsellable} of ${quantity}`, "send at most quantity");
    }
  },

  LocationDefined({ location, kind }, report) {
    const wanted = locationKindOf(location);
    if (kind !== wanted) {
      report(
        "kind",
        "kind-against-name",
        `is ${kind}`,
        `send ${wanted}: only a supplier's location is "supplier:<id>"`,
      );
    }
  },
};
