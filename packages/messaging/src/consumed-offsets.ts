import type { Session } from "./database-session.js";
import type { InboundMessage } from "./event-log.js";

const RECORD = `
INSERT INTO consumed_offset AS c (group_id, topic, partition, next_offset)
SELECT $1, o.topic, o.partition, o.next_offset
FROM unnest($2::text[], $3::int[], $4::bigint[]) AS o(topic, partition, next_offset)
ORDER BY o.topic COLLATE "C", o.partition
ON CONFLICT (group_id, topic, partition) DO UPDATE SET next_offset = excluded.next_offset
WHERE c.next_offset < excluded.next_offset`;

/**
 * Remembers, in the slice's own transaction, how far the group has come; the greatest wins, since a displaced member can
 * still settle an older slice. The offset committed to Kafka is therefore never beyond this one, unless the database was
 * restored to an earlier point.
 */
export async function recordConsumed(
  session: Session,
  groupId: string,
  messages: readonly Pick<InboundMessage, "topic" | "partition" | "offset">[],
): Promise<void> {
  const next = new Map<string, { topic: string; partition: number; offset: number }>();
  for (const { topic, partition, offset } of messages) {
    const key = `${topic}/${partition}`;
    const known = next.get(key);
    if (known === undefined) next.set(key, { topic, partition, offset: offset + 1 });
    else if (offset >= known.offset) known.offset = offset + 1;
  }
  if (next.size === 0) return;
  const rows = [...next.values()];
  await session.query(RECORD, [
    groupId,
    rows.map((row) => row.topic),
    rows.map((row) => row.partition),
    rows.map((row) => row.offset),
  ]);
}

/** The next offset per partition that this database has settled. */
export async function consumedOffsets(session: Session, groupId: string, topic: string): Promise<Map<number, number>> {
  const rows = await session.query<{ partition: number; next_offset: string }>(
    "SELECT partition, next_offset FROM consumed_offset WHERE group_id = $1 AND topic = $2",
    [groupId, topic],
  );
  return new Map(rows.map((row) => [row.partition, Number(row.next_offset)]));
}
