import { CreateWarehouseTables1764100000000 } from "./create-warehouse-tables.js";

/** The warehouse's own migrations, oldest first. */
export const warehouseMigrations = [CreateWarehouseTables1764100000000];
