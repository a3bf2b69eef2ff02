import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { repositoryFolder } from "@septet/local-stack";
import { borrowPostgres, POSTGRES_VARIABLE, type PostgresAddress } from "../own-postgres.js";
import { SourceTree } from "./tree.js";

const run = promisify(execFile);
const MAX_SEEDS = 500;
const PATCHES = "test/src/simulation/planted/patches";

/** What became of one planted fault. */
interface Planted {
  readonly name: string;
  /** Seeds played until it was found; undefined when it was not. */
  readonly seeds: number | undefined;
  readonly statement: string;
}

/** Plants one fault after the other in a copy of the sources, and looks how many seeds it takes until it is found. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seeds: { type: "string", default: String(MAX_SEEDS) }, steps: { type: "string", default: "300" } },
  });
  const root = repositoryFolder;
  const files = (await readdir(join(root, PATCHES))).filter((file) => file.endsWith(".patch")).sort();
  const chosen = files.filter((file) => positionals.length === 0 || positionals.some((name) => file.includes(name)));
  const tree = await SourceTree.copyOf(root);
  const postgres = await borrowPostgres();
  const results: Planted[] = [];
  try {
    for (const file of chosen) {
      const found = await plant(tree, join(root, PATCHES, file), values.seeds, values.steps, postgres);
      results.push(found);
      process.stdout.write(`| ${found.name} | ${found.seeds ?? `not in ${values.seeds}`} | ${found.statement} |\n`);
    }
  } finally {
    await postgres.stop();
    await tree.remove();
  }
  const missed = results.filter(({ seeds }) => seeds === undefined).length;
  process.stdout.write(`${results.length - missed} of ${results.length} planted faults found\n`);
  return missed === 0 ? 0 : 1;
}

async function plant(
  tree: SourceTree,
  patch: string,
  seeds: string,
  steps: string,
  postgres: PostgresAddress,
): Promise<Planted> {
  const name = basename(patch, ".patch").replaceAll("-", " ");
  await tree.patch(patch);
  try {
    await tree.build();
    const program = join(tree.root, "test", "dist", "simulation", "main.js");
    const args = [program, "--seeds", seeds, "--steps", steps, "--until-found"];
    const env = { ...process.env, [POSTGRES_VARIABLE]: JSON.stringify(postgres) };
    const { stdout } = await run(process.execPath, args, { env, maxBuffer: 64 * 1024 * 1024 }).catch(
      (error: { stdout?: string; code?: number; stderr?: string }) => {
        if (error.code === 1 && error.stdout?.includes(" played, 1 failed")) return { stdout: error.stdout };
        throw new Error(`${name}: the simulation itself failed: ${error.stderr ?? String(error)}`);
      },
    );
    const broken = /^ {2}BROKEN ([^:\n]*)/m.exec(stdout)?.[1];
    const played = Number(/(\d+) played/.exec(stdout)?.[1]);
    return { name, seeds: broken === undefined ? undefined : played, statement: broken ?? "" };
  } finally {
    await tree.patch(patch, true);
  }
}

process.exitCode = await main();
