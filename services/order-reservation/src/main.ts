import { setFlagsFromString } from "node:v8";
import { runService } from "@septet/service-kit";
import { orderReservation } from "./service.js";

// Slices outlive the young generation, and with the default growth the heap of a busy process waits until 300 MB before
// it is swept, of which 50 MB are alive. With 50 % growth it stayed below 200 MB resident (30,000 orders, 1,000 SKUs).
setFlagsFromString("--heap-growing-percent=50");

await runService(orderReservation);
