import { createHmac } from "node:crypto";
import { cutToBytes, cutToChars, type Notice, type NoticeRequest, plainText } from "./notice.js";

/** Where notices of a group go. Every url names its bot by a token: it is as secret as the secret. */
export type NoticeChannel =
  | { readonly kind: "WECOM"; readonly url: string }
  /** `secret`: of a bot that checks signatures. `keyword`: of one that takes only messages that contain it. */
  | { readonly kind: "DINGTALK" | "FEISHU"; readonly url: string; readonly secret?: string; readonly keyword?: string }
  | { readonly kind: "SLACK"; readonly url: string }
  | { readonly kind: "WEBHOOK"; readonly url: string; readonly secret: string };
export const CHANNEL_KINDS = ["WECOM", "DINGTALK", "FEISHU", "SLACK", "WEBHOOK"] as const;

/** What the bots take at most, by their documentation. */
const MAX_WECOM_BYTES = 2_048;
const MAX_DINGTALK_BYTES = 18_000;
const MAX_FEISHU_BYTES = 18_000;
const MAX_SLACK_HEADER_CHARS = 150;
const MAX_SLACK_SECTION_CHARS = 3_000;

const JSON_HEADERS = { "content-type": "application/json; charset=utf-8" };

/**
 * The request that tells a channel of a notice.
 * @param nowMs the moment of sending, epoch ms: signatures hold for some minutes, so each try is signed anew.
 */
export function requestFor(channel: NoticeChannel, notice: Notice, nowMs: number): NoticeRequest {
  switch (channel.kind) {
    case "WECOM":
      return post(channel.url, wecomBody(notice));
    case "DINGTALK":
      return post(signedDingTalkUrl(channel.url, channel.secret, nowMs), dingTalkBody(withKeyword(channel, notice)));
    case "FEISHU":
      return post(channel.url, {
        ...feishuSignature(channel.secret, nowMs),
        ...feishuBody(withKeyword(channel, notice)),
      });
    case "SLACK":
      return post(channel.url, slackBody(notice));
    case "WEBHOOK":
      return signedWebhook(channel.url, channel.secret, notice, nowMs);
  }
}

const post = (url: string, body: object): NoticeRequest => ({ url, headers: JSON_HEADERS, body: JSON.stringify(body) });

/** A bot with a keyword passes over what lacks it. */
function withKeyword({ keyword }: { readonly keyword?: string }, notice: Notice): Notice {
  if (keyword === undefined || plainText(notice).includes(keyword)) return notice;
  return { ...notice, title: `${keyword} · ${notice.title}` };
}

/** WeCom reads `<@userid>` as a mention, also in the name of an article: a space of no width takes it apart. */
function wecomBody(notice: Notice): object {
  const content = cutToBytes(plainText(notice).replaceAll("<@", "<\u200b@"), MAX_WECOM_BYTES);
  return { msgtype: "text", text: { content } };
}

function dingTalkBody(notice: Notice): object {
  return { msgtype: "text", text: { content: cutToBytes(plainText(notice), MAX_DINGTALK_BYTES) } };
}

/** DingTalk: HMAC-SHA256 of `<epoch ms>\n<secret>` under the secret, base64, in the query. */
function signedDingTalkUrl(url: string, secret: string | undefined, nowMs: number): string {
  if (secret === undefined) return url;
  const signed = new URL(url);
  signed.searchParams.set("timestamp", String(nowMs));
  signed.searchParams.set("sign", createHmac("sha256", secret).update(`${nowMs}\n${secret}`).digest("base64"));
  return signed.toString();
}

/** Feishu: HMAC-SHA256 of nothing under `<epoch s>\n<secret>`, base64, in the body. */
function feishuSignature(secret: string | undefined, nowMs: number): object {
  if (secret === undefined) return {};
  const timestamp = String(Math.floor(nowMs / 1_000));
  return { timestamp, sign: createHmac("sha256", `${timestamp}\n${secret}`).update("").digest("base64") };
}

/** A post of text parts: unlike a plain text message, nothing in them is read as a mention. */
function feishuBody({ title, lines, link }: Notice): object {
  const text = cutToBytes(lines.join("\n"), MAX_FEISHU_BYTES);
  const content = [[{ tag: "text", text }], ...(link === null ? [] : [[{ tag: "a", text: link, href: link }]])];
  return { msg_type: "post", content: { post: { zh_cn: { title, content } } } };
}

/** Plain text in the blocks; the fallback for notifications is read as markup and so is escaped. */
function slackBody(notice: Notice): object {
  const { title } = notice;
  const section = (text: string) => ({
    type: "section",
    text: { type: "plain_text", text: cutToChars(text, MAX_SLACK_SECTION_CHARS), emoji: false },
  });
  const details = plainText({ ...notice, title: "" }).trim();
  return {
    text: cutToChars(title, MAX_SLACK_SECTION_CHARS).replace(/[&<>]/g, (mark) => SLACK_ESCAPES[mark]!),
    blocks: [
      { type: "header", text: { type: "plain_text", text: cutToChars(title, MAX_SLACK_HEADER_CHARS), emoji: false } },
      ...(details === "" ? [] : [section(details)]),
    ],
  };
}

const SLACK_ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** As Standard Webhooks has it: HMAC-SHA256 of `<id>.<epoch s>.<body>`, base64, with its version before it. */
function signedWebhook(url: string, secret: string, notice: Notice, nowMs: number): NoticeRequest {
  const { noticeId, kind, supplierId, title, lines, link } = notice;
  const told = { noticeId, kind, supplierId, at: new Date(notice.at).toISOString(), title, lines, link };
  const body = JSON.stringify(told);
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signature = createHmac("sha256", secret).update(`${noticeId}.${timestamp}.${body}`).digest("base64");
  const headers = { "webhook-id": noticeId, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
  return { url, headers: { ...JSON_HEADERS, ...headers }, body };
}
