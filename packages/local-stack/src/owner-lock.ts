import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { until } from "./deadline.js";
import { identify, isRunning, type ProcessIdentity } from "./process-identity.js";

/** A file that says which process owns a folder. It is gone with its owner: a dead owner's lock is taken over. */
export interface OwnerLock {
  release(): void;
}

export type LockAttempt = { ok: true; lock: OwnerLock } | { ok: false; owner: ProcessIdentity };

let attempts = 0;

/** Takes the lock, or says who has it. */
export function tryLock(file: string): LockAttempt {
  mkdirSync(dirname(file), { recursive: true });
  const mine = identify(process.pid);
  if (mine === undefined) throw new Error("cannot read this process's own start time");
  // Written aside and linked, so that nobody ever reads half a lock.
  const draft = `${file}.${process.pid}.${++attempts}`;
  writeFileSync(draft, JSON.stringify(mine));
  try {
    for (;;) {
      if (linked(draft, file)) return { ok: true, lock: { release: () => releaseLock(file, mine) } };
      const owner = ownerOf(file);
      if (owner === undefined) continue;
      if (isRunning(owner)) return { ok: false, owner };
      takeAway(file, draft);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes the lock, waiting for its owner to let go. `onWait` is told once whom it waits for. */
export async function waitForLock(
  file: string,
  withinMs: number,
  onWait: (owner: ProcessIdentity) => void,
): Promise<OwnerLock> {
  let told = false;
  return until(`lock ${file}`, withinMs, () => {
    const attempt = tryLock(file);
    if (attempt.ok) return attempt.lock;
    if (!told) onWait(attempt.owner);
    told = true;
    return undefined;
  });
}

/** The process that holds the lock, running or not; undefined when nobody does. */
export function ownerOf(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (error instanceof SyntaxError) return { pid: 0, startedAt: "unreadable" };
    throw error;
  }
}

function linked(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Two may recover one stale lock at once: each moves aside what it finds, and puts back what was not stale. */
function takeAway(file: string, draft: string): void {
  const aside = `${draft}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const owner = ownerOf(aside);
  if (owner !== undefined && isRunning(owner)) linked(aside, file);
  rmSync(aside, { force: true });
}

function releaseLock(file: string, mine: ProcessIdentity): void {
  const owner = ownerOf(file);
  if (owner?.pid === mine.pid && owner.startedAt === mine.startedAt) rmSync(file, { force: true });
}
