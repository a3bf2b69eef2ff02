import { availableParallelism } from "node:os";
import { describe, expect, test } from "@jest/globals";
import { busyProcess, type Simulated, simulate } from "./simulation-program.js";

/** Days from the first seed on. */
const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 200);
/** No further day begins after so long. Two processors of their own need a sixth of it. */
const MINUTES = Number(process.env.SIMULATION_MINUTES ?? 25);
/** To start and to end, ms. */
const MARGIN_MS = 120_000;

/** The lines of a day's steps. */
const stepsOf = ({ output }: Simulated) => output.split("\n").filter((line) => /^\d+ \+\d+ /.test(line));

describe("the services keep every promise on bad days", () => {
  test(
    `on ${SEEDS} days of 300 steps`,
    async () => {
      const asked = [
        "--seeds",
        String(SEEDS),
        "--minutes",
        String(MINUTES),
        "--workers",
        String(availableParallelism()),
      ];
      const { code, output } = await simulate({}, ...asked);
      // Fewer would say less than the title does: the machine was too slow, or had other things to do.
      expect(output).toContain(`${SEEDS} played, 0 failed`);
      expect(code).toBe(0);
    },
    MINUTES * 60_000 + MARGIN_MS,
  );

  test("and with some of the services only, be they all down for a while", async () => {
    const { output } = await simulate({}, "--seed", "1", "--services", "order-reservation,warehouse");
    expect(output).toContain("1 played, 0 failed");
  });

  test("and the same day is the same to the byte in another place, at another hour, on a machine that is busy", async () => {
    const here = { TZ: "UTC", LANG: "C", LC_ALL: "C" };
    const elsewhere = {
      TZ: "Pacific/Chatham",
      LANG: "tr_TR.UTF-8",
      LC_ALL: "tr_TR.UTF-8",
      SEPTET_HOME: "/nowhere",
      HOSTNAME: "elsewhere",
      PGTZ: "Asia/Kathmandu",
      NODE_OPTIONS: "--max-old-space-size=512 --max-semi-space-size=1",
    };
    const busy = busyProcess();
    try {
      const [one, other] = await Promise.all([
        simulate(here, "--seed", "7", "--trace"),
        simulate(elsewhere, "--seed", "7", "--trace"),
      ]);
      for (const { output } of [one, other]) expect(output).toContain("1 played, 0 failed");
      const [steps, others] = [stepsOf(one), stepsOf(other)];
      expect(steps.length).toBeGreaterThan(500);
      const first = steps.findIndex((step, index) => step !== others[index]);
      expect([steps[first], others[first], others.length]).toEqual([undefined, undefined, steps.length]);
    } finally {
      busy.kill();
    }
  });
});
