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
import { planOf, scopeOf, settleHeld } from "../settle.js";
import { foldCopies } from "../store/fold-copies.js";
import { commandOfMovement, type MessageContent } from "./message-content.js";

const SERVICE = "transfer";
const INBOX = "transfer/rejections";

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
      // Most movements touch no transfer: of those it is the position that is remembered.
      skus: [...new Set([...held.skus!, ...movements.map(({ sku }) => sku)])],
      inbox: { consumer: INBOX, eventIds: items.flatMap(({ content }) => eventIdOf(content)) },
    };
  };
  await transact(db, plan, async (unit) => {
    const commands = await dueCommands(unit, items, movements);
    if (commands.length > 0) await settleHeld(unit, scope, commands);
    closeMessages(unit, items);
  });
}

const eventIdOf = (content: MessageContent): string[] => (content.means === "REJECTION" ? [content.eventId] : []);

function commandOf(content: MessageContent): Command | undefined {
  if (content.means === "REJECTION") return content.command;
  return content.means === "MOVEMENT" ? commandOfMovement(content.movement) : undefined;
}

/** What is to be decided: not what was before, and each movement and rejection of the slice once. */
async function dueCommands(
  unit: UnitOfWork,
  items: readonly MessageItem[],
  movements: readonly StockMovement[],
): Promise<Command[]> {
  const taken = await takeMovements(unit, SERVICE, movements);
  await foldCopies(unit, taken.fresh, unit.now);
  const fresh = new Set(taken.fresh);
  const seen = new Set<string>();
  return items.flatMap(({ content }) => {
    if (content.means === "MOVEMENT") return fresh.has(content.movement) ? (commandOf(content) ?? []) : [];
    if (content.means !== "REJECTION" || seen.has(content.eventId)) return [];
    seen.add(content.eventId);
    return unit.freshInbox.has(content.eventId) ? [content.command] : [];
  });
}

/** Puts aside what cannot be handled and remembers how far the partitions were read. */
function closeMessages(unit: UnitOfWork, items: readonly MessageItem[]): void {
  const consumed = new Map<string, InboundMessage[]>();
  for (const { groupId, message, content } of items) {
    if (content.means === "REFUSED") unit.deadLetter(message, content.error);
    const messages = consumed.get(groupId);
    if (messages) messages.push(message);
    else consumed.set(groupId, [message]);
  }
  for (const [groupId, messages] of consumed) unit.consumed(groupId, messages);
}
