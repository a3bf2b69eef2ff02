import { deadLetterTopic, type ServiceName } from "@septet/stock-contracts";
import { DEAD_LETTER_HEADERS, type DeadLetter, deadLetterOf } from "./dead-letters.js";
import type { EventLog } from "./event-log.js";

/** A dead letter and whether it has been replayed. */
export interface FiledDeadLetter extends DeadLetter {
  readonly replayed: boolean;
}

/**
 * All dead letters of a service, oldest first as far as partitions allow, folded with the notes of their replays. Values
 * above `maxValueBytes` are left out (null is given), so that a listing does not hold gigabytes.
 */
export async function readDeadLetters(
  eventLog: EventLog,
  service: ServiceName,
  maxValueBytes = Number.POSITIVE_INFINITY,
): Promise<FiledDeadLetter[]> {
  const letters = new Map<string, DeadLetter>();
  const replayed = new Set<string>();
  await eventLog.read({
    topic: deadLetterTopic(service),
    from: "earliest",
    visit: (message) => {
      const note = message.headers[DEAD_LETTER_HEADERS.replayed];
      if (note !== undefined) replayed.add(note);
      const letter = deadLetterOf(message);
      if (letter === undefined) return;
      const light = (letter.value?.length ?? 0) <= maxValueBytes;
      letters.set(letter.id, light ? letter : { ...letter, value: null });
    },
  });
  return [...letters.values()]
    .map((letter) => ({ ...letter, replayed: replayed.has(letter.id) }))
    .sort((a, b) => a.occurredAt.localeCompare(b.occurredAt));
}

/**
 * Sends the letters to where they came from: same key, same bytes, and so the same eventId; then notes, beside the letters,
 * that it was done. A crash between the two sends one twice, which its reader drops as known.
 */
export async function replayDeadLetters(
  eventLog: EventLog,
  service: ServiceName,
  letters: readonly DeadLetter[],
): Promise<void> {
  for (const letter of letters) {
    const { key, value, headers } = letter;
    await eventLog.publish([{ topic: letter.origin.topic, key, value, headers }]);
    const note = { [DEAD_LETTER_HEADERS.replayed]: letter.id };
    await eventLog.publish([{ topic: deadLetterTopic(service), key, value: null, headers: note }]);
  }
}
