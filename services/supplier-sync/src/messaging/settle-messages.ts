import type { InboundMessage, Session } from "@septet/messaging";
import {
  type Database,
  type LockPlan,
  type QueuedMessage,
  takeMovements,
  transact,
  type UnitOfWork,
} from "@septet/service-kit";
import type { StockMovement } from "@septet/stock-contracts";
import type { Command } from "../domain/commands.js";
import type { Outcome } from "../domain/outcomes.js";
import { planOf, scopeOf, settleHeld } from "../settle.js";
import { commandOfMovement, type MessageContent } from "./message-content.js";

const SERVICE = "supplier-sync";
const INBOX = "supplier-sync/cancel-requests";

/** A message says something. */
export type MessageItem = QueuedMessage<MessageContent>;

/** Settles the messages of a slice in one transaction: lock, load, decide, write. */
export async function settleMessages(db: Database, items: readonly MessageItem[]): Promise<void> {
  const movements = items.flatMap(({ content }) => (content.means === "MOVEMENT" ? [content.movement] : []));
  const scope = scopeOf(items.flatMap(({ content }) => commandOf(content) ?? []));
  const plan = async (session: Session): Promise<LockPlan> => {
    const held = await planOf(session, scope);
    return {
      ...held,
      // Most movements touch no supplier: of those it is the position that is remembered.
      skus: [...new Set([...held.skus!, ...movements.map(({ sku }) => sku)])],
      inbox: { consumer: INBOX, eventIds: items.flatMap(({ content }) => requestIdOf(content)) },
    };
  };
  await transact(db, plan, async (unit) => {
    const due = await dueItems(unit, items, movements);
    const commands = due.map(({ content }) => commandOf(content)!);
    const { outcomes } = commands.length === 0 ? { outcomes: [] } : await settleHeld(unit, scope, commands);
    for (const [index, outcome] of outcomes.entries()) putAside(unit, due[index]!.message, outcome);
    closeMessages(unit, items);
  });
}

/** Names a request that is to be answered exactly once. */
const requestIdOf = (content: MessageContent): string[] =>
  content.means === "ORDER" && content.command.type === "CANCEL_ORDER" ? [content.command.asked.requestId] : [];

function commandOf(content: MessageContent): Command | undefined {
  if (content.means === "ORDER") return content.command;
  return content.means === "MOVEMENT" ? commandOfMovement(content.movement) : undefined;
}

/** What is to be decided: not what was before, and each movement and cancel request of the slice once. */
async function dueItems(
  unit: UnitOfWork,
  items: readonly MessageItem[],
  movements: readonly StockMovement[],
): Promise<MessageItem[]> {
  const fresh = new Set((await takeMovements(unit, SERVICE, movements)).fresh);
  const seen = new Set<string>();
  return items.filter(({ content }) => {
    if (commandOf(content) === undefined) return false;
    if (content.means === "MOVEMENT") return fresh.has(content.movement);
    const [requestId] = requestIdOf(content);
    if (requestId === undefined) return true;
    const isFirst = unit.freshInbox.has(requestId) && !seen.has(requestId);
    seen.add(requestId);
    return isFirst;
  });
}

function putAside(unit: UnitOfWork, message: InboundMessage, outcome: Outcome): void {
  if (outcome.outcome === "CONTRADICTION") {
    unit.deadLetter(message, { code: outcome.code, message: outcome.message });
  }
}

/** Puts aside what cannot be handled and remembers how far the partitions were read. */
function closeMessages(unit: UnitOfWork, items: readonly MessageItem[]): void {
  for (const { groupId, message, content } of items) {
    if (content.means === "REFUSED") unit.deadLetter(message, content.error);
    unit.consumed(groupId, [message]);
  }
}
