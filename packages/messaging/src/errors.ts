/** A fault that is not the message's (database, broker or registry away): try again, commit nothing. */
export class TransientError extends Error {
  override readonly name: string = "TransientError";
}

/** Going on would do harm: the process must stop and somebody must look. */
export class FatalError extends Error {
  override readonly name: string = "FatalError";
}

/**
 * The database is older than what Kafka remembers of this service: it was restored to an earlier point. Going on would
 * give sequences out a second time.
 */
export class DatabaseRestoredError extends FatalError {
  override readonly name = "DatabaseRestoredError";

  constructor(finding: string) {
    super(
      `${finding}. The database looks restored to an earlier point; follow "Restored database" in docs/runbook.md.`,
    );
  }
}

/**
 * Kafka holds less of a topic than this service has settled: the topic was made anew, or its end was lost. Offsets no
 * longer say what is read, so that unread payments would count as read and messages would be passed over.
 */
export class TopicRecreatedError extends FatalError {
  override readonly name = "TopicRecreatedError";

  constructor(finding: string) {
    super(`${finding}. The topic looks made anew, or its end was lost; follow "Recreated topic" in docs/runbook.md.`);
  }
}

/** A record above its topic's limit: a bug of the caller, who must cut or refuse before the row is written. */
export class MessageTooLargeError extends Error {
  override readonly name = "MessageTooLargeError";
}

/** The queue was closed before the item was settled; nothing of it was kept unless the same item says so when tried again. */
export class QueueClosedError extends TransientError {
  override readonly name = "QueueClosedError";
}

/** The item's deadline passed while the database or broker was away. */
export class DeadlinePassedError extends TransientError {
  override readonly name = "DeadlinePassedError";
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
