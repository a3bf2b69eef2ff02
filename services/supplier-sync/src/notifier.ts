import { type Database, type Job, type ServiceContext, transact } from "@septet/service-kit";
import { DEFAULT_BACKOFF, waitMs } from "./domain/backoff.js";
import { spreadOf } from "./domain/spread.js";
import { requestFor } from "./notices/channels.js";
import { type Delivery, deliveryOf } from "./notices/delivery.js";
import { quietUntil } from "./notices/quiet-hours.js";
import type { PULL_VARIABLES } from "./pull-config.js";
import { type AllowedAddresses, allowedAddresses } from "./pulling/allowed-addresses.js";
import { FetchFault, guardedPost } from "./pulling/guarded-request.js";
import { type ClaimedDelivery, claimDeliveries, settleDelivery } from "./store/notice-rows.js";

const EVERY_MS = 1_000;
const PER_ROUND = 20;
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 65_536;
/** Longer than a round takes at worst: its deliveries are sent at once. */
const CLAIM_MS = 60_000;
/** With the waits between them some four hours. */
const MAX_TRIES = 24;

/**
 * Sends what is due, by the database's clock. Each delivery is claimed before it is sent, so that of several instances one
 * sends it; it is sent at least once, and by its id whoever gets it twice can tell.
 */
export function notifier({ db, every, config }: ServiceContext<typeof PULL_VARIABLES>): Job {
  const allowed = allowedAddresses(config.PULL_ALLOWED_NETWORKS);
  return every(EVERY_MS, "notices", async () => {
    for (;;) {
      const due = await transact(db, {}, async (unit) => {
        const deliveries = await claimDeliveries(unit, CLAIM_MS, PER_ROUND);
        return deliveries.map((delivery) => ({ delivery, now: unit.now }));
      });
      await Promise.all(due.map(({ delivery, now }) => tell(db, delivery, now, allowed)));
      if (due.length < PER_ROUND) return;
    }
  });
}

async function tell(db: Database, due: ClaimedDelivery, now: number, allowed: AllowedAddresses): Promise<void> {
  const until = due.quiet === null ? null : quietUntil(due.timeZone, due.quiet, now);
  if (until !== null) {
    await transact(db, {}, (unit) => settleDelivery(unit, due, "WAITING", until, "quiet hours", true));
    return;
  }
  const told = await send(due, now, allowed);
  await transact(db, {}, async (unit) => {
    if (told.outcome !== "TRY_AGAIN") {
      const reason = told.outcome === "REFUSED" ? told.reason : null;
      return settleDelivery(unit, due, told.outcome, unit.now, reason);
    }
    const spread = spreadOf(`${due.channelId}/${due.notice.noticeId}/${due.tries}`);
    const nextAt = unit.now + waitMs(DEFAULT_BACKOFF, due.tries, spread, told.afterMs);
    return settleDelivery(unit, due, due.tries < MAX_TRIES ? "WAITING" : "GIVEN_UP", nextAt, told.reason);
  });
}

async function send({ target, notice }: ClaimedDelivery, now: number, allowed: AllowedAddresses): Promise<Delivery> {
  const { url, headers, body } = requestFor(target, notice, now);
  try {
    const bounds = { allowed, maxBytes: MAX_ANSWER_BYTES, timeoutMs: TIMEOUT_MS };
    const answer = await guardedPost(url, headers, body, bounds);
    const retryAfter = answer.headers["retry-after"] ?? null;
    return deliveryOf(target.kind, { status: answer.status, body: answer.body.toString("utf8"), retryAfter }, now);
  } catch (error) {
    if (!(error instanceof FetchFault)) throw error;
    const { message: reason, afterMs } = error;
    return error.again ? { outcome: "TRY_AGAIN", reason, afterMs } : { outcome: "REFUSED", reason };
  }
}
