import { runService } from "@septet/service-kit";
import { warehouseService } from "./service.js";

await runService(warehouseService());
