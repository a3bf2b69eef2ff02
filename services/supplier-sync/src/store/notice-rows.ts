import type { Session } from "@septet/messaging";
import type { NoticeChannel } from "../notices/channels.js";
import type { Notice, NoticeLanguage } from "../notices/notice.js";
import type { QuietHours } from "../notices/quiet-hours.js";
import { ms, time } from "./columns.js";

/** Where notices about a supplier go. */
export interface ChannelRow {
  readonly supplierId: string;
  readonly channelId: string;
  readonly target: NoticeChannel;
  readonly language: NoticeLanguage;
  readonly quiet: QuietHours | null;
  readonly enabled: boolean;
}

/** What became of a notice: waits for its (next) try, was taken, was refused for good, or was tried too often. */
export type DeliveryState = "WAITING" | "DELIVERED" | "REFUSED" | "GIVEN_UP";

/** A notice on its way to a channel. Times in epoch ms. */
export interface DeliveryRow {
  readonly supplierId: string;
  readonly channelId: string;
  readonly notice: Notice;
  readonly state: DeliveryState;
  readonly tries: number;
  readonly notedAt: number;
  readonly nextAt: number;
  readonly lastReason: string | null;
  readonly doneAt: number | null;
}

/** A delivery that is ours to try, with its channel. */
export interface ClaimedDelivery extends DeliveryRow, Omit<ChannelRow, "enabled"> {
  readonly timeZone: string;
}

const CHANNEL = `supplier_id AS "supplierId", channel_id AS "channelId", target, language, quiet, enabled`;
const CHANNELS_OF = `SELECT ${CHANNEL} FROM notice_channel WHERE supplier_id = ANY($1::text[]) AND enabled`;
const LIST_CHANNELS = `SELECT ${CHANNEL} FROM notice_channel WHERE supplier_id = $1 AND channel_id > $2 ORDER BY channel_id LIMIT $3`;
const PUT_CHANNEL = `INSERT INTO notice_channel (supplier_id, channel_id, target, language, quiet, enabled)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (supplier_id, channel_id) DO UPDATE SET target = excluded.target, language = excluded.language,
    quiet = excluded.quiet, enabled = excluded.enabled`;
const DELETE_CHANNEL = "DELETE FROM notice_channel WHERE supplier_id = $1 AND channel_id = $2 RETURNING channel_id";
const ADD = `INSERT INTO notice_delivery (supplier_id, channel_id, notice_id, notice)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[]) ON CONFLICT DO NOTHING`;
const DELIVERY = `d.supplier_id AS "supplierId", d.channel_id AS "channelId", d.notice, d.state, d.tries,
  ${ms("d.noted_at", '"notedAt"')}, ${ms("d.next_at", '"nextAt"')}, d.last_reason AS "lastReason", ${ms("d.done_at", '"doneAt"')}`;
const LIST = `SELECT ${DELIVERY} FROM notice_delivery d WHERE d.supplier_id = $1
    AND ($2::float8 IS NULL OR (d.noted_at, d.notice_id, d.channel_id) < (${time("$2::float8")}, $3, $4))
  ORDER BY d.noted_at DESC, d.notice_id DESC, d.channel_id DESC LIMIT $5`;
// What somebody else is about to take is passed over; a claim whose holder died ends by itself.
const CLAIM = `UPDATE notice_delivery d SET claimed_until = septet_now() + $1 * interval '1 ms', tries = d.tries + 1
  FROM (SELECT w.supplier_id, w.channel_id, w.notice_id, c.target, c.language, c.quiet, s.time_zone FROM notice_delivery w
      JOIN notice_channel c ON c.supplier_id = w.supplier_id AND c.channel_id = w.channel_id
      JOIN supplier s ON s.supplier_id = w.supplier_id
      WHERE w.state = 'WAITING' AND w.next_at <= (SELECT septet_now())
        AND (w.claimed_until IS NULL OR w.claimed_until <= (SELECT septet_now()))
      ORDER BY w.next_at LIMIT $2 FOR UPDATE OF w SKIP LOCKED) due
  WHERE d.supplier_id = due.supplier_id AND d.channel_id = due.channel_id AND d.notice_id = due.notice_id
  RETURNING ${DELIVERY}, due.target, due.language, due.quiet, due.time_zone AS "timeZone"`;
