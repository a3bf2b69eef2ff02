import { CreateClocks1764400000300 } from "./create-clocks.js";
import { CreateConnectors1764400000450 } from "./create-connectors.js";
import { CreateInbounds1764400000400 } from "./create-inbounds.js";
import { CreateNotices1764400000700 } from "./create-notices.js";
import { CreateOrders1764400000200 } from "./create-orders.js";
import { CreateReports1764400000100 } from "./create-reports.js";
import { CreateScorecardFacts1764400000500 } from "./create-scorecard-facts.js";
import { CreateStocktakes1764400000600 } from "./create-stocktakes.js";
import { CreateSupplierTables1764400000000 } from "./create-supplier-tables.js";

/** The service's own migrations, oldest first. */
export const supplierSyncMigrations = [
  CreateSupplierTables1764400000000,
  CreateReports1764400000100,
  CreateOrders1764400000200,
  CreateClocks1764400000300,
  CreateInbounds1764400000400,
  CreateConnectors1764400000450,
  CreateScorecardFacts1764400000500,
  CreateStocktakes1764400000600,
  CreateNotices1764400000700,
];
