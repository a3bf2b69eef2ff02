import { balancesRoute, dropOldSales, type ServiceContext, type ServiceDefinition } from "@septet/service-kit";
import { arrivingRoutes } from "./http/arriving-routes.js";
import { inTransitRoutes } from "./http/in-transit-routes.js";
import { leavingRoutes } from "./http/leaving-routes.js";
import { suggestionRoutes } from "./http/suggestion-routes.js";
import { transferRoutes } from "./http/transfer-routes.js";
import { turningRoutes } from "./http/turning-routes.js";
import { transferConsumer } from "./messaging/consumer.js";
import { warehouseConsumer } from "./messaging/warehouse-consumer.js";
import { transferMigrations } from "./store/migrations/index.js";
import { SUGGESTION_VARIABLES, suggestionSettings } from "./suggestion-config.js";
import { Suggestions } from "./suggestions.js";
import { overdueSweeper } from "./sweeper.js";

const BALANCES = `SELECT sku, location, 'transferReserved' AS bucket, transfer_reserved AS quantity FROM transfer_balance
  UNION ALL SELECT sku, location, 'inTransit', in_transit FROM transfer_balance`;

const CLEAN_UP_EVERY_MS = 10 * 60_000;

type Context = ServiceContext<typeof SUGGESTION_VARIABLES>;

/** Transfers, ready to be run: their tables, what they publish, their routes, what they listen to. */
export function transferService(): ServiceDefinition<typeof SUGGESTION_VARIABLES> {
  return {
    name: "transfer",
    config: SUGGESTION_VARIABLES,
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
      ...leavingRoutes(context),
      ...arrivingRoutes(context),
      ...turningRoutes(context),
      ...inTransitRoutes(context.db),
      ...suggestionRoutes(context, suggestionsOf(context)),
      balancesRoute({ db: context.db, service: "transfer", sql: BALANCES }),
    ],
    consumers: (context) => [transferConsumer(context), warehouseConsumer(context)],
    jobs: (context) => [
      overdueSweeper(context),
      context.every(context.config.SUGGESTIONS_EVERY_SECONDS * 1_000, "suggestions", () =>
        suggestionsOf(context).refresh(),
      ),
      context.every(CLEAN_UP_EVERY_MS, "sales-clean-up", () => dropOldSales(context.db)),
    ],
  };
}

function suggestionsOf({ db, config }: Context): Suggestions {
  return new Suggestions(db, suggestionSettings(config));
}
