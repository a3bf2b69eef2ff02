import { CreateMessagingTables1763800000000 } from "./create-messaging-tables.js";

/** Run before a service's own migrations. */
export const messagingMigrations = [CreateMessagingTables1763800000000];
