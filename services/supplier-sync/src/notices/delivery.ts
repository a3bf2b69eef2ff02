import type { NoticeChannel } from "./channels.js";

/** What came back from a channel. */
export interface ChannelAnswer {
  readonly status: number;
  /** The first kilobytes of it. */
  readonly body: string;
  /** The `Retry-After` header; null where there is none. */
  readonly retryAfter: string | null;
}

/** What became of a try. `reason` is for the delivery log and holds no secret. */
export type Delivery =
  | { readonly outcome: "DELIVERED" }
  | { readonly outcome: "TRY_AGAIN"; readonly reason: string; readonly afterMs: number }
  | { readonly outcome: "REFUSED"; readonly reason: string };

/** Codes by which a bot says "too many, later": they come with status 200. */
const BUSY_CODES: { readonly [K in NoticeChannel["kind"]]?: readonly number[] } = {
  WECOM: [-1, 45009],
  DINGTALK: [-1, 130101, 410100],
  FEISHU: [9499, 11232],
};
/** The bots count by the minute. */
const BUSY_WAIT_MS = 60_000;
const MAX_REASON_CHARS = 200;

/** What an answer means. The bots answer 200 and say in the body that they refused. */
export function deliveryOf(kind: NoticeChannel["kind"], answer: ChannelAnswer, nowMs: number): Delivery {
  const { status } = answer;
  if (status >= 200 && status < 300) return saidInBody(kind, answer.body);
  const reason = `HTTP ${status}`;
  // 408 and 425 say "again" as well; other refusals stay what they are however often one asks.
  if (status === 429 || status === 408 || status === 425 || status >= 500) {
    return { outcome: "TRY_AGAIN", reason, afterMs: retryAfterMs(answer.retryAfter, nowMs) };
  }
  return { outcome: "REFUSED", reason };
}

function saidInBody(kind: NoticeChannel["kind"], body: string): Delivery {
  if (kind === "SLACK" || kind === "WEBHOOK") return { outcome: "DELIVERED" };
  const { code, message } = codeIn(body);
  if (code === 0) return { outcome: "DELIVERED" };
  if (code === undefined) return { outcome: "TRY_AGAIN", reason: "the answer names no code", afterMs: 0 };
  const reason = `code ${code}: ${message}`.slice(0, MAX_REASON_CHARS);
  const busy = BUSY_CODES[kind]?.includes(code) === true;
  return busy ? { outcome: "TRY_AGAIN", reason, afterMs: BUSY_WAIT_MS } : { outcome: "REFUSED", reason };
}

/** `errcode` and `errmsg` of WeCom and DingTalk, `code` and `msg` of Feishu. */
function codeIn(body: string): { readonly code: number | undefined; readonly message: string } {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return { code: undefined, message: "" };
    throw error;
  }
  const { errcode, code = errcode, errmsg, msg = errmsg } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  return { code: typeof code === "number" ? code : undefined, message: String(msg ?? "") };
}

/** `Retry-After`, in seconds or as a date, as ms from now; 0 where it says nothing that can be read. */
export function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null) return 0;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, at - nowMs);
}
