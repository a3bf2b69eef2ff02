// npm test [-- workspace…]: every workspace's tests, one after the other, on one stack in a temporary folder.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve } from "node:path";
import { build, checkPrerequisites, giveUp, install, load, quietEnv, root, say } from "./workspace.mjs";

checkPrerequisites();
install();
build();
const workspaces = chosen(process.argv.slice(2));
const { startTemporaryStack, describeStack, STACK_VARIABLE } = await load("packages/local-stack/dist/index.js");
const results = mkdtempSync(join(tmpdir(), "septet-results-"));
const sums = { passed: 0, failed: 0, skipped: 0 };
let running;
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => {
    interrupted = true;
    running?.kill("SIGTERM");
  });

const stack = await startTemporaryStack(say).catch((error) => giveUp(error.message));
try {
  const env = { ...quietEnv, [STACK_VARIABLE]: JSON.stringify(describeStack(stack)) };
  for (const workspace of workspaces) if (!interrupted) add(await jest(workspace, env));
} finally {
  await stack.stop();
  rmSync(results, { recursive: true, force: true });
}
if (interrupted) sums.failed++;
process.exitCode = sums.failed > 0 || sums.passed === 0 ? 1 : 0;
say(`${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`);

/** Workspaces with tests, all or those named: `ledger`, `services/ledger` and `@septet/ledger` mean the same. */
function chosen(names) {
  const parents = ["packages", "services"].flatMap((parent) =>
    existsSync(join(root, parent)) ? readdirSync(join(root, parent)).map((name) => join(root, parent, name)) : [],
  );
  const all = [...parents, join(root, "test")].filter((folder) => existsSync(join(folder, "jest.config.mjs")));
  for (const name of names) if (!all.some((folder) => isNamed(folder, name))) giveUp(`There is no workspace ${name}.`);
  return names.length === 0 ? all : all.filter((folder) => names.some((name) => isNamed(folder, name)));
}

function isNamed(folder, name) {
  const { name: packageName } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return name === packageName || name === basename(folder) || resolve(root, name) === folder;
}

async function jest(workspace, env) {
  const name = relative(root, workspace);
  say(`\n${name}`);
  const json = join(results, `${basename(workspace)}.json`);
  const program = join(root, "node_modules", "jest", "bin", "jest.js");
  const args = [program, "--passWithNoTests", "--json", `--outputFile=${json}`, "--silent=false"];
  running = spawn(process.execPath, args, {
    cwd: workspace,
    // With --json the result goes to standard output as well; the readable report goes to standard error.
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...env, NODE_OPTIONS: "--experimental-vm-modules --disable-warning=ExperimentalWarning" },
  });
  const code = await new Promise((done) => running.once("close", done));
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
