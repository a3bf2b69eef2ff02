import { runService } from "@septet/service-kit";
import { supplierSyncService } from "./service.js";

await runService(supplierSyncService());
