import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { repositoryFolder } from "@septet/local-stack";
import type { Scenario } from "./scenario.js";

/** Runs the README's program as a reader would, spoken to this system instead of the one of `npm start`. */
export async function runReadmeProgram(shop: Scenario): Promise<string> {
  const readme = readFileSync(join(repositoryFolder, "README.md"), "utf8");
  const program = /```js\n(.*?)```/s.exec(readme)?.[1];
  if (program === undefined) throw new Error("README.md shows no program");
  const { kafkaBrokers, registryUrl, topicPrefix } = shop.system;
  const here = program
    .replace('["127.0.0.1:7192"]', () => `${JSON.stringify(kafkaBrokers.split(","))}, topicPrefix: "${topicPrefix}"`)
    .replace('"http://127.0.0.1:7181/apis/ccompat/v7"', () => JSON.stringify(registryUrl));
  const { NODE_OPTIONS: _testRunners, ...env } = process.env;
  const options = { cwd: repositoryFolder, env, timeout: 120_000 };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", here], options);
  return stdout;
}
