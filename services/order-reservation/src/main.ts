import { runService } from "@septet/service-kit";
import { orderReservation } from "./service.js";

await runService(orderReservation);
