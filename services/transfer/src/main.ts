import { runService } from "@septet/service-kit";
import { transferService } from "./service.js";

await runService(transferService());
