import type { UnitOfWork } from "@septet/service-kit";
import type { AlertCode } from "@septet/stock-contracts";
import {
  type AlertChange,
  type AuditResult,
  driftChange,
  identityChange,
  type StandingAlerts,
  tailChange,
} from "../domain/audit.js";
import { clear, raise } from "./alerts.js";

/** Publishes what an audit gives reason to say, in one transaction. */
export async function publishFindings(
  unit: UnitOfWork,
  result: AuditResult,
  standing: StandingAlerts,
  before: AuditResult | undefined,
  maxNamed: number,
): Promise<void> {
  await say(unit, "BALANCE_DRIFT", driftChange(result, standing.drift));
  await say(unit, "IDENTITY_BROKEN", identityChange(result, standing.identity, maxNamed));
  await say(unit, "MOVEMENT_GAP", tailChange(result, standing.tail, before));
}

async function say(unit: UnitOfWork, code: AlertCode, change: AlertChange): Promise<void> {
  await raise(unit, code, change.raise);
  await clear(unit, code, change.clear);
}
