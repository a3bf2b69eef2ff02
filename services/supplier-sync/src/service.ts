import { balancesRoute, type ServiceDefinition } from "@septet/service-kit";
import { mappingRoutes } from "./http/mapping-routes.js";
import { offerRoutes } from "./http/offer-routes.js";
import { reportRoutes } from "./http/report-routes.js";
import { supplierRoutes } from "./http/supplier-routes.js";
import { termsRoutes } from "./http/terms-routes.js";
import { offerClock } from "./looking-again.js";
import { supplierSyncConsumer } from "./messaging/consumer.js";
import { supplierSyncMigrations } from "./store/migrations/index.js";

const BALANCES = `SELECT sku, 'supplier:' || supplier_id AS location, 'virtual' AS bucket, virtual AS quantity FROM offer`;

/** What suppliers hold and ship for us, ready to be run: tables, routes, what it publishes and listens to. */
export function supplierSyncService(): ServiceDefinition {
  return {
    name: "supplier-sync",
    migrations: supplierSyncMigrations,
    records: ["StockMovement", "LocationDefined", "StockAlertRaised", "StockAlertCleared"],
    routes: (context) => [
      ...supplierRoutes(context),
      ...termsRoutes(context),
      ...mappingRoutes(context),
      ...reportRoutes(context),
      ...offerRoutes(context),
      balancesRoute({ db: context.db, service: "supplier-sync", sql: BALANCES }),
    ],
    consumers: (context) => [supplierSyncConsumer(context)],
    jobs: (context) => [offerClock(context)],
  };
}
