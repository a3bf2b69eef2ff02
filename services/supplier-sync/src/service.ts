import { balancesRoute, type ServiceDefinition } from "@septet/service-kit";
import { mappingRoutes } from "./http/mapping-routes.js";
import { supplierRoutes } from "./http/supplier-routes.js";
import { supplierSyncMigrations } from "./store/migrations/index.js";

const BALANCES = `SELECT sku, 'supplier:' || supplier_id AS location, 'virtual' AS bucket, virtual AS quantity FROM offer`;

/** What suppliers hold and ship for us, ready to be run: tables, routes, what it publishes and listens to. */
export function supplierSyncService(): ServiceDefinition {
  return {
    name: "supplier-sync",
    migrations: supplierSyncMigrations,
    records: ["LocationDefined"],
    routes: (context) => [
      ...supplierRoutes(context),
      ...mappingRoutes(context),
      balancesRoute({ db: context.db, service: "supplier-sync", sql: BALANCES }),
    ],
  };
}
