import { adjust, adjustRows } from "./adjusting.js";
import { bookDocument, bookRows } from "./booking.js";
import type { Command } from "./commands.js";
import { approveLines, approveRows, countLines, countRows, recountLines, recountRows } from "./counting.js";
import type { Decision } from "./decision.js";
import type { Outcome } from "./outcomes.js";
import { noteSettled, reverse } from "./reversing.js";
import { cancelRequested, request, shipOut, shortOut, startPicking } from "./serving.js";
import { bookSurplus } from "./transfer-surplus.js";
import { Workbench } from "./workbench.js";
import type { World } from "./world.js";

/**
 * Decides a slice of commands in the order given, each on what the ones before it left. Pure: the same world and commands
 * always come to the same decision, and the world is not changed.
 */
export function decide(world: World, commands: readonly Command[]): Decision {
  const bench = new Workbench(world);
  return bench.finish(commands.map((command) => decideOne(bench, command)));
}

function decideOne(bench: Workbench, command: Command): Outcome {
  switch (command.type) {
    case "BOOK_DOCUMENT":
      return bookDocument(bench, command);
    case "BOOK_ROWS":
      return bookRows(bench, command);
    case "BOOK_TRANSFER_SURPLUS":
      return bookSurplus(bench, command);
    case "REQUEST_FULFILMENT":
      return request(bench, command);
    case "CANCEL_FULFILMENT":
      return cancelRequested(bench, command);
    case "PICK_FULFILMENT":
      return startPicking(bench, command);
    case "SHIP_FULFILMENT":
      return shipOut(bench, command);
    case "SHORT_FULFILMENT":
      return shortOut(bench, command);
    case "ADJUST":
      return adjust(bench, command);
    case "ADJUST_ROWS":
      return adjustRows(bench, command);
    case "COUNT_LINES":
      return countLines(bench, command);
    case "RECOUNT_LINES":
      return recountLines(bench, command);
    case "APPROVE_LINES":
      return approveLines(bench, command);
    case "COUNT_ROWS":
      return countRows(bench, command);
    case "RECOUNT_ROWS":
      return recountRows(bench, command);
    case "APPROVE_ROWS":
      return approveRows(bench, command);
    case "APPLY_MOVEMENT":
      bench.apply(command.movement);
      return { outcome: "TAKEN" };
    case "REVERSE_MOVEMENT":
      return reverse(bench, command);
    case "LINE_SETTLED":
      return noteSettled(bench, command);
  }
}