const SETTLE = `UPDATE notice_delivery SET state = $4, next_at = ${time("$5::float8")}, last_reason = $6, claimed_until = NULL,
    tries = tries - $7, done_at = CASE WHEN $4 = 'WAITING' THEN NULL ELSE septet_now() END
  WHERE supplier_id = $1 AND channel_id = $2 AND notice_id = $3`;
const AGAIN = `UPDATE notice_delivery SET state = 'WAITING', tries = 0, next_at = septet_now(), done_at = NULL
  WHERE supplier_id = $1 AND channel_id = $2 AND notice_id = $3 RETURNING notice_id`;
const FORGET = `DELETE FROM notice_delivery WHERE supplier_id = $1 AND channel_id = $2 AND state = 'WAITING'`;

/** Deliveries are kept so long, days. */
const KEPT_DAYS = 90;
const DROP_OLD = `DELETE FROM notice_delivery WHERE noted_at < septet_now() - ${KEPT_DAYS} * interval '1 day'`;

/** Forgets what was told long ago. */
export async function dropOldNotices(session: Session): Promise<void> {
  await session.query(DROP_OLD);
}

/** The channels of suppliers that are in use. */
export const channelsOf = (session: Session, supplierIds: readonly string[]): Promise<ChannelRow[]> =>
  session.query<ChannelRow>(CHANNELS_OF, [supplierIds]);

export const listChannels = (
  session: Session,
  supplierId: string,
  after: string,
  limit: number,
): Promise<ChannelRow[]> => session.query<ChannelRow>(LIST_CHANNELS, [supplierId, after, limit]);

export async function putChannel(session: Session, channel: ChannelRow): Promise<void> {
  const { supplierId, channelId, target, language, quiet, enabled } = channel;
  const json = [JSON.stringify(target), language, quiet === null ? null : JSON.stringify(quiet)];
  await session.query(PUT_CHANNEL, [supplierId, channelId, ...json, enabled]);
}

/** Takes a channel away with what still waits for it; false when there is none. */
export async function deleteChannel(session: Session, supplierId: string, channelId: string): Promise<boolean> {
  await session.query(FORGET, [supplierId, channelId]);
  return (await session.query(DELETE_CHANNEL, [supplierId, channelId])).length > 0;
}

/** Notes what is to be told to channels; a notice goes to a channel once. */
export async function addDeliveries(
  session: Session,
  deliveries: readonly { readonly channel: ChannelRow; readonly notice: Notice }[],
): Promise<void> {
  if (deliveries.length === 0) return;
  await session.query(ADD, [
    deliveries.map(({ channel }) => channel.supplierId),
    deliveries.map(({ channel }) => channel.channelId),
    deliveries.map(({ notice }) => notice.noticeId),
    deliveries.map(({ notice }) => JSON.stringify(notice)),
  ]);
}

/** At most `limit` deliveries of a supplier before one, the newest first. */
export function listDeliveries(
  session: Session,
  supplierId: string,
  before: { readonly notedAt: number; readonly noticeId: string; readonly channelId: string } | null,
  limit: number,
): Promise<DeliveryRow[]> {
  const { notedAt = null, noticeId = null, channelId = null } = before ?? {};
  return session.query<DeliveryRow>(LIST, [supplierId, notedAt, noticeId, channelId, limit]);
}

/** Takes at most `limit` deliveries that are due, for so long. Each counts as a try at once. */
export const claimDeliveries = (session: Session, forMs: number, limit: number): Promise<ClaimedDelivery[]> =>
  session.query<ClaimedDelivery>(CLAIM, [forMs, limit]);

/** Says what became of a try; one that was no try (`uncounted`) does not count. */
export async function settleDelivery(
  session: Session,
  { supplierId, channelId, notice }: DeliveryRow,
  state: DeliveryState,
  nextAt: number,
  reason: string | null,
  uncounted = false,
): Promise<void> {
  const key = [supplierId, channelId, notice.noticeId];
  await session.query(SETTLE, [...key, state, nextAt, reason, uncounted ? 1 : 0]);
}

/** Makes a delivery due once more, whatever became of it; false when there is none. */
export async function tryAgain(
  session: Session,
  supplierId: string,
  channelId: string,
  noticeId: string,
): Promise<boolean> {
  return (await session.query(AGAIN, [supplierId, channelId, noticeId])).length > 0;
}
