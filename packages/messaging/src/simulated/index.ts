export { LocalRegistry } from "./local-registry.js";
export { SimulatedBroker } from "./simulated-broker.js";
export { SimulatedConsumption } from "./simulated-consumption.js";
export { SimulatedEventLog } from "./simulated-event-log.js";
export { type GroupMember, SimulatedGroup, type TopicPartition } from "./simulated-group.js";
export type { PublishFate, SimulatedSteps } from "./simulated-steps.js";
