import { AddMomentOfToldLater1764430000000 } from "./add-moment-of-told-later.js";
import { AddOrderOfReturnedLines1764200000000 } from "./add-order-of-returned-lines.js";
import { CreateAlertLines1764220000000 } from "./create-alert-lines.js";
import { CreateAnnouncements1764230000000 } from "./create-announcements.js";
import { CreateClaims1764240000000 } from "./create-claims.js";
import { CreateLabellings1764210000000 } from "./create-labellings.js";
import { CreatePhysicalLog1764300000000 } from "./create-physical-log.js";
import { CreateRecordedMovements1764400000000 } from "./create-recorded-movements.js";
import { CreateStocktakes1764410000000 } from "./create-stocktakes.js";
import { CreateWarehouseTables1764100000000 } from "./create-warehouse-tables.js";
import { IndexDocuments1764440000000 } from "./index-documents.js";
import { IndexOwnEntriesToldLater1764420000000 } from "./index-own-entries-told-later.js";
import { TellPartsApart1764450000000 } from "./tell-parts-apart.js";

/** The warehouse's own migrations, oldest first. */
export const warehouseMigrations = [
  CreateWarehouseTables1764100000000,
  AddOrderOfReturnedLines1764200000000,
  CreateLabellings1764210000000,
  CreateAlertLines1764220000000,
  CreateAnnouncements1764230000000,
  CreateClaims1764240000000,
  CreatePhysicalLog1764300000000,
  CreateRecordedMovements1764400000000,
  CreateStocktakes1764410000000,
  IndexOwnEntriesToldLater1764420000000,
  AddMomentOfToldLater1764430000000,
  IndexDocuments1764440000000,
  TellPartsApart1764450000000,
];
