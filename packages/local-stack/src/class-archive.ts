import { createHash } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { identify } from "./process-identity.js";

/**
 * Application class data sharing: Java keeps its parsed classes in a file and starts in half the time. Written by the
 * first run when it stops in order (which takes 4 to 5 s longer, once), read by every later one.
 */
export interface ClassArchive {
  /** What to put on Java's command line. */
  readonly flags: readonly string[];
  /** Java 17 writes the archive at exit; call after the process has ended in order. */
  settle(): void;
  readonly writing: boolean;
}

/** @param javaVersion part of the name, because another Java cannot use the archive */
export function classArchive(folder: string, name: string, javaVersion: string): ClassArchive {
  const id = createHash("sha256").update(javaVersion).digest("hex").slice(0, 8);
  const archive = join(folder, `${name}-${id}.jsa`);
  const quiet = ["-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-Xlog:class+path=off"];
  if (existsSync(archive))
    return {
      flags: ["-Xshare:auto", `-XX:SharedArchiveFile=${archive}`, ...quiet],
      settle: () => undefined,
      writing: false,
    };
  removeAbandoned(folder, `${name}-${id}.jsa.`);
  const draft = `${archive}.${process.pid}`;
  const settle = () => {
    if (existsSync(draft)) renameSync(draft, archive);
  };
  return { flags: ["-Xshare:auto", `-XX:ArchiveClassesAtExit=${draft}`, ...quiet], settle, writing: true };
}

/** Drafts end in the pid of the process that was to settle them. */
function removeAbandoned(folder: string, prefix: string): void {
  for (const file of readdirSync(folder).filter((found) => found.startsWith(prefix)))
    if (identify(Number(file.slice(prefix.length))) === undefined) rmSync(join(folder, file), { force: true });
}
