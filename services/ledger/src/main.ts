import { runService } from "@septet/service-kit";
import { ledgerService } from "./ledger-service.js";

await runService(ledgerService());
