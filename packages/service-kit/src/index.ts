export * from "./answer-once.js";
export { askedLanguage } from "./asked-language.js";
export * from "./auth.js";
export * from "./balances.js";
export * from "./config.js";
export * from "./cursor.js";
export * from "./database.js";
export { readNow } from "./database-time.js";
export * from "./health.js";
export * from "./http.js";
export { checked, MAX_BODY_BYTES } from "./http-input.js";
export * from "./idempotency.js";
export * from "./ids.js";
export * from "./intake.js";
export { isoTime } from "./iso-time.js";
export * from "./jobs.js";
export * from "./lifecycle.js";
export type { HeldLocks, LockPlan, RowsToLock } from "./locks.js";
export * from "./logging.js";
export * from "./message-consumer.js";
export * from "./metrics.js";
export { kitMigrations } from "./migrations.js";
export { dropOldSales } from "./old-sales.js";
export { openApiDocument } from "./openapi.js";
export * from "./problem.js";
export { BULK_TYPES, type Method, type RouteSpec } from "./route.js";
export * from "./service-definition.js";
export type { ServiceParts } from "./service-ground.js";
export * from "./start-over.js";
export {
  HTTP_GRACE_MS,
  MAX_SLICE_MESSAGES,
  type StartOptions,
  startService,
} from "./start-service.js";
export * from "./trace-context.js";
export * from "./transact.js";
export * from "./transient.js";
export type * from "./unit-of-work.js";
export { StoppedWhileStarting } from "./until-up.js";
