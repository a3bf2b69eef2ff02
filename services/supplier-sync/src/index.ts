export { supplierSyncService } from "./service.js";
