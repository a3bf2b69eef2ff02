// Runs a built program of the repository where npm was called, installing and building first if needed:
// node scripts/run.mjs test/dist/replay/main.js ../shared/data
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build, install, root } from "./workspace.mjs";

install();
build();
const [program, ...args] = process.argv.slice(2);
const child = spawn(process.execPath, ["--enable-source-maps", join(root, program), ...args], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stdio: "inherit",
});
// The terminal's Ctrl-C reaches the program by itself; this script only must not leave before it.
process.on("SIGINT", () => undefined);
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 1 : code));
