import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { waitForLock } from "./owner-lock.js";
import { packageFolder } from "./paths.js";
import { assertMaven } from "./prerequisites.js";

const run = promisify(execFile);

export const KAFKA_VERSION = "4.4.0";
export const REGISTRY_VERSION = "3.0.9";
const FETCH_MS = 15 * 60_000;
const PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";

/** Folders with everything that has to be fetched. */
export interface Artifacts {
  readonly folder: string;
  readonly kafka: string;
  readonly registry: string;
}

interface Wanted {
  readonly name: string;
  readonly title: string;
  /** Maven's goal and options that fill the folder. */
  goal(into: string): string[];
  /** A file that a complete folder has. */
  readonly proof: string;
}

const KAFKA: Wanted = {
  name: `kafka-${KAFKA_VERSION}`,
  title: "Kafka (43 MB)",
  goal: (into) => [
    "-f",
    join(packageFolder, "maven/kafka/pom.xml"),
    `${PLUGIN}:copy-dependencies`,
    `-DoutputDirectory=${into}`,
  ],
  proof: `kafka_2.13-${KAFKA_VERSION}.jar`,
};

const REGISTRY: Wanted = {
  name: `registry-${REGISTRY_VERSION}`,
  title: "the schema registry (109 MB)",
  goal: (into) => [
    "-f",
    join(packageFolder, "maven/registry/pom.xml"),
    `${PLUGIN}:unpack`,
    `-Dartifact=io.apicurio:apicurio-registry-app:${REGISTRY_VERSION}:tar.gz:all`,
    `-DoutputDirectory=${into}`,
    `-Dmarks=${into}/marks`,
  ],
  proof: `apicurio-registry-app-${REGISTRY_VERSION}-runner.jar`,
};

/**
 * Fetches through Maven what is not there yet. A folder appears under its name only when it is complete, and of several
 * stacks that start at once one fetches while the others wait.
 */
export async function fetchArtifacts(
  folder: string,
  wanted: { kafka: boolean; registry: boolean },
  onProgress: (line: string) => void,
): Promise<Artifacts> {
  mkdirSync(folder, { recursive: true });
  const missing = () =>
    [...(wanted.kafka ? [KAFKA] : []), ...(wanted.registry ? [REGISTRY] : [])].filter(
      ({ name }) => !existsSync(join(folder, name)),
    );
  if (missing().length > 0) {
    await assertMaven();
    const lock = await waitForLock(join(folder, "fetching.lock"), FETCH_MS, ({ pid }) =>
      onProgress(`waiting for process ${pid}, which is fetching …`),
    );
    try {
      for (const left of readdirSync(folder).filter((name) => name.startsWith("partial-")))
        rmSync(join(folder, left), { recursive: true, force: true });
      // One after the other: two Mavens in one empty local repository get in each other's way.
      for (const artifact of missing()) await fetchOne(folder, artifact, onProgress);
    } finally {
      lock.release();
    }
  }
  return { folder, kafka: join(folder, KAFKA.name), registry: join(folder, REGISTRY.name) };
}

async function fetchOne(folder: string, artifact: Wanted, onProgress: (line: string) => void): Promise<void> {
  onProgress(`fetching ${artifact.title} …`);
  const partial = join(folder, `partial-${artifact.name}`);
  const maven = run("mvn", ["-q", "-B", "-ntp", ...artifact.goal(partial)], { timeout: FETCH_MS, maxBuffer: 64 << 20 });
  const endWithUs = () => void maven.child.kill();
  process.once("exit", endWithUs);
  try {
    await maven;
  } catch (error) {
    const output = `${(error as { stdout?: string }).stdout ?? ""}`.trim();
    throw new Error(`Maven could not fetch ${artifact.title}: ${output || (error as Error).message}`);
  } finally {
    process.off("exit", endWithUs);
  }
  if (!existsSync(join(partial, artifact.proof)))
    throw new Error(`Maven fetched ${artifact.title}, but ${artifact.proof} is not in it.`);
  renameSync(partial, join(folder, artifact.name));
}
