import { balancesRoute, type ServiceDefinition } from "@septet/service-kit";
import { inTransitRoutes } from "./http/in-transit-routes.js";
import { stepRoutes } from "./http/step-routes.js";
import { transferRoutes } from "./http/transfer-routes.js";
import { transferConsumer } from "./messaging/consumer.js";
import { transferMigrations } from "./store/migrations/index.js";
import { overdueSweeper } from "./sweeper.js";

const BALANCES = `SELECT sku, location, 'transferReserved' AS bucket, transfer_reserved AS quantity FROM transfer_balance
  UNION ALL SELECT sku, location, 'inTransit', in_transit FROM transfer_balance`;

/** Transfers, ready to be run: their tables, what they publish, their routes, what they listen to. */
export function transferService(): ServiceDefinition {
  return {
    name: "transfer",
    migrations: transferMigrations,
    records: [
      "StockMovement",
      "TransferReservationRequested",
      "TransferLineChanged",
      "TransferSurplusArrived",
      "StockAlertRaised",
      "StockAlertCleared",
    ],
    routes: (context) => [
      ...transferRoutes(context, context),
      ...stepRoutes(context),
      ...inTransitRoutes(context.db),
      balancesRoute({ db: context.db, service: "transfer", sql: BALANCES }),
    ],
    consumers: (context) => [transferConsumer(context)],
    jobs: (context) => [overdueSweeper(context)],
  };
}
