import { balancesRoute, type ServiceContext, type ServiceDefinition } from "@septet/service-kit";
import { Desk } from "./desk.js";
import { documentRoutes } from "./http/document-routes.js";
import { fulfilmentRoutes } from "./http/fulfilment-routes.js";
import { labellingRoutes } from "./http/labelling-routes.js";
import { warehouseRoutes } from "./http/warehouse-routes.js";
import { warehouseConsumer } from "./messaging/consumer.js";
import { warehouseMigrations } from "./store/migrations/index.js";
import { forgetPhysical } from "./store/physical-log.js";

const BALANCES = `SELECT sku, location, 'total' AS bucket, total AS quantity FROM on_hand
  UNION ALL SELECT sku, location, 'unsellable', unsellable FROM on_hand`;

const FORGET_EVERY_MS = 10 * 60_000;
const FORGET_BITE_ROWS = 5_000;

/** The warehouse, ready to be run: its tables, what it publishes, its routes, what it listens to. */
export function warehouseService(): ServiceDefinition {
  let opened: Desk | undefined;
  const deskOf = (context: ServiceContext): Desk => {
    opened ??= openDesk(context);
    return opened;
  };
  return {
    name: "warehouse",
    migrations: warehouseMigrations,
    records: [
      "StockMovement",
      "LocationDefined",
      "FulfilmentShipped",
      "FulfilmentShort",
      "FulfilmentCancelled",
      "ReturnReceived",
      "StockAlertRaised",
      "StockAlertCleared",
    ],
    routes: (context) => [
      ...warehouseRoutes(context),
      ...labellingRoutes(context),
      ...documentRoutes(context.db, deskOf(context)),
      ...fulfilmentRoutes(context.db, deskOf(context)),
      balancesRoute({ db: context.db, service: "warehouse", sql: BALANCES }),
    ],
    jobs: ({ db, every }) => [
      every(FORGET_EVERY_MS, "physical-log-clean-up", async () => {
        while ((await forgetPhysical(db, FORGET_BITE_ROWS)) === FORGET_BITE_ROWS);
      }),
    ],
    consumers: (context) => [warehouseConsumer(context, deskOf(context))],
  };
}

function openDesk({ db, metrics, logger, health, onStop }: ServiceContext): Desk {
  const desk = new Desk({
    db,
    metrics,
    onRetry: (error) => logger.warn({ err: error }, "a slice is tried again"),
  });
  health.register("desk", () => desk.health());
  onStop("desk", () => desk.close());
  return desk;
}
