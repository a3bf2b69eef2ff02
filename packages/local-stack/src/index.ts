export { AUDIENCE, ISSUER, type LocalAuth, ROLES, type Role, type TokenOrder } from "./auth.js";
export { until } from "./deadline.js";
export { databaseVariable, type External, externalFrom, NOTHING_EXTERNAL } from "./external.js";
export { quietKafka } from "./kafka.js";
export { defaultArtifacts, defaultHome, defaultPortBase, repositoryFolder } from "./paths.js";
export { freePort, freePortBase, type LocalService, PORT_OFFSETS, SERVICES } from "./ports.js";
export { type KeptProcess, ProcessKeeper } from "./process-keeper.js";
export { type Stack, type StackOptions, startStack } from "./stack.js";
export { createTopics, deleteTopics } from "./topics.js";
