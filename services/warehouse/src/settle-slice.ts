import type { Session } from "@septet/messaging";
import {
  claimState,
  type Database,
  keyReused,
  type LockPlan,
  problemAnswer,
  replayed,
  StartOver,
  takeMovements,
  transact,
  type UnitOfWork,
} from "@septet/service-kit";
import type { DeskItem, MessageItem, Settled } from "./desk.js";
import type { Command } from "./domain/commands.js";
import { decide } from "./domain/decide.js";
import { isOnHand } from "./domain/on-hand.js";
import type { Outcome } from "./domain/outcomes.js";
import type { BookedMovement } from "./domain/physical-log.js";
import type { RecordedMovement } from "./domain/recorded-movement.js";
import { type CommandScope, scopeOf, skusBySuffix } from "./store/command-scope.js";
import { type CountingScope, countingScopeOf } from "./store/counting-scope.js";
import { skusOfFulfilments } from "./store/fulfilment-rows.js";
import { loadLabellings, noteListed } from "./store/labelling-rows.js";
import { loadWorld, type Settings } from "./store/load-world.js";
import { scopeOfRecorded } from "./store/recorded-movements.js";
import { writeDecision } from "./store/write-decision.js";

const SERVICE = "warehouse";
const INBOX = "warehouse/cancel-requests";

/** What a slice holds while it is decided. */
interface Holding {
  readonly scope: CommandScope;
  readonly counting: CountingScope;
  /** All SKUs whose streams are held, and those of them whose count may change. */
  readonly skus: ReadonlySet<string>;
  readonly counted: readonly string[];
  /** Fulfilments named, and those of movements that are taken back. */
  readonly fulfilments: readonly string[];
}

/**
 * Settles items of clerks, messages and uploads together in one transaction: lock, load, decide, write. One result per
 * item, in order.
 */
export async function settleSlice(db: Database, items: readonly DeskItem[], settings: Settings): Promise<Settled[]> {
  const commands = items.map(commandOf);
  const decided = commands.filter((command) => command !== undefined);
  const scope = scopeOf(decided);
  const counting = countingScopeOf(decided);
  const moved = items.flatMap((item) => movementOf(item)?.sku ?? []);
  let holding: Holding = { scope, counting, skus: scope.skus, counted: [...scope.counted], fulfilments: [] };
  const plan = async (session: Session): Promise<LockPlan> => {
    holding = await holdingOf(session, scope, counting, moved);
    return {
      idempotency: items.flatMap((item) => (item.kind === "clerk" ? [item.claim] : [])),
      inbox: { consumer: INBOX, eventIds: scope.cancelRequests },
      skus: [...holding.skus],
      documents: [
        { table: "fulfilment", idColumn: "fulfilment_id", ids: holding.fulfilments },
        { table: "stocktake", idColumn: "stocktake_id", ids: [...counting.stocktakes] },
      ],
    };
  };
  return transact(db, plan, (unit) => settleHeld(unit, items, commands, holding, settings));
}

function movementOf(item: DeskItem) {
  return item.kind === "message" && item.content.means === "MOVEMENT" ? item.content.movement : undefined;
}

function commandOf(item: DeskItem): Command | undefined {
  if (item.kind !== "message") return item.command;
  if (item.content.means === "COMMAND") return item.content.command;
  if (item.content.means !== "MOVEMENT" || !touchesOnHand(item.content.movement)) return undefined;
  return { type: "APPLY_MOVEMENT", movement: item.content.movement };
}

/** Most movements only promise goods or give promises back: of those the warehouse remembers the position. */
const touchesOnHand = ({ legs }: BookedMovement): boolean => legs.some(({ bucket }) => isOnHand(bucket));

/**
 * The lines of a fulfilment never change, so its SKUs can be read before they are locked; the labels of a warehouse may, so
 * what codes may mean by them is looked at again under the locks.
 */
async function holdingOf(
  session: Session,
  scope: CommandScope,
  counting: CountingScope,
  moved: readonly string[],
): Promise<Holding> {
  const ofFulfilments = await skusOfFulfilments(session, [...scope.handedOver]);
  const ofReversed = await scopeOfRecorded(session, [...scope.reversed]);
  const bySuffix = skusBySuffix(scope.labelled, await loadLabellings(session, [...scope.labelled.keys()]));
  const counted = [...ofFulfilments, ...ofReversed.skus, ...bySuffix];
  return {
    scope,
    counting: { ...counting, watched: new Set([...counting.watched, ...ofReversed.skus]) },
    skus: new Set([...scope.skus, ...moved, ...counted]),
    counted: [...new Set([...scope.counted, ...counted])],
    fulfilments: [...new Set([...scope.fulfilments, ...ofReversed.fulfilmentIds])],
  };
}

