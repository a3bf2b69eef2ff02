export { AUDIENCE, ISSUER, type LocalAuth, ROLES, type Role, type TokenOrder } from "./auth.js";
export { until } from "./deadline.js";
export { databaseVariable, type External, externalFrom, NOTHING_EXTERNAL } from "./external.js";
export { quietKafka } from "./kafka.js";
export { defaultArtifacts, defaultHome, defaultPortBase, repositoryFolder } from "./paths.js";
export {
  type Platform,
  type PlatformAccess,
  type PlatformOptions,
  runningPlatform,
  startPlatform,
} from "./platform.js";
export { freePort, freePortBase, type LocalService, PORT_OFFSETS, SERVICES } from "./ports.js";
export { type Postgres, startPostgres, withClient } from "./postgres.js";
export { type KeptProcess, ProcessKeeper } from "./process-keeper.js";
export { resetHome } from "./reset.js";
export { type Answer, type RequestOptions, type ServiceClient, serviceClient } from "./service-client.js";
export { type Stack, type StackOptions, startStack } from "./stack.js";
export { attachTo, describeStack, STACK_VARIABLE, type StackDescription } from "./stack-description.js";
export type { PartName } from "./stack-parts.js";
export { type System, type SystemOptions, startSystem } from "./system.js";
export { attachOrStartStack, startTemporaryStack, type TestDatabase, type TestStack } from "./testing.js";
export { createTopics, deleteTopics } from "./topics.js";
