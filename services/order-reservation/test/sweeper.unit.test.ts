import { expect, test } from "@jest/globals";
import { bytewise } from "@septet/stock-contracts";
import type { ReservationDesk } from "../src/reservation-desk.js";
import { Sweeper } from "../src/sweeper.js";

interface Place {
  readonly sku: string;
  readonly location: string;
}

/** Places below 0 that stay so, as the database has them. */
function places(count: number): Place[] {
  return Array.from({ length: count }, (_, n) => ({ sku: `sku-${String(n).padStart(4, "0")}`, location: "leeds" }));
}

function sweeperOver(below: readonly Place[]): { look: () => Promise<string[]> } {
  let looked: string[] = [];
  const isAfter = ({ sku, location }: Place, [afterSku, afterLocation]: readonly unknown[]) =>
    bytewise(sku, String(afterSku)) > 0 || (sku === afterSku && bytewise(location, String(afterLocation)) > 0);
  const session = {
    query: async (_sql: string, params: unknown[] = []) => {
      const rest = below.filter((place) => isAfter(place, params));
      return rest.slice(0, Number(params.at(-1))) as never[];
    },
  };
  const submit: ReservationDesk["submit"] = async (items) => {
    looked = items.flatMap(({ command }) => (command?.type === "ExamineDeficit" ? [command.sku] : []));
    return [];
  };
  const desk = { submit } as ReservationDesk;
  const sweeper = new Sweeper({ session, desk, metrics: {} as never, paymentsGraceMs: 0 });
  return {
    look: async () => {
      looked = [];
      await sweeper.examineDeficits();
      return looked;
    },
  };
}

test("where more is promised than is there is looked at everywhere in turn, however many places stay so", async () => {
  const below = places(450);
  const sweeper = sweeperOver(below);
  const looked = [...(await sweeper.look()), ...(await sweeper.look()), ...(await sweeper.look())];
  expect(looked).toEqual(below.map(({ sku }) => sku));
  expect((await sweeper.look())[0]).toBe(below[0]!.sku);
});

test("while there are few, each look is at all of them", async () => {
  const sweeper = sweeperOver(places(2));
  expect([await sweeper.look(), await sweeper.look()]).toEqual([
    ["sku-0000", "sku-0001"],
    ["sku-0000", "sku-0001"],
  ]);
});

test("promotions that stay due, because the grace time was longer when they were written, wait for the next look", async () => {
  const due = Array.from({ length: 500 }, (_, n) => ({ sku: `sku-${n}` }));
  const slices: number[] = [];
  const session = { query: async () => due as never[] };
  const submit: ReservationDesk["submit"] = async (items) => {
    slices.push(items.length);
    return [];
  };
  const desk = { submit } as ReservationDesk;
  await new Sweeper({ session, desk, metrics: {} as never, paymentsGraceMs: 0 }).tendLocks();
  expect(slices).toEqual([500]);
});
