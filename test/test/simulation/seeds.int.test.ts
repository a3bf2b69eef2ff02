import { availableParallelism } from "node:os";
import { describe, expect, test } from "@jest/globals";
import { simulate } from "./simulation-program.js";

/** Days from the first seed on. */
const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 200);
/** No further day begins after so long: a bound for machines that have other things to do. */
const MINUTES = Number(process.env.SIMULATION_MINUTES ?? 2);

describe("the services keep every promise on bad days", () => {
  test(`in ${SEEDS} days of 300 steps, or as many as ${MINUTES} minutes allow`, async () => {
    const workers = Math.min(2, availableParallelism());
    const share = Math.ceil(SEEDS / workers);
    const runs = Array.from({ length: workers }, (_, worker) =>
      simulate("--seed", String(1 + worker * share), "--seeds", String(share), "--minutes", String(MINUTES)),
    );
    for (const { code, output } of await Promise.all(runs)) {
      expect(output).toMatch(/[1-9]\d* played, 0 failed/);
      expect(code).toBe(0);
    }
  });

  test("and the same day is the same to the byte, twice", async () => {
    const one = await simulate("--seed", "7", "--trace");
    const other = await simulate("--seed", "7", "--trace");
    const steps = ({ output }: { output: string }) => output.split("\n").filter((line) => /^\d+ \+\d+ /.test(line));
    expect(steps(one).length).toBeGreaterThan(500);
    expect(steps(other)).toEqual(steps(one));
  });
});
