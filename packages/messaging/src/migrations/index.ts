import { CreateMessagingTables1763800000000 } from "./create-messaging-tables.js";
import { IndexInboxByAge1763800000001 } from "./index-inbox-by-age.js";

/** Run before a service's own migrations. */
export const messagingMigrations = [CreateMessagingTables1763800000000, IndexInboxByAge1763800000001];
