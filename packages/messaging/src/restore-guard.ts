import type { ServiceName } from "@septet/stock-contracts";
import type { Codec } from "./avro-codec.js";
import { consumedOffsets } from "./consumed-offsets.js";
import type { Session } from "./database-session.js";
import { DatabaseRestoredError, TopicRecreatedError } from "./errors.js";
import type { EventLog } from "./event-log.js";
import type { StreamedMovement } from "./positions.js";

const MOVEMENTS = "stock.movements.v1";

export interface RestoreGuardOptions {
  readonly session: Session;
  readonly eventLog: EventLog;
  readonly codec: Codec;
  readonly service: ServiceName;
  readonly groupId: string;
  /** The topics that the group consumes. */
  readonly topics: readonly string[];
}

/**
 * Looks, before anything is consumed or recorded, whether Kafka remembers more of this service than its database does, or
 * holds less than the database has settled. Reads of the movements only what the database has not settled yet.
 * @throws DatabaseRestoredError, TopicRecreatedError
 */
export async function assertNotRestored(options: RestoreGuardOptions): Promise<void> {
  const { session, eventLog, groupId } = options;
  for (const topic of options.topics) {
    // In this order: another instance may be settling slices meanwhile, and the database is never behind what it commits.
    const committedByPartition = await eventLog.committedOffsets(groupId, topic);
    const settled = await consumedOffsets(session, groupId, topic);
    const ends = await eventLog.endOffsets(topic);
    for (const [partition, next] of settled) {
      const end = ends.get(partition) ?? 0;
      if (next <= end) continue;
      throw new TopicRecreatedError(`${groupId} has settled ${topic}/${partition} up to ${next}, Kafka ends at ${end}`);
    }
    for (const [partition, committed] of committedByPartition) {
      const known = settled.get(partition) ?? 0;
      if (committed <= known) continue;
      throw new DatabaseRestoredError(
        `${groupId} has committed offset ${committed} of ${topic}/${partition}, the database knows only ${known}`,
      );
    }
  }
  await assertOwnMovementsKnown(options);
}

async function assertOwnMovementsKnown(options: RestoreGuardOptions): Promise<void> {
  if (!options.topics.includes(MOVEMENTS)) return;
  const heads = new Map<string, number>();
  await options.eventLog.read({
    topic: MOVEMENTS,
    from: await consumedOffsets(options.session, options.groupId, MOVEMENTS),
    visit: async (message) => {
      const decoded = await options.codec.decode(message);
      if (!decoded.ok || decoded.name !== "StockMovement" || decoded.value.recordedBy !== options.service) return;
      const { sku, sequence } = decoded.value;
      heads.set(sku, Math.max(sequence, heads.get(sku) ?? 0));
    },
  });
  const movements = [...heads].map(([sku, sequence]) => ({ recordedBy: options.service, sku, sequence }));
  await assertOwnSequences(options.session, options.service, movements);
}

const BEYOND = `
SELECT h.sku, h.sequence, coalesce(s.sequence, 0) AS known
FROM unnest($1::text[], $2::bigint[]) AS h(sku, sequence)
LEFT JOIN sku_stream s ON s.sku = h.sku
WHERE h.sequence > coalesce(s.sequence, 0)
LIMIT 1`;

/**
 * Every movement of our own that comes back from Kafka must be one that our stream has given out. Movements of other
 * recorders are passed over.
 * @throws DatabaseRestoredError
 */
export async function assertOwnSequences(
  session: Session,
  service: ServiceName,
  movements: readonly StreamedMovement[],
): Promise<void> {
  const own = movements.filter((movement) => movement.recordedBy === service);
  if (own.length === 0) return;
  const [beyond] = await session.query<{ sku: string; sequence: string; known: string }>(BEYOND, [
    own.map((movement) => movement.sku),
    own.map((movement) => movement.sequence),
  ]);
  if (beyond === undefined) return;
  throw new DatabaseRestoredError(
    `Kafka holds movement ${beyond.sequence} of SKU ${beyond.sku} recorded by ${service}, whose stream ends at ${beyond.known}`,
  );
}
