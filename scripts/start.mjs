// npm start: the whole platform on this machine, with a little stock to try things on.
import { build, checkPrerequisites, install, load } from "./workspace.mjs";

checkPrerequisites();
install();
build();
const { runUntilInterrupted } = await load("packages/local-stack/dist/cli/start.js");
const { demonstrate } = await load("scripts/demonstration.mjs");
try {
  await runUntilInterrupted({ demonstrate });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
