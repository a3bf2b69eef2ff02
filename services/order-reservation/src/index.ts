export * from "./domain/index.js";
export { orderReservation } from "./service.js";
