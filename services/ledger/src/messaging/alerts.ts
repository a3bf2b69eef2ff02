import type { UnitOfWork } from "@septet/service-kit";
import type { AlertCode } from "@septet/stock-contracts";
import type { Alert } from "../domain/alert.js";
import { deleteAlerts, insertAlerts } from "../store/raised-alerts.js";

function alertIdOf(code: AlertCode, subject: string): string {
  return `ledger/${code}/${subject}`;
}

/** Publishes the alerts of one code whose subject has none standing yet. */
export async function raise(unit: UnitOfWork, code: AlertCode, alerts: readonly Alert[]): Promise<void> {
  const fresh = await insertAlerts(unit, code, alerts, unit.now);
  for (const alert of alerts) {
    if (!fresh.delete(alert.subject)) continue;
    const { subject, ...shown } = alert;
    unit.publish("StockAlertRaised", {
      ...shown,
      alertId: alertIdOf(code, subject),
      service: "ledger",
      supplierId: null,
      orderId: null,
    });
  }
}

/** Publishes that the alerts of these subjects are over, where one stands. */
export async function clear(unit: UnitOfWork, code: AlertCode, subjects: readonly string[]): Promise<void> {
  for (const { subject, sku, location } of await deleteAlerts(unit, code, subjects))
    unit.publish("StockAlertCleared", {
      alertId: alertIdOf(code, subject),
      code,
      service: "ledger",
      sku,
      location,
      supplierId: null,
      orderId: null,
      message: null,
    });
}
