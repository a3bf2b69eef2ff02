import { balancesRoute, type ServiceContext, type ServiceDefinition } from "@septet/service-kit";
import { z } from "zod";
import { cartRoutes } from "./http/cart-routes.js";
import { lockRoutes } from "./http/lock-routes.js";
import { policyRoutes } from "./http/policy-routes.js";
import { reservationRoutes } from "./http/reservation-routes.js";
import { shortageRoutes } from "./http/shortage-routes.js";
import { velocityRoutes } from "./http/velocity-routes.js";
import { notifyLeaders } from "./leader-notices.js";
import { itemsOf, TOPICS_READ } from "./messaging/intake.js";
import { createReservationMetrics } from "./metrics.js";
import { PaymentsHorizon } from "./payments-horizon.js";
import { GROUP_ID, MAX_SLICE_ITEMS, ReservationDesk } from "./reservation-desk.js";
import { BALANCES } from "./store/balances.js";
import { dropOldCounters } from "./store/counters.js";
import { reservationMigrations } from "./store/migrations/index.js";
import { loadWaiting } from "./store/waiting.js";
import { Sweeper } from "./sweeper.js";
import { keepVelocity } from "./velocity-keeping.js";

const CONFIG = {
  PAYMENTS_GRACE_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(120)
    .describe("how long expiry waits for payments that cannot be read, 0 to 86400 s, default 120"),
  PROMOTION_GRACE_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(604_800)
    .default(600)
    .describe("how long after a promotion's end ON_PROMOTION_ENDED keeps its stock, 0 to 604800 s, default 600"),
  SWEEP_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(50)
    .max(60_000)
    .default(1_000)
    .describe("how often expired holds are looked for, 50 to 60000 ms, default 1000"),
  LEADER_NOTICE_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(60)
    .describe("shortages of a group leader's orders within so long come in one notice, 0 to 86400 s, default 60"),
};
const DEFICITS_EVERY_MS = 30_000;
const COUNTERS_EVERY_MS = 60_000;
const WAITING_EVERY_MS = 15_000;
const ROWS_PER_BITE = 5_000;

type Context = ServiceContext<typeof CONFIG>;

/** The desk of one running service: made before routes and consumers, which both hand in there. */
const desks = new WeakMap<object, ReservationDesk>();

function deskOf(context: Context): ReservationDesk {
  let desk = desks.get(context);
  if (desk === undefined) {
    const { PAYMENTS_GRACE_SECONDS, PROMOTION_GRACE_SECONDS } = context.config;
    desk = new ReservationDesk(context, {
      paymentsGraceMs: PAYMENTS_GRACE_SECONDS * 1000,
      promotionGraceMs: PROMOTION_GRACE_SECONDS * 1000,
    });
    desks.set(context, desk);
  }
  return desk;
}

/** order-reservation: decides everything that takes from sellable stock. */
export const orderReservation: ServiceDefinition<typeof CONFIG> = {
  name: "order-reservation",
  config: CONFIG,
  migrations: reservationMigrations,
  records: [
    "StockMovement",
    "OrderReserved",
    "OrderAwaitingPayment",
    "OrderReservationRejected",
    "OrderReservationReleased",
    "OrderShorted",
    "OrderShortageSettled",
    "ShortageChoiceRejected",
    "GroupLeaderNotified",
    "OrderFulfilled",
    "CartHeld",
    "CartHoldRejected",
    "CartHoldReleased",
    "TransferReservationRejected",
    "FulfilmentRequested",
    "FulfilmentCancelRequested",
    "PolicyChanged",
    "StockAlertRaised",
    "StockAlertCleared",
  ],
  routes: (context) => [
    ...reservationRoutes({ desk: deskOf(context), db: context.db }),
    ...cartRoutes({ desk: deskOf(context), db: context.db }),
    ...shortageRoutes({ desk: deskOf(context), db: context.db }),
    ...lockRoutes({ desk: deskOf(context), db: context.db }),
    ...velocityRoutes(context),
    ...policyRoutes(context),
    balancesRoute({ db: context.db, service: context.service, sql: BALANCES }),
  ],
  consumers: (context) => [
    {
      groupId: GROUP_ID,
      topics: TOPICS_READ,
      maxSliceMessages: MAX_SLICE_ITEMS,
      handle: async (slice) => {
        await deskOf(context).submit(await itemsOf(context.codec, slice, context.service));
      },
    },
  ],
  jobs: (context) => {
    const { db: session, eventLog, metrics, config } = context;
    const horizon = new PaymentsHorizon({ session, eventLog, groupId: GROUP_ID });
    const paymentsGraceMs = config.PAYMENTS_GRACE_SECONDS * 1000;
    const gatherMs = config.LEADER_NOTICE_SECONDS * 1000;
    const gauges = createReservationMetrics(metrics);
    const sweeper = new Sweeper({ session, desk: deskOf(context), metrics, paymentsGraceMs });
    return [
      context.every(config.SWEEP_INTERVAL_MS, "payments-horizon", () => horizon.look()),
      context.every(config.SWEEP_INTERVAL_MS, "expiry", () => sweeper.expireHolds()),
      context.every(config.SWEEP_INTERVAL_MS, "shortages", () => sweeper.settleShortages()),
      context.every(config.SWEEP_INTERVAL_MS, "leader-notices", () => notifyLeaders(context, gatherMs)),
      context.every(config.SWEEP_INTERVAL_MS, "spares", () => sweeper.dropSpares()),
      context.every(config.SWEEP_INTERVAL_MS, "cart-expiry", () => sweeper.expireCarts()),
      context.every(config.SWEEP_INTERVAL_MS, "promotions", () => sweeper.tendLocks()),
      context.every(COUNTERS_EVERY_MS, "velocity-clean-up", () => keepVelocity(session, ROWS_PER_BITE)),
      context.every(COUNTERS_EVERY_MS, "counters-clean-up", async () => {
        while ((await dropOldCounters(session, ROWS_PER_BITE)) === ROWS_PER_BITE);
      }),
      context.every(DEFICITS_EVERY_MS, "deficits", () => sweeper.examineDeficits()),
      context.every(WAITING_EVERY_MS, "waiting", async () => gauges.observe(await loadWaiting(session))),
    ];
  },
};
