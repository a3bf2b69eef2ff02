import { readFileSync } from "node:fs";
import { cpus, loadavg, type as osType, release, totalmem } from "node:os";
import pg from "pg";

/** Waiting or running tasks per processor from which on a machine counts as busy. */
const BUSY = 0.5;

/** Machine and versions, a line each, as they are found; those of Kafka and the registry on their command lines. */
export async function machineLines(databaseUrl: string, kafkaPid: number, registryPid: number): Promise<string[]> {
  const processors = cpus();
  const memory = (totalmem() / 1_024 ** 3).toFixed(0);
  return [
    `${processors.length} × ${processors[0]?.model.trim() ?? "unknown processor"}, ${memory} GiB, ${osName()}, ${osType()} ${release()}`,
    `Node ${process.versions.node}, Postgres ${await postgresVersion(databaseUrl)} (fsync on), Kafka ${versionOf(kafkaPid, /kafka-(\d+(?:\.\d+)+)/)}, Apicurio Registry ${versionOf(registryPid, /registry-(?:app-)?(\d+(?:\.\d+)+)/)}`,
  ];
}

async function postgresVersion(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query("SHOW server_version");
    return String(rows[0].server_version);
  } finally {
    await client.end();
  }
}

function osName(): string {
  if (osType() !== "Linux") return osType();
  const name = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"));
  return name?.[1] ?? "Linux";
}

function versionOf(pid: number, pattern: RegExp): string {
  return pattern.exec(readFileSync(`/proc/${pid}/cmdline`, "utf8"))?.[1] ?? "unknown";
}

/** How busy the machine was with other things before the bench began, as the average of the last minute. */
export function loadBefore(): string {
  const [load = 0] = loadavg();
  const share = load / cpus().length;
  const words = share > BUSY ? "busy with other work, which makes every figure worse" : "otherwise idle";
  return `Load average before it began: ${load.toFixed(1)} on ${cpus().length} processors: ${words}`;
}
