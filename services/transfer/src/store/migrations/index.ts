import { CreateSuggestionTables1764300000100 } from "./create-suggestion-tables.js";
import { CreateTransferTables1764300000000 } from "./create-transfer-tables.js";
import { CreateWarehouseCopy1764300000200 } from "./create-warehouse-copy.js";

/** The transfer service's own migrations, oldest first. */
export const transferMigrations = [
  CreateTransferTables1764300000000,
  CreateSuggestionTables1764300000100,
  CreateWarehouseCopy1764300000200,
];
