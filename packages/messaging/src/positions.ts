import type { Session } from "./database-session.js";
import type { MessagingMetrics } from "./metrics.js";

/** Sequences [from, to], both included. */
export type SequenceRange = readonly [from: number, to: number];

/**
 * How far a consumer has applied one stream: everything up to `contiguous`, and the ranges ahead of it, ascending, with at
 * least one missing sequence before each.
 */
export interface Position {
  readonly contiguous: number;
  readonly ahead: readonly SequenceRange[];
}

/** Nothing applied yet; sequences begin at 1. */
export const START_POSITION: Position = { contiguous: 0, ahead: [] };

/**
 * The position after `sequence` arrived, and whether it is fresh. A duplicate leaves the position as it is.
 * @throws RangeError unless `sequence` is a whole number ≥ 1.
 */
export function advance(position: Position, sequence: number): { position: Position; fresh: boolean } {
  if (!Number.isSafeInteger(sequence) || sequence < 1) throw new RangeError(`not a sequence: ${sequence}`);
  const { contiguous, ahead } = position;
  if (sequence <= contiguous) return { position, fresh: false };
  if (sequence === contiguous + 1) {
    const next = ahead[0];
    if (next === undefined || next[0] > sequence + 1) return { position: { contiguous: sequence, ahead }, fresh: true };
    return { position: { contiguous: next[1], ahead: ahead.slice(1) }, fresh: true };
  }
  const index = ahead.findIndex((range) => sequence <= range[1] + 1);
  const range = ahead[index];
  if (range === undefined) return { position: { contiguous, ahead: [...ahead, [sequence, sequence]] }, fresh: true };
  if (sequence >= range[0] && sequence <= range[1]) return { position, fresh: false };
  return { position: { contiguous, ahead: inserted(ahead, index, sequence) }, fresh: true };
}

/** `sequence` lies before, or directly behind, the range at `index`, and in none. */
function inserted(ahead: readonly SequenceRange[], index: number, sequence: number): SequenceRange[] {
  const range = ahead[index]!;
  const before = ahead.slice(0, index);
  const after = ahead.slice(index + 1);
  if (sequence === range[1] + 1) {
    const next = after[0];
    if (next !== undefined && next[0] === sequence + 1) return [...before, [range[0], next[1]], ...after.slice(1)];
    return [...before, [range[0], sequence], ...after];
  }
  if (sequence === range[0] - 1) return [...before, [sequence, range[1]], ...after];
  return [...before, [sequence, sequence], range, ...after];
}

/** The sequences between `contiguous` and the last one seen that have not come. */
export function missingOf(position: Position): SequenceRange[] {
  let from = position.contiguous + 1;
  return position.ahead.map((range) => {
    const gap: SequenceRange = [from, range[0] - 1];
    from = range[1] + 1;
    return gap;
  });
}

/** What a position needs to know of a movement. */
export interface StreamedMovement {
  readonly recordedBy: string;
  readonly sku: string;
  readonly sequence: number;
}

const LOAD = `
SELECT p.recorded_by, p.sku, p.contiguous, p.ahead
FROM unnest($1::text[], $2::text[]) AS s(recorded_by, sku)
JOIN stream_position p ON p.recorded_by = s.recorded_by AND p.sku = s.sku`;

// A third of what the upsert costs, and nearly every stream has its row.
const MOVE = `
UPDATE stream_position p SET
  contiguous = s.contiguous,
  ahead = s.ahead,
  gap_since = CASE WHEN s.ahead <> '[]' THEN coalesce(p.gap_since, clock_timestamp()) END
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::jsonb[]) AS s(recorded_by, sku, contiguous, ahead)
WHERE p.recorded_by = s.recorded_by AND p.sku = s.sku`;

const STORE = `
INSERT INTO stream_position AS p (recorded_by, sku, contiguous, ahead, gap_since)
SELECT s.recorded_by, s.sku, s.contiguous, s.ahead, CASE WHEN s.ahead <> '[]' THEN clock_timestamp() END
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::jsonb[]) AS s(recorded_by, sku, contiguous, ahead)
ON CONFLICT (recorded_by, sku) DO UPDATE SET
  contiguous = excluded.contiguous,
  ahead = excluded.ahead,
  gap_since = CASE WHEN excluded.ahead <> '[]' THEN coalesce(p.gap_since, excluded.gap_since) END`;

