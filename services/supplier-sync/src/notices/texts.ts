import type { NoticeKind, NoticeLanguage } from "./notice.js";

/** What a notice speaks of, put into its text. */
export interface NoticeSubject {
  /** The supplier's name. */
  readonly supplier: string;
  /** The supplier's own code, or our SKU where nothing is mapped. */
  readonly article?: string;
  /** A day and time of the supplier's clock, as it is shown there. */
  readonly due?: string;
  /** A figure that the supplier knows: its articles, its orders. Never a quantity of ours. */
  readonly count?: number;
  readonly reason?: string;
}

type Text = (subject: NoticeSubject) => { readonly title: string; readonly lines: readonly string[] };

const TEXTS: { readonly [K in NoticeKind]: { readonly [L in NoticeLanguage]: Text } } = {
  LOW_STOCK: {
    en: ({ supplier, article }) => ({
      title: `${supplier}: ${article} is running low`,
      lines: ["Please send a report as soon as more is there."],
    }),
    zh: ({ supplier, article }) => ({ title: `${supplier}：${article} 库存不足`, lines: ["补货后请立即上报库存。"] }),
  },
  OFFER_STALE: {
    en: ({ supplier }) => ({
      title: `${supplier}: stock reports are out of date`,
      lines: ["Nothing is offered of articles without a recent report. A new one brings them back."],
    }),
    zh: ({ supplier }) => ({
      title: `${supplier}：库存上报已过期`,
      lines: ["没有最新上报的商品已停止销售，重新上报后即可恢复。"],
    }),
  },
  REPORT_DUE: {
    en: ({ supplier, due }) => ({ title: `${supplier}: a stock report is due by ${due}`, lines: [] }),
    zh: ({ supplier, due }) => ({ title: `${supplier}：请在 ${due} 之前上报库存`, lines: [] }),
  },
  REPORT_LATE: {
    en: ({ supplier, due }) => ({
      title: `${supplier}: the stock report of ${due} is missing`,
      lines: ["Please send it now. The delay counts on the scorecard."],
    }),
    zh: ({ supplier, due }) => ({
      title: `${supplier}：未收到 ${due} 的库存上报`,
      lines: ["请立即上报，本次延迟计入评分。"],
    }),
  },
  BIG_CHANGE_LATE: {
    en: ({ supplier, article }) => ({
      title: `${supplier}: a big change of ${article} was reported late`,
      lines: ["Changes like this must come at once, not with the next sheet."],
    }),
    zh: ({ supplier, article }) => ({
      title: `${supplier}：${article} 的大幅变动上报延迟`,
      lines: ["此类变动须立即上报，不能等到下一次表格。"],
    }),
  },
  ORDERS_SENT: {
    en: ({ supplier, count, due }) => ({
      title: `${supplier}: ${count} orders are waiting for you`,
      lines: [`Please confirm them, or tell what is short, by ${due}.`],
    }),
    zh: ({ supplier, count, due }) => ({
      title: `${supplier}：有 ${count} 个订单待确认`,
      lines: [`请在 ${due} 之前确认，缺货请同时注明。`],
    }),
  },
  CONFIRMATION_LATE: {
    en: ({ supplier, due }) => ({
      title: `${supplier}: orders of ${due} were not confirmed in time`,
      lines: ["Please confirm them, or tell what is short, now."],
    }),
    zh: ({ supplier, due }) => ({
      title: `${supplier}：${due} 的订单未按时确认`,
      lines: ["请立即确认，缺货请同时注明。"],
    }),
  },
  KEPT_STOCK_SHORT: {
    en: ({ supplier, article }) => ({
      title: `${supplier}: ${article} was short although it is kept for us`,
      lines: ["This is a breach of the contract and counts on the scorecard."],
    }),
    zh: ({ supplier, article }) => ({
      title: `${supplier}：${article} 为我方保留，却发生缺货`,
      lines: ["此情况违反合同约定，计入评分。"],
    }),
  },
  STOPPED: {
    en: ({ supplier, article, reason }) => ({
      title: `${supplier}: ${article ?? "everything"} is no longer offered`,
      lines: reason === undefined ? [] : [`Reason: ${reason}`],
    }),
    zh: ({ supplier, article, reason }) => ({
      title: `${supplier}：${article ?? "全部商品"}已停止销售`,
      lines: reason === undefined ? [] : [`原因：${reason}`],
    }),
  },
  RECONCILIATION_DUE: {
    en: ({ supplier, due }) => ({
      title: `${supplier}: please count by ${due}`,
      lines: ["What you count is compared with what was reported."],
    }),
    zh: ({ supplier, due }) => ({ title: `${supplier}：请在 ${due} 之前盘点`, lines: ["盘点结果将与上报库存核对。"] }),
  },
};

/** Title and lines of a notice in a language. */
export function noticeText(
  kind: NoticeKind,
  language: NoticeLanguage,
  subject: NoticeSubject,
): { readonly title: string; readonly lines: readonly string[] } {
  return TEXTS[kind][language](subject);
}
