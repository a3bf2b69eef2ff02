export { warehouseService } from "./service.js";
