import { applyMovement, takeRejection, takeReservation } from "./answering.js";
import { callOff } from "./calling-off.js";
import type { Command } from "./commands.js";
import type { Decision } from "./decision.js";
import { dispatch, reportShort } from "./dispatching.js";
import { expect } from "./expecting.js";
import type { Outcome } from "./outcomes.js";
import { lose, receive } from "./receiving.js";
import { create, request } from "./requesting.js";
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
    case "CREATE_TRANSFER":
      return create(bench, command);
    case "REQUEST_TRANSFER":
      return request(bench, command);
    case "DISPATCH":
      return dispatch(bench, command);
    case "RECEIVE":
      return receive(bench, command);
    case "LOSE":
      return lose(bench, command);
    case "REPORT_SHORT":
      return reportShort(bench, command);
    case "CALL_OFF":
      return callOff(bench, command);
    case "EXPECT":
      return expect(bench, command);
    case "TAKE_RESERVATION":
      return takeReservation(bench, command);
    case "TAKE_REJECTION":
      return takeRejection(bench, command);
    case "APPLY_MOVEMENT":
      return applyMovement(bench, command);
  }
}
