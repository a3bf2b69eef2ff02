// npm test [-- workspace…]: every workspace's tests, two workspaces side by side, on one stack in a temporary folder.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";
import { build, checkPrerequisites, giveUp, install, load, quietEnv, root, say } from "./workspace.mjs";

// Many tests wait for a broker or a deadline while the processors idle; more than two disturb each other's deadlines.
const LANES = 2;

checkPrerequisites();
install();
build();
const workspaces = chosen(process.argv.slice(2));
const { startTemporaryStack, describeStack, STACK_VARIABLE } = await load("packages/local-stack/dist/index.js");
const results = mkdtempSync(join(tmpdir(), "septet-results-"));
const sums = { passed: 0, failed: 0, skipped: 0 };
const running = new Set();
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => {
    interrupted = true;
    for (const child of running) child.kill("SIGTERM");
  });

const stack = await startTemporaryStack(say).catch((error) => giveUp(error.message));
try {
  const env = { ...quietEnv, [STACK_VARIABLE]: JSON.stringify(describeStack(stack)) };
  await Promise.all(Array.from({ length: LANES }, () => lane(workspaces, env)));
} finally {
  await stack.stop();
  rmSync(results, { recursive: true, force: true });
}
if (interrupted) sums.failed++;
process.exitCode = sums.failed > 0 || sums.passed === 0 ? 1 : 0;
say(`${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`);

/** Takes one workspace after the other until none is left. */
async function lane(waiting, env) {
  while (waiting.length > 0 && !interrupted) add(await jest(waiting.shift(), env));
}

/** Workspaces with tests, the system's own first because they take longest; all or those named: `ledger`, `services/ledger` and `@septet/ledger` mean the same. */
function chosen(names) {
  const parents = ["packages", "services"].flatMap((parent) =>
    existsSync(join(root, parent)) ? readdirSync(join(root, parent)).map((name) => join(root, parent, name)) : [],
  );
  const all = [join(root, "test"), ...parents].filter((folder) => existsSync(join(folder, "jest.config.mjs")));
  for (const name of names) if (!all.some((folder) => isNamed(folder, name))) giveUp(`There is no workspace ${name}.`);
  return names.length === 0 ? all : all.filter((folder) => names.some((name) => isNamed(folder, name)));
}

function isNamed(folder, name) {
  const { name: packageName } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return name === packageName || name === basename(folder) || resolve(root, name) === folder;
}

async function jest(workspace, env) {
  const name = relative(root, workspace);
  const json = join(results, `${basename(workspace)}.json`);
  const program = join(root, "node_modules", "jest", "bin", "jest.js");
  const args = [program, "--passWithNoTests", "--json", `--outputFile=${json}`, "--silent=false"];
  const child = spawn(process.execPath, args, {
    cwd: workspace,
    // With --json the result goes to standard output as well; the readable report goes to standard error.
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...env, NODE_OPTIONS: "--experimental-vm-modules --disable-warning=ExperimentalWarning" },
  });
  running.add(child);
  createInterface({ input: child.stderr }).on("line", (line) => say(line === "" ? "" : `${name}: ${line}`));
  const code = await new Promise((done) => child.once("close", done));
  running.delete(child);
  if (!existsSync(json)) return { passed: 0, failed: 1, skipped: 0 };
  const result = JSON.parse(readFileSync(json, "utf8"));
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

function add(result) {
  for (const key of Object.keys(sums)) sums[key] += result[key];
}
