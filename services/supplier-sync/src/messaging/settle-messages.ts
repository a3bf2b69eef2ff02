import type { InboundMessage } from "@septet/messaging";
import { type Database, takeMovements, transact, type UnitOfWork } from "@septet/service-kit";
import { scopeOf, settleHeld } from "../settle.js";
import { commandOfMovement, type MessageContent } from "./message-content.js";

const SERVICE = "supplier-sync";

/** A message says something. */
export interface MessageItem {
  readonly groupId: string;
  readonly message: InboundMessage;
  readonly content: MessageContent;
}

/** Settles the messages of a slice in one transaction: lock, load, decide, write. */
export async function settleMessages(db: Database, items: readonly MessageItem[]): Promise<void> {
  const movements = items.flatMap(({ content }) => (content.means === "MOVEMENT" ? [content.movement] : []));
  const skus = [...new Set(movements.map(({ sku }) => sku))];
  await transact(db, { skus }, async (unit) => {
    const { fresh } = await takeMovements(unit, SERVICE, movements);
    const commands = fresh.flatMap((movement) => commandOfMovement(movement) ?? []);
    if (commands.length > 0) await settleHeld(unit, scopeOf(commands), commands);
    closeMessages(unit, items);
  });
}

/** Puts aside what cannot be handled and remembers how far the partitions were read. */
function closeMessages(unit: UnitOfWork, items: readonly MessageItem[]): void {
  for (const { groupId, message, content } of items) {
    if (content.means === "REFUSED") unit.deadLetter(message, content.error);
    unit.consumed(groupId, [message]);
  }
}
