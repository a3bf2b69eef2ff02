export { transferService } from "./service.js";
