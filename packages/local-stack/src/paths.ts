import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of this package; the same from `src` and from `dist`. */
export const packageFolder = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Root of the monorepo. */
export const repositoryFolder = resolve(packageFolder, "../..");

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a stack keeps its data: `SEPTET_HOME`, else `.local` in the repository. */
export function defaultHome(env: Environment = process.env): string {
  return resolve(env.SEPTET_HOME || resolve(repositoryFolder, ".local"));
}

/** Where jars are kept, for all stacks together: `SEPTET_ARTIFACTS`, else `.local/artifacts` in the repository. */
export function defaultArtifacts(env: Environment = process.env): string {
  return resolve(env.SEPTET_ARTIFACTS || resolve(repositoryFolder, ".local/artifacts"));
}

/**
 * First port of the stack: `SEPTET_PORT_BASE`, else 7100.
 * @throws when the variable is not a whole number from 1024 to 65000.
 */
export function defaultPortBase(env: Environment = process.env): number {
  const text = env.SEPTET_PORT_BASE || "7100";
  const base = Number(text);
  if (!Number.isInteger(base) || base < 1024 || base > 65_000)
    throw new Error(`SEPTET_PORT_BASE is "${text}"; it takes a whole number from 1024 to 65000.`);
  return base;
}
