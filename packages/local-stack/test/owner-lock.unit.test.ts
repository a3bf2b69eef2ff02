import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ownerOf, tryLock, waitForLock } from "../src/owner-lock.js";
import { identify } from "../src/process-identity.js";
import { endLeftovers } from "../src/process-keeper.js";

describe("who owns a folder", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "septet-lock-"));
    file = join(folder, "owner.lock");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("the first one gets the lock, the second is told whose it is, and after the release it is free", () => {
    const first = tryLock(file);
    expect(first.ok).toBe(true);
    expect(tryLock(file)).toEqual({ ok: false, owner: identify(process.pid) });
    if (first.ok) first.lock.release();
    expect(ownerOf(file)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a lock whose owner is gone is taken over, also when its pid belongs to somebody else by now", () => {
    writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: "long ago" }));
    expect(tryLock(file).ok).toBe(true);
    expect(ownerOf(file)).toEqual(identify(process.pid));
    expect(readdirSync(folder)).toEqual(["owner.lock"]);
  });

  test("a lock that was half written when the machine went down is taken over", () => {
    writeFileSync(file, '{"pid":');
    expect(tryLock(file).ok).toBe(true);
  });

  test("one who waits gets the lock when it is released, and hears once whom to wait for", async () => {
    const first = tryLock(file);
    const heard: number[] = [];
    const second = waitForLock(file, 5_000, ({ pid }) => {
      heard.push(pid);
      if (first.ok) first.lock.release();
    });
    (await second).release();
    expect(heard).toEqual([process.pid]);
  });

  test("a process that got a recorded pid later is nobody's leftover and lives on", async () => {
    const stranger = spawn("sleep", ["60"]);
    try {
      const pid = stranger.pid as number;
      writeFileSync(join(folder, "kafka.json"), JSON.stringify({ pid, startedAt: "long ago" }));
      expect(await endLeftovers(folder)).toEqual([]);
      expect(identify(pid)).toBeDefined();

      writeFileSync(join(folder, "kafka.json"), JSON.stringify(identify(pid)));
      expect(await endLeftovers(folder)).toEqual(["kafka"]);
      expect(identify(pid)).toBeUndefined();
    } finally {
      stranger.kill("SIGKILL");
    }
  });
});
