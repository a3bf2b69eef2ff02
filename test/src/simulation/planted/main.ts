import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { repositoryFolder } from "@septet/local-stack";
import { borrowPostgres, POSTGRES_VARIABLE, type PostgresAddress } from "../own-postgres.js";
import { SourceTree } from "./tree.js";

const run = promisify(execFile);
const MAX_SEEDS = 500;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
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
      const found = await plant(tree, join(root, PATCHES, file), values, postgres);
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
  { seeds, steps }: { seeds: string; steps: string },
  postgres: PostgresAddress,
): Promise<Planted> {
  const name = basename(patch, ".patch").replaceAll("-", " ");
  await tree.patch(patch);
  try {
    await tree.build();
    for (let first = 1; first <= Number(seeds); ) {
      const count = Number(seeds) - first + 1;
      const failed = await firstFailing(tree.root, { first, count, steps }, postgres);
      if (failed === undefined) break;
      // What fails without it as well does not show the fault; it is a finding of another kind.
      const without = await firstFailing(repositoryFolder, { first: failed.seed, count: 1, steps }, postgres);
      if (without === undefined) return { name, seeds: failed.seed, statement: failed.statement };
      process.stdout.write(`seed ${failed.seed} fails without "${name}" too: ${without.statement}\n`);
      first = failed.seed + 1;
    }
    return { name, seeds: undefined, statement: "" };
  } finally {
    await tree.patch(patch, true);
  }
}

/** The first seed that fails in a tree, and the statement that it breaks; undefined when none does. */
async function firstFailing(
  root: string,
  o: { first: number; count: number; steps: string },
  postgres: PostgresAddress,
): Promise<{ seed: number; statement: string } | undefined> {
  const program = join(root, "test", "dist", "simulation", "main.js");
  const args = ["--seed", String(o.first), "--seeds", String(o.count), "--steps", o.steps, "--until-found"];
  const env = { ...process.env, [POSTGRES_VARIABLE]: JSON.stringify(postgres) };
  const { stdout } = await run(process.execPath, [program, ...args], { env, maxBuffer: MAX_OUTPUT_BYTES }).catch(
    (error: { stdout?: string; code?: number; stderr?: string }) => {
      if (error.code === 1 && error.stdout?.includes(" played, 1 failed")) return { stdout: error.stdout };
      throw new Error(`the simulation itself failed: ${error.stderr ?? String(error)}`);
    },
  );
  const [, seed, statement] = /^seed (\d+): [^\n]*\n {2}BROKEN ([^:\n]*)/m.exec(stdout) ?? [];
  return seed === undefined ? undefined : { seed: Number(seed), statement: statement ?? "" };
}

process.exitCode = await main();