async function settleHeld(
  unit: UnitOfWork,
  items: readonly DeskItem[],
  commands: readonly (Command | undefined)[],
  holding: Holding,
  settings: Settings,
): Promise<Settled[]> {
  const settled: Settled[] = items.map(() => ({}));
  const due: number[] = [];
  for (const index of await dueItems(unit, items)) {
    if (commands[index] === undefined) settled[index] = { outcome: { outcome: "TAKEN" } };
    else due.push(index);
  }
  await noteListed(
    unit,
    items.flatMap((item) => (item.kind === "message" && item.content.means === "LISTING" ? [item.content.sku] : [])),
  );
  const open = due.map((index) => commands[index]!);
  if (open.length > 0) {
    const world = await loadWorld(unit, holding, settings);
    // Requested between locks and reading, a fulfilment is not held: what is written over it would undo its holder's work.
    if (world.fulfilments.size > (unit.lockedRows.get("fulfilment") ?? 0)) {
      throw new StartOver("a fulfilment was requested meanwhile");
    }
    for (const id of holding.scope.handedOver) {
      const appeared = world.fulfilments.get(id)?.lines.some((line) => !holding.skus.has(line.sku));
      if (appeared) throw new StartOver(`fulfilment ${id} was requested meanwhile`);
    }
    for (const sku of skusBySuffix(holding.scope.labelled, world.labellings)) {
      if (!holding.skus.has(sku)) throw new StartOver("a warehouse changed its labels meanwhile");
    }
    for (const { movementId, sku } of world.recorded.values()) {
      if (!holding.skus.has(sku)) throw new StartOver(`movement ${movementId} was recorded meanwhile`);
    }
    const decision = decide(world, open);
    const recorded = await writeDecision(unit, world, decision);
    due.forEach((index, position) => {
      settled[index] = { outcome: withMovementId(decision.outcomes[position]!, recorded) };
    });
  }
  answerClerks(unit, items, settled);
  closeMessages(unit, items, settled);
  return settled;
}

/** A reversal is known by the id it got when it was written. */
function withMovementId(outcome: Outcome, recorded: readonly RecordedMovement[]): Outcome {
  if (outcome.outcome !== "REVERSED") return outcome;
  const reversal = recorded.find(({ reverses }) => reverses === outcome.reversed.movementId);
  return reversal === undefined ? outcome : { ...outcome, movementId: reversal.movementId };
}

/** The items that are to be decided: not those that were before, and each key, request and movement once. */
async function dueItems(unit: UnitOfWork, items: readonly DeskItem[]): Promise<number[]> {
  const movements = items.flatMap((item) => movementOf(item) ?? []);
  const fresh = new Set((await takeMovements(unit, SERVICE, movements)).fresh);
  const seen = new Set<string>();
  const first = (id: string) => !seen.has(id) && seen.add(id) !== undefined;
  return items.flatMap((item, index) => (isDue(unit, item, fresh, first) ? [index] : []));
}

function isDue(unit: UnitOfWork, item: DeskItem, fresh: ReadonlySet<unknown>, first: (id: string) => boolean): boolean {
  if (item.kind === "rows") return true;
  if (item.kind === "clerk") return claimState(unit, item.claim).kind === "fresh" && first(item.claim.id);
  const { content } = item;
  if (content.means === "MOVEMENT") return fresh.has(content.movement);
  if (content.means !== "COMMAND") return false;
  if (content.command.type !== "CANCEL_FULFILMENT") return true;
  return unit.freshInbox.has(content.command.requestId) && first(content.command.requestId);
}

/** Answers decided requests and keeps the answers; then repetitions, of before or of this slice, get theirs. */
function answerClerks(unit: UnitOfWork, items: readonly DeskItem[], settled: Settled[]): void {
  const answers = new Map<string, { bodyHash: string; settled: Settled }>();
  items.forEach((item, index) => {
    const { outcome } = settled[index]!;
    if (item.kind !== "clerk" || outcome === undefined) return;
    const answer = item.present(outcome);
    unit.answer(item.claim, answer);
    settled[index] = { outcome, answer };
    answers.set(item.claim.id, { bodyHash: item.claim.bodyHash, settled: { answer } });
  });
  items.forEach((item, index) => {
    if (item.kind !== "clerk" || settled[index]!.answer !== undefined) return;
    const state = claimState(unit, item.claim);
    const here = answers.get(item.claim.id);
    if (state.kind === "stored") settled[index] = { answer: replayed(state.answer) };
    else if (here?.bodyHash === item.claim.bodyHash) settled[index] = here.settled;
    else settled[index] = { answer: problemAnswer(keyReused()) };
  });
}

/** Puts aside what cannot be handled and remembers how far the partitions were read. */
function closeMessages(unit: UnitOfWork, items: readonly DeskItem[], settled: readonly Settled[]): void {
  const consumed = new Map<string, MessageItem["message"][]>();
  items.forEach((item, index) => {
    if (item.kind !== "message") return;
    const { outcome } = settled[index]!;
    if (item.content.means === "REFUSED") unit.deadLetter(item.message, item.content.error);
    else if (outcome?.outcome === "CONTRADICTION") unit.deadLetter(item.message, outcome);
    const messages = consumed.get(item.groupId);
    if (messages) messages.push(item.message);
    else consumed.set(item.groupId, [item.message]);
  });
  for (const [groupId, messages] of consumed) unit.consumed(groupId, messages);
}
