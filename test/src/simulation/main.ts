import { installSimulatedGlobals } from "./kernel/simulated-globals.js";

// Before anything of the services is loaded: some libraries keep the functions that they find.
installSimulatedGlobals();
const { simulate } = await import("./simulate.js");
process.exitCode = await simulate(process.argv.slice(2));
