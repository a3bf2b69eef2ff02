export { LEDGER_VARIABLES } from "./config.js";
export { ledgerService } from "./ledger-service.js";
