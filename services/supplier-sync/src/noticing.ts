import type { Session } from "@septet/messaging";
import type { AlertCode, RecordOf } from "@septet/stock-contracts";
import type { Notice, NoticeKind } from "./notices/notice.js";
import { noticeText } from "./notices/texts.js";
import { mappingsNaming } from "./store/mapping-rows.js";
import { addDeliveries, channelsOf } from "./store/notice-rows.js";
import { loadSuppliers } from "./store/supplier-rows.js";

/** Alerts that a supplier's groups are told of, too. */
const KINDS: { readonly [C in AlertCode]?: NoticeKind } = {
  LOW_STOCK: "LOW_STOCK",
  OFFER_STALE: "OFFER_STALE",
  REPORT_LATE: "REPORT_LATE",
  CONFIRMATION_LATE: "CONFIRMATION_LATE",
  SUPPLIER_SHORTAGE_KEPT_STOCK: "KEPT_STOCK_SHORT",
};
/** What lies further back when it is heard of is told to nobody any more: a group that is read anew would hear it all again. */
const MAX_AGE_MS = 24 * 60 * 60_000;

export type Alert = RecordOf<"StockAlertRaised">;

/** Notes what suppliers' groups are to be told of alerts, each in its language; an alert goes to a channel once. */
export async function noteAlerts(session: Session, alerts: readonly Alert[], nowMs: number): Promise<void> {
  const told = alerts.filter(({ code, supplierId, occurredAt }) => {
    return KINDS[code as AlertCode] !== undefined && supplierId !== null && nowMs - occurredAt <= MAX_AGE_MS;
  });
  const supplierIds = [...new Set(told.map(({ supplierId }) => supplierId!))];
  if (supplierIds.length === 0) return;
  const channels = await channelsOf(session, supplierIds);
  const suppliers = await loadSuppliers(session, supplierIds);
  for (const alert of told) {
    const supplier = suppliers.get(alert.supplierId!);
    const own = channels.filter(({ supplierId }) => supplierId === alert.supplierId);
    if (supplier === undefined || own.length === 0) continue;
    const article = await articleOf(session, alert);
    const subject = { supplier: supplier.name, due: dueOf(alert), ...(article === undefined ? {} : { article }) };
    await addDeliveries(
      session,
      own.map((channel) => ({
        channel,
        notice: noticeOf(alert, noticeText(kindOf(alert), channel.language, subject)),
      })),
    );
  }
}

const kindOf = ({ code }: Alert): NoticeKind => KINDS[code as AlertCode]!;

function noticeOf(alert: Alert, text: Pick<Notice, "title" | "lines">): Notice {
  const { eventId: noticeId, supplierId, occurredAt: at } = alert;
  return { noticeId, kind: kindOf(alert), supplierId: supplierId!, at, ...text, link: null };
}

/** What the supplier calls it. */
async function articleOf(session: Session, { supplierId, sku }: Alert): Promise<string | undefined> {
  if (sku === null) return undefined;
  const [mapping] = await mappingsNaming(session, supplierId!, [], [sku]);
  return mapping?.code ?? sku;
}

/** The day, and time, that an alert is about. */
function dueOf({ details }: Alert): string {
  const { day, time, batch } = (details ?? {}) as Readonly<Record<string, string | undefined>>;
  return [day ?? batch, time].filter((part) => part !== undefined).join(" ");
}
