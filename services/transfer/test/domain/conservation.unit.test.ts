import { describe, expect, test } from "@jest/globals";
import { identityDifference } from "@septet/stock-contracts";
import fc from "fast-check";
import { ACCOUNTS, awaitingOf, heldOf, NOTHING, openOf, plus, underWayOf } from "../../src/domain/accounts.js";
import type { Command } from "../../src/domain/commands.js";
import {
  cancel,
  create,
  dispatch,
  ID,
  lose,
  promise,
  receive,
  reject,
  short,
  TransferBook,
  turnRound,
} from "./transfer-book.js";

const line = fc.constantFrom("1", "2");
const few = fc.integer({ min: 1, max: 6 });
const one = fc.tuple(line, few).map(([lineId, quantity]) => ({ [lineId]: quantity }));
const name = fc.constantFrom("a", "b", "c", "d", "e", "f");

/** Anything that clerks and the source may do, in any order, sensible or not. */
const step: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(line, few).map(([lineId, quantity]) => promise(quantity, { lineId })),
  fc.tuple(line, few).map(([lineId, quantity]) => reject(quantity, lineId)),
  fc.tuple(name, fc.option(one)).map(([id, lines]) => dispatch(id, lines)),
  fc
    .tuple(name, line, fc.nat({ max: 4 }), fc.nat({ max: 2 }), fc.nat({ max: 2 }), fc.option(name))
    .map(([id, lineId, sellable, damaged, lost, shipmentId]) =>
      receive(id, { [lineId]: { sellable, damaged, lost } }, { shipmentId }),
    ),
  name.map((id) => receive(id)),
  fc.option(one).map((lines) => lose(lines)),
  fc.tuple(one, fc.constantFrom("NOT_FOUND" as const, "DAMAGED" as const)).map(([lines, cause]) => short(lines, cause)),
  fc.option(one).map((lines) => cancel(lines)),
  fc.constant(turnRound),
  fc.constant<Command>({ type: "REQUEST_TRANSFER", transferId: ID }),
);

function played(steps: readonly Command[], draft: boolean): TransferBook {
  const book = new TransferBook();
  book.do(create([8, 5], { draft }));
  for (const command of steps) {
    book.do(command);
    check(book);
  }
  return book;
}

/** What must be true after every step, from the accounts and the movements alone. */
function check(book: TransferBook): void {
  const lines = [...book.known().lines.values()];
  const sums = lines.reduce((sum, { accounts }) => plus(sum, accounts), NOTHING);
  const { accounts } = book.head();
  const facts: [what: string, is: number, shouldBe: number][] = [
    ...ACCOUNTS.map((name): [string, number, number] => [name, accounts[name], sums[name]]),
    ...lines.map((line): [string, number, number] => {
      const open = book.underWay(line.lineId).reduce((sum, [, pieces]) => sum + pieces, 0);
      return [`open in shipments of line ${line.lineId}`, open, underWayOf(line.accounts)];
    }),
    ["identity in Wuhan", difference(book, "WUHAN"), 0],
    ["identity in Beijing", difference(book, "BEIJING"), 0],
    ["promised", book.bucket("WUHAN", "transferReserved"), heldOf(sums) + underWayOf(sums)],
    ["in transit", book.bucket("WUHAN", "inTransit"), underWayOf(sums)],
    ["lying in Wuhan", book.bucket("WUHAN", "total"), sums.returned - sums.dispatched - sums.short],
    ["lying in Beijing", book.bucket("BEIJING", "total"), sums.received - sums.returned],
  ];
  const below = lines.flatMap((line) => [...ACCOUNTS.map((name) => line.accounts[name]), awaitingOf(line.accounts)]);
  expect([facts.filter(([, is, shouldBe]) => is !== shouldBe), below.filter((pieces) => pieces < 0)]).toEqual([[], []]);
}

const EMPTY = { total: 0, sellable: 0, orderReserved: 0, unsellable: 0, locked: 0, virtual: 0 };

function difference(book: TransferBook, location: string): number {
  const of = (account: string) => book.bucket(location, account);
  const balance = { ...EMPTY, transferReserved: of("transferReserved"), inTransit: of("inTransit") };
  return identityDifference({ ...balance, total: of("total"), sellable: of("sellable"), unsellable: of("unsellable") });
}

describe("whatever happens to a transfer, in whatever order", () => {
  test("no piece comes from nowhere or goes nowhere: accounts, shipments, buckets and movements agree after every step", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, draft) => void played(steps, draft)),
      { numRuns: 300 },
    );
  });

  test("a transfer called off as a whole, whose goods came back or were given up, holds nothing any more", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, draft) => {
        const book = played(steps, draft);
        book.do(cancel());
        book.do(lose());
        check(book);
        expect(openOf(book.head().accounts)).toBe(0);
        expect([book.bucket("WUHAN", "transferReserved"), book.bucket("WUHAN", "inTransit")]).toEqual([0, 0]);
        expect(book.head().closedAt).not.toBeNull();
      }),
      { numRuns: 200 },
    );
  });

  test("a source's answers and the cancellation of a line come to the same in any order", () => {
    const any = fc
      .integer({ min: 0, max: 8 })
      .map((reserved): Command[] => [
        cancel({ 1: null }),
        ...(reserved > 0 ? [promise(reserved)] : []),
        ...(reserved < 8 ? [reject(8 - reserved)] : []),
      ]);
    const inAnyOrder = any.chain((commands) =>
      fc.tuple(fc.constant(commands), fc.shuffledSubarray(commands, { minLength: commands.length })),
    );
    fc.assert(
      fc.property(inAnyOrder, ([first, second]) => void expect(ended(first)).toEqual(ended(second))),
      { numRuns: 200 },
    );
  });

  test("a draft that is sent waits for no more answers than it asked for", () => {
    const taken = fc.integer({ min: 0, max: 7 });
    fc.assert(
      fc.property(taken, taken, fc.nat({ max: 8 }), (first, second, spared) => {
        const book = new TransferBook();
        book.do(create([8], { draft: true }));
        for (const quantity of [first, second]) if (quantity > 0) book.do(cancel({ 1: quantity }));
        book.do({ type: "REQUEST_TRANSFER", transferId: ID });
        const asked = book.last.events.flatMap((event) =>
          event.name === "TransferReservationRequested" ? event.value.quantity : [],
        );
        for (const quantity of asked) {
          const reserved = Math.min(spared, quantity);
          if (reserved > 0) book.do(promise(reserved));
          if (reserved < quantity) book.do(reject(quantity - reserved));
        }
        expect(awaitingOf(book.head().accounts)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test("pieces called off and a source that can spare all come to the same in any order", () => {
    const inAnyOrder = fc
      .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 7 }))
      .chain(([called, part]) => {
        const commands = [cancel({ 1: called }), promise(part), promise(8 - part)];
        return fc.tuple(fc.constant(commands), fc.shuffledSubarray(commands, { minLength: 3 }));
      });
    fc.assert(
      fc.property(inAnyOrder, ([first, second]) => void expect(ended(first)).toEqual(ended(second))),
      { numRuns: 200 },
    );
  });
});

/** The pieces of a line of 8 after these commands, and what is promised. */
function ended(commands: readonly Command[]) {
  const book = new TransferBook();
  book.do(create([8]));
  for (const command of commands) book.do(command);
  return [book.pieces(), book.bucket("WUHAN", "transferReserved"), book.state()];
}
