import { balancesRoute, type ServiceContext, type ServiceDefinition } from "@septet/service-kit";
import { LIMITS } from "@septet/stock-contracts";
import { z } from "zod";
import { Desk } from "./desk.js";
import { LINE_OFF } from "./domain/alert-line.js";
import { adjustmentRoutes } from "./http/adjustment-routes.js";
import { alertLineRoutes } from "./http/alert-line-routes.js";
import { announcementRoutes } from "./http/announcement-routes.js";
import { claimListRoutes } from "./http/claim-list-routes.js";
import { claimRoutes } from "./http/claim-routes.js";
import { countingRoutes } from "./http/counting-routes.js";
import { documentListRoutes } from "./http/document-list-routes.js";
import { documentRoutes } from "./http/document-routes.js";
import { fulfilmentRoutes } from "./http/fulfilment-routes.js";
import { labellingRoutes } from "./http/labelling-routes.js";
import { reversalRoutes } from "./http/reversal-routes.js";
import { stocktakeRoutes } from "./http/stocktake-routes.js";
import { warehouseRoutes } from "./http/warehouse-routes.js";
import { warehouseConsumer } from "./messaging/consumer.js";
import { warehouseMigrations } from "./store/migrations/index.js";
import { forgetPhysical } from "./store/physical-log.js";
import { forgetRecorded } from "./store/recorded-movements.js";

const BALANCES = `SELECT sku, location, 'total' AS bucket, total AS quantity FROM on_hand
  UNION ALL SELECT sku, location, 'unsellable', unsellable FROM on_hand`;

const FORGET_EVERY_MS = 10 * 60_000;
const FORGET_BITE_ROWS = 5_000;

const CONFIG = {
  ALERT_LINE_PIECES: z
    .union([z.literal("off"), z.coerce.number().int().min(0).max(LIMITS.MAX_QUANTITY_PIECES)])
    .default(10)
    .describe("usable pieces at or below which a SKU at a location is low, 0 to 1000000 or off, default 10"),
};
type Context = ServiceContext<typeof CONFIG>;

/** The warehouse, ready to be run: its tables, what it publishes, its routes, what it listens to. */
export function warehouseService(): ServiceDefinition<typeof CONFIG> {
  let opened: Desk | undefined;
  const deskOf = (context: Context): Desk => {
    opened ??= openDesk(context);
    return opened;
  };
  return {
    name: "warehouse",
    config: CONFIG,
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
      ...announcementRoutes(context),
      ...claimRoutes(context),
      ...claimListRoutes(context.db),
      ...documentRoutes(context.db, deskOf(context)),
      ...documentListRoutes(context.db),
      ...alertLineRoutes(context, alertLineOf(context)),
      ...fulfilmentRoutes(context.db, deskOf(context)),
      ...adjustmentRoutes(context.db, deskOf(context)),
      ...stocktakeRoutes(context),
      ...countingRoutes(context.db, deskOf(context)),
      ...reversalRoutes(context.db, deskOf(context)),
      balancesRoute({ db: context.db, service: "warehouse", sql: BALANCES }),
    ],
    jobs: ({ db, every }) => [
      every(FORGET_EVERY_MS, "physical-log-clean-up", async () => {
        while ((await forgetPhysical(db, FORGET_BITE_ROWS)) === FORGET_BITE_ROWS);
      }),
      every(FORGET_EVERY_MS, "recorded-movements-clean-up", async () => {
        while ((await forgetRecorded(db, FORGET_BITE_ROWS)) === FORGET_BITE_ROWS);
      }),
    ],
    consumers: (context) => [warehouseConsumer(context, deskOf(context))],
  };
}

const alertLineOf = ({ config }: Context): number =>
  config.ALERT_LINE_PIECES === "off" ? LINE_OFF : config.ALERT_LINE_PIECES;

function openDesk(context: Context): Desk {
  const { db, metrics, logger, health, onStop } = context;
  const desk = new Desk({
    db,
    metrics,
    settings: { alertLinePieces: alertLineOf(context) },
    onRetry: (error) => logger.warn({ err: error }, "a slice is tried again"),
  });
  health.register("desk", () => desk.health());
  onStop("desk", () => desk.close());
  return desk;
}
