import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Java {
  readonly command: string;
  /** The first line of `java -version`, for instance `openjdk version "17.0.15" …`. */
  readonly version: string;
}

/** @throws one line that names what is missing. */
export function assertNode(): void {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20) throw new Error(`Node 20 or newer is needed; this is ${process.versions.node}.`);
}

/**
 * The Java of `JAVA_HOME`, else of the path.
 * @throws one line that names what is missing.
 */
export async function findJava(env = process.env): Promise<Java> {
  const command = env.JAVA_HOME ? join(env.JAVA_HOME, "bin", "java") : "java";
  const output = await versionOf(command, ["-version"], "A Java runtime, 17 or newer, is needed (java)");
  const version = output.split("\n").find((line) => line.includes('version "')) ?? output;
  const major = Number(/version "(\d+)/.exec(version)?.[1] ?? 0);
  if (major < 17) throw new Error(`Java 17 or newer is needed; ${command} says: ${version.trim()}.`);
  return { command, version: version.trim() };
}

/** @throws one line that names what is missing. */
export async function assertMaven(): Promise<void> {
  await versionOf("mvn", ["-v"], "Maven is needed to fetch Kafka and the schema registry (mvn)");
}

async function versionOf(command: string, args: string[], need: string): Promise<string> {
  try {
    const { stdout, stderr } = await run(command, args);
    return `${stderr}\n${stdout}`.trim();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "not found" : (error as Error).message;
    throw new Error(`${need}: ${reason.split("\n")[0]}.`);
  }
}
