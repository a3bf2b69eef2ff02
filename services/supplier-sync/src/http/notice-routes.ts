import {
  answerOnce,
  decodeCursor,
  isoTime,
  notFound,
  page,
  pageFields,
  type Route,
  route,
  type ServiceContext,
} from "@septet/service-kit";
import { z } from "zod";
import type { NoticeChannel } from "../notices/channels.js";
import type { PULL_VARIABLES } from "../pull-config.js";
import { allowedAddresses } from "../pulling/allowed-addresses.js";
import { unknownSupplier } from "../reporting.js";
import {
  type ChannelRow,
  type DeliveryRow,
  deleteChannel,
  listChannels,
  listDeliveries,
  putChannel,
  tryAgain,
} from "../store/notice-rows.js";
import { loadSupplier } from "../store/supplier-rows.js";
import { refuseUnreachable } from "./connector-routes.js";
import { refusalAnswer } from "./problem-answer.js";
import { ownId, SUPPLIER } from "./schemas.js";
import { MANAGERS, READERS } from "./supplier-routes.js";

const url = z.url().max(2_000);
const secret = z.string().min(1).max(500);
const bot = { url, secret: secret.optional(), keyword: z.string().trim().min(1).max(100).optional() };
const TARGET = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("WECOM"), url }),
  z.strictObject({ kind: z.literal("DINGTALK"), ...bot }),
  z.strictObject({ kind: z.literal("FEISHU"), ...bot }),
  z.strictObject({ kind: z.literal("SLACK"), url }),
  z.strictObject({ kind: z.literal("WEBHOOK"), url, secret: secret.min(16) }),
]);
const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: "takes a local time as hh:mm" });
const BODY = z.strictObject({
  target: TARGET,
  language: z.enum(["en", "zh"]).default("en"),
  quiet: z
    .strictObject({ from: localTime, to: localTime })
    .refine(({ from, to }) => from !== to, "begins and ends at one time")
    .nullable()
    .default(null)
    .describe("from when to when nobody is told, in the supplier's time zone; told when it is over"),
  enabled: z.boolean().default(true),
});
const ONE = SUPPLIER.extend({ channelId: ownId });
const PAGE = z.strictObject(pageFields());
const AGAIN = z.strictObject({ noticeId: z.string().min(1).max(256) });

type Context = ServiceContext<typeof PULL_VARIABLES>;

/** Groups that are told of a supplier, and what became of what they were told. */
export function noticeRoutes({ db, transact, config }: Context): Route[] {
  const allowed = allowedAddresses(config.PULL_ALLOWED_NETWORKS);
  return [
    route({
      method: "PUT",
      path: "/v1/suppliers/{supplierId}/channels/{channelId}",
      roles: MANAGERS,
      summary: "Tells a group of a supplier's alerts: WeCom, DingTalk, Feishu, Slack or a signed webhook",
      params: ONE,
      body: BODY,
      responses: { 200: "the channel", 400: "an address that may not be reached", 404: "no such supplier" },
      handler: ({ params, body }) => {
        refuseUnreachable(body.target.url, allowed, "body.target.url");
        const documents = [{ table: "supplier", idColumn: "supplier_id", ids: [params.supplierId] }];
        return transact({ documents }, async (unit) => {
          if ((await loadSupplier(unit, params.supplierId)) === undefined) return refusalAnswer(unknownSupplier());
          const channel = { ...params, ...body, target: body.target as NoticeChannel };
          await putChannel(unit, channel);
          return { status: 200, body: channelView(channel) };
        });
      },
    }),
    route({
      method: "DELETE",
      path: "/v1/suppliers/{supplierId}/channels/{channelId}",
      roles: MANAGERS,
      summary: "Tells it no more",
      params: ONE,
      responses: { 204: "it is gone, and what still waited for it", 404: "no such channel" },
      handler: ({ params }) =>
        transact({}, async (unit) => {
          if (await deleteChannel(unit, params.supplierId, params.channelId)) return { status: 204 };
          throw notFound(`channel ${params.channelId}`);
        }),
    }),
    route({
      method: "GET",
      path: "/v1/suppliers/{supplierId}/channels",
      roles: READERS,
      summary: "The channels of a supplier, by id",
      params: SUPPLIER,
      query: PAGE,
      responses: { 200: "a page of channels" },
      handler: async ({ params, query: { cursor, limit } }) => {
        const after = cursor === undefined ? "" : String(decodeCursor(cursor)[0]);
        const found = await listChannels(db, params.supplierId, after, limit + 1);
        const { items, nextCursor } = page(found, limit, ({ channelId }) => [channelId]);
        return { status: 200, body: { items: items.map(channelView), nextCursor } };
      },
    }),
    ...deliveryRoutes(db),
  ];
}

function deliveryRoutes(db: Context["db"]): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/suppliers/{supplierId}/notices",
      roles: READERS,
      summary: "What was told of a supplier and what became of it, newest first",
      params: SUPPLIER,
      query: PAGE,
      responses: { 200: "a page of deliveries" },
      handler: async ({ params, query: { cursor, limit } }) => {
        const [notedAt, noticeId, channelId] =
          cursor === undefined ? [] : decodeCursor(cursor, ["whole", "text", "text"]);
        const before = { notedAt: Number(notedAt), noticeId: String(noticeId), channelId: String(channelId) };
        const found = await listDeliveries(db, params.supplierId, cursor === undefined ? null : before, limit + 1);
        const { items, nextCursor } = page(found, limit, (last) => [
          last.notedAt,
          last.notice.noticeId,
          last.channelId,
        ]);
        return { status: 200, body: { items: items.map(deliveryView), nextCursor } };
      },
    }),
    route({
      method: "POST",
      path: "/v1/suppliers/{supplierId}/channels/{channelId}/resend",
      roles: MANAGERS,
      summary: "Sends a notice to a channel once more",
      params: ONE,
      body: AGAIN,
      responses: { 202: "it is due", 404: "no such notice there" },
      handler: (context) =>
        answerOnce(db, context, {}, async (unit) => {
          const { supplierId, channelId } = context.params;
          const { noticeId } = context.body;
          if (!(await tryAgain(unit, supplierId, channelId, noticeId))) throw notFound(`notice ${noticeId}`);
          return { status: 202, body: { channelId, noticeId } };
        }),
    }),
  ];
}

/** Neither the address, which names the bot by its token, nor the secret. */
function channelView({ channelId, target, language, quiet, enabled }: ChannelRow) {
  return { channelId, kind: target.kind, host: new URL(target.url).host, language, quiet, enabled };
}

function deliveryView({ channelId, notice, state, tries, notedAt, nextAt, lastReason, doneAt }: DeliveryRow) {
  const { noticeId, kind, title } = notice;
  const times = {
    notedAt: isoTime(notedAt),
    nextAt: state === "WAITING" ? isoTime(nextAt) : null,
    doneAt: isoTime(doneAt),
  };
  return { noticeId, channelId, kind, title, state, tries, lastReason, ...times };
}
