import { balancesRoute, dropOldSales, type ServiceDefinition } from "@septet/service-kit";
import { feedClock } from "./feed-clock.js";
import { connectorRoutes } from "./http/connector-routes.js";
import { inboundRoutes } from "./http/inbound-routes.js";
import { mappingRoutes } from "./http/mapping-routes.js";
import { noticeRoutes } from "./http/notice-routes.js";
import { offerRoutes } from "./http/offer-routes.js";
import { orderRoutes } from "./http/order-routes.js";
import { reportRoutes } from "./http/report-routes.js";
import { scorecardRoutes } from "./http/scorecard-routes.js";
import { sheetRoutes } from "./http/sheet-routes.js";
import { stocktakeRoutes } from "./http/stocktake-routes.js";
import { supplierRoutes } from "./http/supplier-routes.js";
import { termsRoutes } from "./http/terms-routes.js";
import { todayRoutes } from "./http/today-routes.js";
import { offerClock } from "./looking-again.js";
import { alertConsumer } from "./messaging/alert-consumer.js";
import { supplierSyncConsumer } from "./messaging/consumer.js";
import { notifier } from "./notifier.js";
import { orderClock } from "./order-clock.js";
import { PULL_VARIABLES } from "./pull-config.js";
import { puller } from "./puller.js";
import { supplierSyncMigrations } from "./store/migrations/index.js";
import { dropOldNotices } from "./store/notice-rows.js";

const BALANCES = `SELECT sku, 'supplier:' || supplier_id AS location, 'virtual' AS bucket, virtual AS quantity FROM offer`;

const CLEAN_UP_EVERY_MS = 10 * 60_000;

/** What suppliers hold and ship for us, ready to be run: tables, routes, what it publishes and listens to. */
export function supplierSyncService(): ServiceDefinition<typeof PULL_VARIABLES> {
  return {
    name: "supplier-sync",
    config: PULL_VARIABLES,
    migrations: supplierSyncMigrations,
    records: [
      "StockMovement",
      "LocationDefined",
      "FulfilmentShipped",
      "FulfilmentShort",
      "FulfilmentCancelled",
      "StockAlertRaised",
      "StockAlertCleared",
    ],
    routes: (context) => [
      ...supplierRoutes(context),
      ...termsRoutes(context),
      ...mappingRoutes(context),
      ...reportRoutes(context),
      ...sheetRoutes(context),
      ...connectorRoutes(context),
      ...noticeRoutes(context),
      ...offerRoutes(context),
      ...orderRoutes(context),
      ...inboundRoutes(context),
      ...scorecardRoutes(context),
      ...todayRoutes(context),
      ...stocktakeRoutes(context),
      balancesRoute({ db: context.db, service: "supplier-sync", sql: BALANCES }),
    ],
    consumers: (context) => [supplierSyncConsumer(context), alertConsumer(context)],
    jobs: (context) => [
      offerClock(context),
      orderClock(context),
      puller(context),
      notifier(context),
      feedClock(context),
      context.every(CLEAN_UP_EVERY_MS, "notices-clean-up", () => dropOldNotices(context.db)),
      context.every(CLEAN_UP_EVERY_MS, "sales-clean-up", () => dropOldSales(context.db)),
    ],
  };
}
