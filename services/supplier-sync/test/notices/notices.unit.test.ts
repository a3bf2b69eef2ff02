import { createHmac } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type NoticeChannel, requestFor } from "../../src/notices/channels.js";
import { deliveryOf } from "../../src/notices/delivery.js";
import { cutToBytes, cutToChars, NOTICE_KINDS, type Notice } from "../../src/notices/notice.js";
import { quietUntil } from "../../src/notices/quiet-hours.js";
import { noticeText } from "../../src/notices/texts.js";
import { instants, times, zones } from "../support/zones.js";

const NOTICE: Notice = {
  noticeId: "LOW_STOCK/s1/sku-1/7",
  kind: "LOW_STOCK",
  supplierId: "s1",
  at: Date.parse("2026-05-04T14:00:00Z"),
  title: "Acme: 红袜子 is running low",
  lines: ["Please send a report."],
  link: "https://septet.example/s1",
};
/** 1,599,360,473 s: the moment of the published examples. */
const NOW = 1_599_360_473_123;
const bodyOf = (channel: NoticeChannel, notice: Partial<Notice> = {}) =>
  JSON.parse(requestFor(channel, { ...NOTICE, ...notice }, NOW).body);

describe("a notice to a group", () => {
  test("in WeCom is a text of title, lines and link", () => {
    const request = requestFor({ kind: "WECOM", url: "https://qyapi.example/send?key=k" }, NOTICE, NOW);
    expect(request.url).toBe("https://qyapi.example/send?key=k");
    expect(JSON.parse(request.body)).toEqual({
      msgtype: "text",
      text: { content: "Acme: 红袜子 is running low\nPlease send a report.\nhttps://septet.example/s1" },
    });
  });

  test("in WeCom has at most 2,048 bytes, and mentions nobody whom an article names", () => {
    const channel = { kind: "WECOM", url: "https://qyapi.example" } as const;
    const { content } = bodyOf(channel, { lines: ["袜".repeat(2_000)] }).text;
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(2_048);
    expect(content.endsWith("袜…")).toBe(true);
    expect(bodyOf(channel, { title: "<@all> socks" }).text.content).not.toContain("<@all>");
  });

  test("in DingTalk is signed in its address", () => {
    const url = "https://oapi.example/robot/send?access_token=t";
    const request = requestFor({ kind: "DINGTALK", url, secret: "SECabc" }, NOTICE, NOW);
    const { searchParams } = new URL(request.url);
    expect(searchParams.get("access_token")).toBe("t");
    expect(searchParams.get("timestamp")).toBe("1599360473123");
    const sign = createHmac("sha256", "SECabc").update("1599360473123\nSECabc").digest("base64");
    expect(searchParams.get("sign")).toBe(sign);
    expect(request.url).toContain(`sign=${encodeURIComponent(sign)}`);
    expect(JSON.parse(request.body).msgtype).toBe("text");
  });

  test("in Feishu is a post signed in its body, by seconds", () => {
    const body = bodyOf({ kind: "FEISHU", url: "https://open.example/hook/x", secret: "demo" });
    expect(body).toMatchObject({
      timestamp: "1599360473",
      sign: createHmac("sha256", "1599360473\ndemo").digest("base64"),
      msg_type: "post",
    });
    expect(body.content.post.zh_cn).toEqual({
      title: NOTICE.title,
      content: [[{ tag: "text", text: "Please send a report." }], [{ tag: "a", text: NOTICE.link, href: NOTICE.link }]],
    });
  });

  test("carries no signature where the bot checks none, and the keyword where it wants one", () => {
    expect(bodyOf({ kind: "FEISHU", url: "https://open.example" })).not.toHaveProperty("sign");
    const channel = { kind: "DINGTALK", url: "https://oapi.example", keyword: "库存" } as const;
    expect(requestFor(channel, NOTICE, NOW).url).toBe("https://oapi.example");
    expect(bodyOf(channel).text.content).toContain("库存 · Acme");
    expect(bodyOf({ ...channel, keyword: "low" }).text.content).not.toContain("low · ");
  });

  test("in Slack is plain text in blocks, and its fallback is escaped", () => {
    const body = bodyOf({ kind: "SLACK", url: "https://hooks.example" }, { title: "A <!channel> & B", lines: ["<x>"] });
    expect(body.text).toBe("A &lt;!channel&gt; &amp; B");
    expect(body.blocks.map(({ text }: { text: object }) => text)).toEqual([
      { type: "plain_text", text: "A <!channel> & B", emoji: false },
      { type: "plain_text", text: "<x>\nhttps://septet.example/s1", emoji: false },
    ]);
    const long = bodyOf(
      { kind: "SLACK", url: "https://hooks.example" },
      { title: "t".repeat(200), lines: ["l".repeat(4_000)] },
    );
    expect(long.blocks[0].text.text).toHaveLength(150);
    expect(long.blocks[1].text.text).toHaveLength(3_000);
  });

  test("by webhook is signed over id, time and body, anew with each try", () => {
    const channel = { kind: "WEBHOOK", url: "https://erp.example/hook", secret: "s3cret" } as const;
    const { headers, body } = requestFor(channel, NOTICE, NOW);
    const signed = createHmac("sha256", "s3cret").update(`${NOTICE.noticeId}.1599360473.${body}`).digest("base64");
    expect(headers).toMatchObject({
      "webhook-id": NOTICE.noticeId,
      "webhook-timestamp": "1599360473",
      "webhook-signature": `v1,${signed}`,
    });
    expect(JSON.parse(body)).toMatchObject({ kind: "LOW_STOCK", at: "2026-05-04T14:00:00.000Z" });
    const later = requestFor(channel, NOTICE, NOW + 60_000);
    expect(later.body).toBe(body);
    expect(later.headers["webhook-signature"]).not.toBe(headers["webhook-signature"]);
  });

  test("is cut between characters and never longer than allowed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.integer({ min: 3, max: 80 }), (text, max) => {
        const cut = cutToBytes(text, max);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(max);
        expect(cut === text || text.startsWith(cut.slice(0, -1))).toBe(true);
        expect(cut).not.toMatch(/\p{Cs}/u);
        expect(cutToChars(text, max).length).toBeLessThanOrEqual(max);
      }),
    );
  });
});

