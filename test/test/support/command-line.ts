import { execFile } from "node:child_process";
import { join } from "node:path";
import { type LocalService, repositoryFolder } from "@septet/local-stack";
import type { Scenario } from "./scenario.js";

export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs a command line of the messaging package as an engineer of this service would. */
export function messagingCommand(
  shop: Scenario,
  service: LocalService,
  command: "republish" | "dead-letters",
  args: readonly string[],
): Promise<CommandResult> {
  const { NODE_OPTIONS: _testRunners, ...inherited } = process.env;
  const env = {
    ...inherited,
    DATABASE_URL: shop.system.databaseUrl(service),
    KAFKA_BROKERS: shop.system.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: shop.system.topicPrefix,
    SCHEMA_REGISTRY_URL: shop.system.registryUrl,
  };
  const program = join(repositoryFolder, "packages/messaging/dist/cli", `${command}.js`);
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env, timeout: 120_000 }, (error, stdout, stderr) => {
      const exitCode = error ? Number(error.code ?? 1) : 0;
      resolve({ exitCode, output: stdout + stderr });
    });
  });
}
