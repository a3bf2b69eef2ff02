export * from "./cart-hold.js";
export * from "./commands.js";
export { decide } from "./decide.js";
export { MAX_PROMISES_EXAMINED } from "./deficits.js";
export type { MoveLine } from "./moving.js";
export * from "./order.js";
export * from "./outcomes.js";
export * from "./policies.js";
export * from "./world.js";
