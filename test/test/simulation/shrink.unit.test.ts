import { expect, test } from "@jest/globals";
import { shrink, statementOf } from "../../src/simulation/shrink.js";
import { generate } from "../../src/simulation/workload/generator.js";
import type { Script } from "../../src/simulation/workload/script.js";

/** A day with faults, which not all days have. */
const seed = [1, 2, 3, 4, 5, 6, 7, 8].find((one) => generate(one, 300, ["order-reservation"]).faults.length > 3)!;
const script = generate(seed, 300, ["order-reservation"]);

test("a failing script shrinks to the moves and faults that it fails with", async () => {
  const moves = [script.moves[5]!, script.moves[20]!];
  const fault = script.faults[2]!;
  const needed = (candidate: Script) =>
    moves.every((move) => candidate.moves.includes(move)) && candidate.faults.includes(fault);
  const short = await shrink(script, async (candidate) => needed(candidate), { maxPlays: 500, atOnce: 1 });
  expect(short.moves).toEqual(moves);
  expect(short.faults).toEqual([fault]);
});

test("shrinking ends at its bound", async () => {
  let plays = 0;
  await shrink(
    script,
    async () => {
      plays += 1;
      return false;
    },
    { maxPlays: 10, atOnce: 4 },
  );
  expect(plays).toBe(10);
});

test("a script follows from its seed", () => {
  expect(generate(seed, 300, ["order-reservation"])).toEqual(script);
  expect(generate(seed + 1, 300, ["order-reservation"])).not.toEqual(script);
});

test("the statement of a finding stands before what shows it", () => {
  expect(statementOf("no order is lost: o7")).toBe("no order is lost");
});
