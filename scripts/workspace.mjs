// What the other scripts share: is everything installed, is everything built. Only Node's own modules, because it also
// runs before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** For turbo: nothing is sent anywhere. */
export const quietEnv = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
};

export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Ends this script with one line. */
export function giveUp(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

/** One line per thing that is missing, before half a minute of installing. */
export function checkPrerequisites() {
  const [major] = process.versions.node.split(".").map(Number);
  if (major < 20) giveUp(`Node 20 or newer is needed; this is ${process.versions.node}.`);
  const external = process.env.KAFKA_BROKERS && process.env.SCHEMA_REGISTRY_URL;
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, "bin", "java") : "java";
  if (!external && missing(java, ["-version"])) giveUp("A Java runtime, 17 or newer, is needed: java was not found.");
  const fetched = existsSync(join(process.env.SEPTET_ARTIFACTS || join(root, ".local", "artifacts")));
  if (!external && !fetched && missing("mvn", ["-v"])) giveUp("Maven is needed to fetch Kafka: mvn was not found.");
}

function missing(command, args) {
  return spawnSync(command, args, { stdio: "ignore" }).error?.code === "ENOENT";
}

/** Installs the packages when there are none or the lock has changed since. */
export function install() {
  const lock = join(root, "package-lock.json");
  const installed = join(root, "node_modules", ".package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  say("installing packages …");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], "npm ci failed.");
}

/** Builds what has changed; says nothing unless it fails. */
export function build() {
  if (!existsSync(join(root, "packages", "local-stack", "dist"))) say("building …");
  run(
    process.execPath,
    [join(root, "scripts", "turbo.mjs"), "run", "build", "--output-logs=errors-only"],
    "The build failed.",
  );
}

function run(command, args, failure) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env: quietEnv,
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  if (status !== 0) giveUp(`${stdout ?? ""}${stderr ?? ""}${failure}${error ? ` ${error.message}` : ""}`);
}

/** Loads a built module of the repository. */
export function load(path) {
  return import(pathToFileURL(join(root, path)).href);
}