describe("the answer of a channel", () => {
  const answer = (status: number, body = "", retryAfter: string | null = null) => ({ status, body, retryAfter });
  const outcome = (...args: Parameters<typeof deliveryOf>) => deliveryOf(...args).outcome;

  test("says in its body that a bot took it or refused it", () => {
    expect(outcome("WECOM", answer(200, '{"errcode":0,"errmsg":"ok"}'), 0)).toBe("DELIVERED");
    expect(outcome("FEISHU", answer(200, '{"code":0,"msg":"success"}'), 0)).toBe("DELIVERED");
    expect(deliveryOf("DINGTALK", answer(200, '{"errcode":310000,"errmsg":"sign not match"}'), 0)).toEqual({
      outcome: "REFUSED",
      reason: "code 310000: sign not match",
    });
    expect(outcome("SLACK", answer(200, "ok"), 0)).toBe("DELIVERED");
    expect(outcome("WEBHOOK", answer(204), 0)).toBe("DELIVERED");
  });

  test("asks for patience by code, by status or by Retry-After", () => {
    const later = { outcome: "TRY_AGAIN", afterMs: 60_000 };
    expect(deliveryOf("WECOM", answer(200, '{"errcode":45009}'), 0)).toMatchObject(later);
    expect(deliveryOf("FEISHU", answer(200, '{"code":9499}'), 0)).toMatchObject(later);
    expect(deliveryOf("SLACK", answer(429, "", "30"), 0)).toMatchObject({ outcome: "TRY_AGAIN", afterMs: 30_000 });
    expect(deliveryOf("WEBHOOK", answer(503, "", "Thu, 01 Jan 1970 00:01:00 GMT"), 10_000)).toMatchObject({
      outcome: "TRY_AGAIN",
      afterMs: 50_000,
    });
  });

  test("is final where asking again is no use", () => {
    for (const status of [301, 400, 401, 404, 410]) expect(outcome("WEBHOOK", answer(status), 0)).toBe("REFUSED");
  });

  test("that is none at all is tried again", () => {
    for (const body of ["", "null", "<html>", "[]", '{"errcode":"0"}']) {
      expect(outcome("WECOM", answer(200, body), 0)).toBe("TRY_AGAIN");
    }
  });
});

describe("quiet hours", () => {
  const NIGHT = { from: "22:00", to: "07:00" };
  const until = (iso: string) => {
    const ms = quietUntil("Asia/Shanghai", NIGHT, Date.parse(iso));
    return ms === null ? null : new Date(ms).toISOString();
  };

  test("hold a notice back over midnight until they end", () => {
    expect(until("2026-05-04T13:59:59Z")).toBeNull();
    expect(until("2026-05-04T14:00:00Z")).toBe("2026-05-04T23:00:00.000Z");
    expect(until("2026-05-04T20:00:00Z")).toBe("2026-05-04T23:00:00.000Z");
    expect(until("2026-05-04T23:00:00Z")).toBeNull();
  });

  test("end some time, and a notice that waited for it goes at once", () => {
    fc.assert(
      fc.property(zones, times, times, instants, (zone, from, to, now) => {
        fc.pre(from !== to);
        const end = quietUntil(zone, { from, to }, now);
        if (end === null) return;
        expect(end).toBeGreaterThan(now);
        expect(quietUntil(zone, { from, to }, end)).toBeNull();
      }),
      { numRuns: 60 },
    );
  });
});

describe("what a notice says", () => {
  test("is said in both languages, names the supplier and leaves nothing open", () => {
    const subject = { supplier: "Acme 公司", article: "RED-1", due: "2026-05-04 18:00", count: 3, reason: "fire" };
    for (const kind of NOTICE_KINDS) {
      for (const language of ["en", "zh"] as const) {
        const { title, lines } = noticeText(kind, language, subject);
        expect(title).toContain("Acme 公司");
        expect([title, ...lines].join()).not.toMatch(/undefined|null|NaN/);
        expect(/[\u4e00-\u9fff]/.test([title, ...lines].join().replace("Acme 公司", ""))).toBe(language === "zh");
      }
    }
  });
});
