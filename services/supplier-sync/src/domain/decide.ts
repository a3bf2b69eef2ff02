import { locationKindOf, supplierLocation } from "@septet/stock-contracts";
import { answerCancel, confirm, send, settleOrder, ship, short } from "./answering.js";
import { markOf } from "./big-change.js";
import { bringIn } from "./bringing-in.js";
import type { AdjustReported, ApplyMovement, ApplyReport, Command, RequestOrder } from "./commands.js";
import type { Decision } from "./decision.js";
import { cancelRequested, request } from "./ordering.js";
import type { Outcome } from "./outcomes.js";
import { figureOf, isNews, type LineOutcome, type ReportHead, type ReportLine } from "./report.js";
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
    case "APPLY_REPORT":
      return { outcome: "REPORT_APPLIED", lines: command.lines.map((line) => applyLine(bench, command, line)) };
    case "LOOK_AGAIN":
      for (const key of command.offers) bench.changeOffer(key, {}, command.why);
      return { outcome: "TAKEN" };
    case "STOP_SKU":
      bench.changeOffer(command, { stopped: command.reason }, "STOP", command.actor);
      return { outcome: "TAKEN" };
    case "FORGET_REPORTED":
      bench.changeOffer(command, { reported: null, kept: null }, "SUPPLIER");
      return { outcome: "TAKEN" };
    case "ADJUST_REPORTED":
      return adjustReported(bench, command);
    case "APPLY_MOVEMENT":
      return applyMovement(bench, command);
    case "BRING_IN":
      return bringIn(bench, command);
    case "REQUEST_ORDER":
      return requested(bench, command);
    case "CANCEL_ORDER":
      return cancelRequested(bench, command.asked);
    case "SEND_ORDER":
      return send(bench, command);
    case "CONFIRM_ORDER":
      return confirm(bench, command);
    case "SHORT_ORDER":
      return short(bench, command);
    case "SHIP_ORDER":
      return ship(bench, command);
    case "SETTLE_ORDER":
      return settleOrder(bench, command);
    case "ANSWER_CANCEL":
      return answerCancel(bench, command);
  }
}

/** Where everything is being settled, what is requested is short on arrival. */
function requested(bench: Workbench, command: RequestOrder): Outcome {
  const outcome = request(bench, command);
  const { supplierId, fulfilmentId } = command;
  if (outcome.outcome === "TAKEN" && bench.world.suppliers.get(supplierId)?.supplier.settling === true) {
    settleOrder(bench, { supplierId, fulfilmentId, actor: null });
  }
  return outcome;
}

function applyLine(bench: Workbench, { supplierId, head }: ApplyReport, line: ReportLine): LineOutcome {
  const { row: number, sku, quantity, kept } = line;
  const key = { supplierId, sku };
  const row = bench.offer(key);
  if (row.ordinal === head.ordinal) return { row: number, outcome: "REPEATED" };
  if (!isNews(row, head)) return { row: number, outcome: "STALE" };
  const told = figureOf(row.reported, head.kind, quantity);
  if ("fault" in told) return { row: number, outcome: "REJECTED", code: told.fault };
  const { asOf, ordinal, reportId } = head;
  bench.changeOffer(key, { reported: told.figure, kept, asOf, ordinal, reportId }, "REPORT");
  if (row.reported === told.figure) return { row: number, outcome: "UNCHANGED" };
  noteBigChange(bench, key, row.reported, told.figure, head);
  return { row: number, outcome: "CHANGED", before: row.reported, after: told.figure };
}

/** The report keeps its as-of: what left after it has still left after it. Where nothing was reported nothing is corrected. */
function adjustReported(bench: Workbench, { supplierId, lines, actor }: AdjustReported): Outcome {
  for (const { sku, delta } of lines) {
    const key = { supplierId, sku };
    const { reported } = bench.offer(key);
    if (reported !== null) bench.changeOffer(key, { reported: Math.max(0, reported + delta) }, "COUNT", actor);
  }
  return { outcome: "TAKEN" };
}

/** The first figure of a SKU is no change. */
function noteBigChange(
  bench: Workbench,
  key: { readonly supplierId: string; readonly sku: string },
  before: number | null,
  after: number,
  head: ReportHead,
): void {
  if (before === null) return;
  const { receivedAt, scheduled, ordinal } = head;
  const asOf = head.statesAsOf ? head.asOf : null;
  const mark = markOf({ before, after, asOf, receivedAt, scheduled }, bench.terms(key.supplierId).terms);
  if (mark !== "ORDINARY") bench.bigChanges.push({ ...key, ordinal, before, after, mark });
}

/** What orders hold of suppliers' goods, as order-reservation tells it. */
function applyMovement(bench: Workbench, { sku, legs }: ApplyMovement): Outcome {
  for (const { location, bucket, delta } of legs) {
    if (bucket !== "orderReserved") continue;
    const supplierId = supplierAt(location);
    if (supplierId === undefined) continue;
    const key = { supplierId, sku };
    bench.changeOffer(key, { reserved: bench.offer(key).reserved + delta }, "ORDERS");
  }
  return { outcome: "TAKEN" };
}

const PREFIX_CHARS = supplierLocation("").length;

/** The supplier whose location it is; undefined for a warehouse. */
export function supplierAt(location: string): string | undefined {
  return locationKindOf(location) === "SUPPLIER" ? location.slice(PREFIX_CHARS) : undefined;
}
