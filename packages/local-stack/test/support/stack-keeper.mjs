// A process that starts a stack in the given home and keeps it until it is killed; says where its parts are.
import { NOTHING_EXTERNAL, startStack } from "../../dist/index.js";

const [home, portBase] = process.argv.slice(2);
const stack = await startStack({ home, portBase: Number(portBase), fsync: false, external: NOTHING_EXTERNAL });
const { kafkaBrokers, registryUrl } = stack;
const pids = stack.parts.map((part) => stack.process(part).pid);
const places = { databaseUrl: stack.databaseUrl("ledger"), kafkaBrokers, registryUrl };
process.stdout.write(`${JSON.stringify({ pids, places })}\n`);
setInterval(() => undefined, 1_000);
