import { createServer } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { type PortRange, takePortRange } from "../src/ports.js";

const RANGES = 60;

async function whileTaken(work: (ranges: readonly PortRange[]) => Promise<void>): Promise<void> {
  const ranges = await Promise.all(Array.from({ length: RANGES }, () => takePortRange()));
  try {
    await work(ranges);
  } finally {
    for (const range of ranges) range.release();
  }
}

describe("ranges of ports", () => {
  test("that are taken at once are all different, though nobody listens on them yet", async () => {
    await whileTaken(async (ranges) => {
      expect(new Set(ranges.map(({ base }) => base)).size).toBe(RANGES);
    });
  });

  test("keep their ports free for whoever took them", async () => {
    await whileTaken(async ([range]) => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(range!.base, "127.0.0.1", resolve);
      });
      await new Promise((resolve) => server.close(resolve));
    });
  });
});
