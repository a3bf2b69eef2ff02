import { fileURLToPath } from "node:url";
import { installSimulatedGlobals } from "./kernel/simulated-globals.js";

// Before anything of the services is loaded: some libraries keep the functions that they find.
installSimulatedGlobals();
const { simulate } = await import("./simulate.js");
process.exitCode = await simulate(fileURLToPath(import.meta.url), process.argv.slice(2));
