// turbo without its telemetry: node scripts/turbo.mjs run build
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { quietEnv, root } from "./workspace.mjs";

const turbo = join(root, "node_modules", "turbo", "bin", "turbo");
const { status } = spawnSync(process.execPath, [turbo, ...process.argv.slice(2)], {
  cwd: root,
  env: quietEnv,
  stdio: "inherit",
});
process.exit(status ?? 1);
