/** The services that record movements or publish; `ledger` owns no bucket. */
export const SERVICES = ["order-reservation", "warehouse", "transfer", "supplier-sync", "ledger"] as const;

export type ServiceName = (typeof SERVICES)[number];