interface Stream {
  readonly recordedBy: string;
  readonly sku: string;
  position: Position;
  moved: boolean;
  /** Has it a row? */
  known: boolean;
}

/**
 * Advances the positions by the movements, in order, and tells for each whether it is fresh: a duplicate, of an earlier
 * slice or of this one, must not be applied again. The caller holds the stream locks of the SKUs; two statements, three
 * when there are new streams.
 */
export async function takePositions(session: Session, movements: readonly StreamedMovement[]): Promise<boolean[]> {
  if (movements.length === 0) return [];
  const streams = new Map<string, Stream>();
  const keyOf = (recordedBy: string, sku: string) => `${recordedBy}\u0000${sku}`;
  for (const { recordedBy, sku } of movements) {
    streams.set(keyOf(recordedBy, sku), { recordedBy, sku, position: START_POSITION, moved: false, known: false });
  }
  const asked = [...streams.values()];
  const rows = await session.query<PositionRow>(LOAD, [asked.map((s) => s.recordedBy), asked.map((s) => s.sku)]);
  for (const row of rows) {
    const stream = streams.get(keyOf(row.recorded_by, row.sku))!;
    stream.position = { contiguous: Number(row.contiguous), ahead: row.ahead };
    stream.known = true;
  }
  const fresh = movements.map((movement) => {
    const stream = streams.get(keyOf(movement.recordedBy, movement.sku))!;
    const step = advance(stream.position, movement.sequence);
    stream.position = step.position;
    stream.moved ||= step.fresh;
    return step.fresh;
  });
  const moved = asked.filter((stream) => stream.moved);
  const known = moved.filter((stream) => stream.known);
  await store(session, MOVE, known);
  const unknown = moved.filter((stream) => !stream.known);
  await store(session, STORE, unknown);
  return fresh;
}

async function store(session: Session, statement: string, streams: readonly Stream[]): Promise<void> {
  if (streams.length === 0) return;
  await session.query(statement, [
    streams.map((stream) => stream.recordedBy),
    streams.map((stream) => stream.sku),
    streams.map((stream) => stream.position.contiguous),
    streams.map((stream) => JSON.stringify(stream.position.ahead)),
  ]);
}

interface PositionRow {
  recorded_by: string;
  sku: string;
  contiguous: string;
  ahead: SequenceRange[];
}

/** A stream with movements missing; `since` is epoch ms. */
export interface OpenGap extends Position {
  readonly recordedBy: string;
  readonly sku: string;
  readonly missing: readonly SequenceRange[];
  readonly since: number;
}

/** The streams with gaps, oldest gap first, at most `limit`. */
export async function openGaps(session: Session, limit = 1_000): Promise<OpenGap[]> {
  const rows = await session.query<PositionRow & { since: string }>(
    `SELECT recorded_by, sku, contiguous, ahead, floor(extract(epoch FROM gap_since) * 1000)::bigint AS since
     FROM stream_position WHERE gap_since IS NOT NULL ORDER BY gap_since, recorded_by, sku LIMIT $1`,
    [limit],
  );
  return rows.map((row) => {
    const position = { contiguous: Number(row.contiguous), ahead: row.ahead };
    const missing = missingOf(position);
    return { recordedBy: row.recorded_by, sku: row.sku, ...position, missing, since: Number(row.since) };
  });
}

/** Tells the metrics how many gaps are open and how old the oldest is; call it every few seconds. */
export async function measureGaps(session: Session, metrics: MessagingMetrics): Promise<void> {
  const [row] = await session.query<{ gaps: string; age: number }>(
    `SELECT count(*) AS gaps, coalesce(extract(epoch FROM clock_timestamp() - min(gap_since)), 0)::float8 AS age
     FROM stream_position WHERE gap_since IS NOT NULL`,
  );
  metrics.gapsOpen.set(Number(row!.gaps));
  metrics.gapAgeSeconds.set(row!.age);
}
