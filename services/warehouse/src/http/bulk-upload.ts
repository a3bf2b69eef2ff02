import { createHash } from "node:crypto";
import { type Readable, Transform } from "node:stream";
import {
  type Answer,
  claimState,
  type Database,
  type IdempotencyClaim,
  idempotencyClaim,
  keyReused,
  Problem,
  type RequestContext,
  replayed,
  type StoredAnswer,
  transact,
} from "@septet/service-kit";
import type { z } from "zod";
import type { RowOutcome } from "../domain/outcomes.js";
import { csvRows, ndjsonRows, type RowError, UnreadableUpload, type UploadColumns } from "./upload-rows.js";

/** Rows of one transaction: long enough to be worth its commit, short enough to let clerks at the same SKUs. */
const SLICE_ROWS = 1_000;
/** Errors that an answer names; the others are only counted. */
const MAX_ERRORS_NAMED = 1_000;

/** What an upload is made of; how a row is read and booked is its kind's. */
export interface BulkUpload<Row> {
  readonly context: RequestContext<unknown, unknown, unknown>;
  readonly columns: UploadColumns;
  /** What path and query add to the rows. It stands for the upload beside its body, and in the answer. */
  readonly told: Readonly<Record<string, unknown>>;
  /** Makes a row of the fields of one line; pure. */
  read(row: number, fields: { readonly [column: string]: unknown }): Row | RowError;
  /** Books at most 1,000 rows in one transaction; a row that was booked before is `ALREADY_APPLIED`. */
  book(rows: readonly Row[]): Promise<readonly RowOutcome[]>;
}

interface Report {
  /** Data rows read, bad ones included. */
  rows: number;
  applied: number;
  alreadyApplied: number;
  rejected: number;
  /** The first of them; `rejected` counts all. */
  errors: RowError[];
}

/**
 * Books the rows of an upload slice by slice, each slice in a transaction of its own, so that a broken upload keeps what
 * it did. The same key again goes over the rows once more: those that are booked are passed over, the rest go on. When
 * all is read the answer is kept with the key and the hash of the body and of what the query adds to it.
 * @throws Problem 422 when the upload cannot be read, 415 when it says that it is not UTF-8, 409 when the key belongs to
 * another body.
 */
export async function bulkUpload<Row extends object>(db: Database, upload: BulkUpload<Row>): Promise<Answer> {
  const claim = idempotencyClaim(upload.context);
  const { stream, contentType } = upload.context.bulk!;
  refuseOtherCharset(upload.context.request.headers["content-type"]);
  const hash = createHash("sha256").update(JSON.stringify([contentType, upload.told]));
  const body = hashed(stream, hash);
  const known = await storedAnswer(db, claim);
  if (known !== undefined) {
    await drain(body);
    return repeated(known, hash.digest("hex"));
  }
  const report = await bookAll(upload, contentType === "text/csv" ? csvRows : ndjsonRows, body);
  const finished = { ...claim, bodyHash: hash.digest("hex") };
  const answer = { status: 200, body: { ...upload.told, ...report } };
  return transact(db, { idempotency: [finished] }, async (unit) => {
    const state = claimState(unit, finished);
    if (state.kind === "reused") throw keyReused();
    if (state.kind === "stored") return replayed(state.answer);
    unit.answer(finished, answer);
    return answer;
  });
}

/** Checks the fields of a row with its schema; the first fault becomes the row's error. */
export function checkedRow<S extends z.ZodType>(
  schema: S,
  row: number,
  fields: { readonly [column: string]: unknown },
): { readonly data: z.output<S> } | RowError {
  const checked = schema.safeParse(fields);
  if (checked.success) return { data: checked.data };
  const issue = checked.error.issues[0]!;
  const field = issue.path.join(".") || "row";
  return { row, field, reason: field === "row" || field in fields ? issue.message : "is missing" };
}

async function bookAll<Row extends object>(
  upload: BulkUpload<Row>,
  rowsOf: typeof csvRows,
  body: Readable,
): Promise<Report> {
  const report: Report = { rows: 0, applied: 0, alreadyApplied: 0, rejected: 0, errors: [] };
  let slice: Row[] = [];
  const bookSlice = async () => {
    const outcomes = slice.length === 0 ? [] : await upload.book(slice);
    slice = [];
    for (const outcome of outcomes) {
      if (outcome.outcome === "APPLIED") report.applied++;
      else if (outcome.outcome === "ALREADY_APPLIED") report.alreadyApplied++;
      else if (outcome.outcome === "REJECTED") reject(report, outcome);
    }
  };
  try {
    for await (const row of rowsOf(body, upload.columns)) {
      report.rows++;
      const read = "reason" in row ? row : upload.read(row.row, row.fields);
      if (isError(read)) reject(report, read);
      else slice.push(read);
      if (slice.length >= SLICE_ROWS) await bookSlice();
    }
  } catch (error) {
    if (!(error instanceof UnreadableUpload)) throw error;
    throw unreadable(error, report);
  }
  await bookSlice();
  // A slice is booked later than bad rows among it were seen; the reader wants them as they stand in the upload.
  report.errors.sort((a, b) => a.row - b.row);
  return report;
}

const isError = (read: object): read is RowError => "reason" in read && "field" in read;

function reject(report: Report, { row, field, reason }: RowError): void {
  report.rejected++;
  if (report.errors.length < MAX_ERRORS_NAMED) report.errors.push({ row, field, reason });
}

/** Says what was booked before the reading ended: it stays, and the mended upload passes over it. */
function unreadable({ message }: UnreadableUpload, { applied, alreadyApplied }: Report): Problem {
  return new Problem({
    status: 422,
    type: "unreadable-upload",
    title: "The upload cannot be read",
    detail: message,
    extra: { applied, alreadyApplied },
  });
}

function refuseOtherCharset(contentType = ""): void {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1]?.toLowerCase();
  if (charset === undefined || charset === "utf-8" || charset === "utf8" || charset === "us-ascii") return;
  throw new Problem({
    status: 415,
    type: "unsupported-media-type",
    title: "The body's encoding is not taken here",
    detail: `Takes UTF-8, not ${charset.slice(0, 40)}`,
  });
}

/** The answer that a finished upload left with its key. */
function storedAnswer(db: Database, claim: IdempotencyClaim): Promise<StoredAnswer | undefined> {
  return transact(db, { idempotency: [claim] }, async (unit) => unit.idempotency.get(claim.id));
}

function repeated(known: StoredAnswer, bodyHash: string): Answer {
  if (known.bodyHash !== bodyHash) throw keyReused();
  return replayed(known);
}

function hashed(stream: Readable, hash: { update(chunk: Buffer): unknown }): Readable {
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  // Whoever reads it sees the error; until somebody does, it must not end the process.
  through.on("error", () => undefined);
  stream.on("error", () => through.destroy(brokenOff()));
  stream.on("close", () => {
    if (!stream.readableEnded) through.destroy(brokenOff());
  });
  return stream.pipe(through);
}

/** Nobody is there to read the answer; what was booked stays, and the same key goes on. */
const brokenOff = (): Problem =>
  new Problem({ status: 400, type: "incomplete-body", title: "The upload broke off before its end" });

async function drain(stream: Readable): Promise<void> {
  for await (const _chunk of stream);
}
