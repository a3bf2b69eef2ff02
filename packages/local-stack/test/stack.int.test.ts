import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { freePortBase, NOTHING_EXTERNAL, PORT_OFFSETS, type Stack, startStack, withClient } from "../src/index.js";
import { ALL_TRACES, findTraces, leaveTraces, placesOf } from "./support/goods.js";

describe("the stack on this machine", () => {
  let home: string;
  const running: Stack[] = [];

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "septet-home-"));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((stack) => stack.stop()));
    rmSync(home, { recursive: true, force: true });
  });

  async function start(options: { home?: string; portBase?: number } = {}): Promise<Stack> {
    const portBase = options.portBase ?? (await freePortBase());
    const stack = await startStack({ home, fsync: false, external: NOTHING_EXTERNAL, ...options, portBase });
    running.push(stack);
    return stack;
  }

  test("data, messages and schemas are still there after a stop and a second start, on other ports too", async () => {
    const first = await start();
    await leaveTraces(placesOf(first));
    const pids = first.parts.map((part) => first.process(part).pid);
    await first.stop();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    expect(readdirSync(join(home, "run"))).toEqual([]);

    expect(await findTraces(placesOf(await start()))).toEqual(ALL_TRACES);
  });

  test("Postgres, Kafka and the registry, each killed in the middle of its work, come back with their data", async () => {
    const stack = await start();
    await leaveTraces(placesOf(stack));

    for (const part of stack.parts) {
      stack.process(part).kill("SIGKILL");
      await stack.process(part).ended;
      await stack.restart(part);
      expect(await findTraces(placesOf(stack))).toEqual(ALL_TRACES);
    }
  });

  test("two stacks run side by side, started at once, and know nothing of each other", async () => {
    const other = mkdtempSync(join(tmpdir(), "septet-other-"));
    try {
      const [left, right] = await Promise.all([start(), start({ home: other })]);
      await leaveTraces(placesOf(left));
      const seen = await withClient(right.databaseUrl("ledger"), (client) =>
        client.query("SELECT to_regclass('trace') AS trace"),
      );
      expect(seen.rows).toEqual([{ trace: null }]);
      await right.stop();
      expect(await findTraces(placesOf(left))).toEqual(ALL_TRACES);
    } finally {
      await Promise.all(running.splice(0).map((stack) => stack.stop()));
      rmSync(other, { recursive: true, force: true });
    }
  });

  test("a second stack in the same home is refused by the name of the first one's process", async () => {
    const stack = await start();
    await expect(start()).rejects.toThrow(`A stack runs in ${home} already (process ${process.pid})`);
    expect(stack.process("postgres").end()).toBeUndefined();
  });

  test("a port in use is named together with the variable that moves it, and its user is left alone", async () => {
    const portBase = await freePortBase();
    const port = portBase + PORT_OFFSETS.kafka;
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(port, "127.0.0.1", resolve));
    try {
      await expect(start({ portBase })).rejects.toThrow(
        `Port ${port} (Kafka) is in use by another process. Set SEPTET_PORT_BASE to another number`,
      );
      expect(stranger.listening).toBe(true);
      expect(readdirSync(join(home, "run"))).toEqual([]);
    } finally {
      stranger.close();
    }
  });

  test("what exists already is used and not started", async () => {
    const portBase = await freePortBase();
    const stack = await startStack({
      home,
      portBase,
      fsync: false,
      external: {
        ...NOTHING_EXTERNAL,
        registryUrl: "http://registry.example",
        databaseUrls: { ledger: "postgres://x/y" },
      },
    });
    running.push(stack);
    expect(stack.parts).toEqual(["postgres", "kafka"]);
    expect(stack.env("ledger")).toMatchObject({
      DATABASE_URL: "postgres://x/y",
      SCHEMA_REGISTRY_URL: "http://registry.example",
      KAFKA_BROKERS: `127.0.0.1:${portBase + PORT_OFFSETS.kafka}`,
      PORT: String(portBase + 5),
    });

    // And what is embedded is closed to the roles of other services.
    const url = new URL(stack.databaseUrl("warehouse"));
    url.pathname = "/transfer";
    await expect(withClient(url.href, (client) => client.query("SELECT 1"))).rejects.toMatchObject({ code: "42501" });
  });
});
