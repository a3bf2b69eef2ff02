import { AddAcknowledgements1765200000000 } from "./add-acknowledgements.js";
import { AddBundles1765300000000 } from "./add-bundles.js";
import { AddCartHolds1764400000000 } from "./add-cart-holds.js";
import { AddCounters1764500000000 } from "./add-counters.js";
import { AddPromotions1765000000000 } from "./add-promotions.js";
import { AddShortages1764900000000 } from "./add-shortages.js";
import { AddUnwantedPieces1764200000000 } from "./add-unwanted-pieces.js";
import { AddVelocity1764600000000 } from "./add-velocity.js";
import { CreateReservationTables1764100000000 } from "./create-reservation-tables.js";

/** Run after the kit's and messaging's own migrations. */
export const reservationMigrations = [
  CreateReservationTables1764100000000,
  AddUnwantedPieces1764200000000,
  AddCartHolds1764400000000,
  AddCounters1764500000000,
  AddVelocity1764600000000,
  AddShortages1764900000000,
  AddPromotions1765000000000,
  AddAcknowledgements1765200000000,
  AddBundles1765300000000,
];
