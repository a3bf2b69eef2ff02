import { createHash } from "node:crypto";
import { type Readable, Transform } from "node:stream";
import {
  type Answer,
  claimState,
  type Database,
  type IdempotencyClaim,
  keyReused,
  Problem,
  replayed,
  type StoredAnswer,
  transact,
} from "@septet/service-kit";
import { z } from "zod";
import type { Desk } from "../desk.js";
import type { DocumentRow } from "../domain/commands.js";
import { id, location, part, quantity, sku } from "./schemas.js";
import { csvRows, ndjsonRows, UnreadableUpload, type UploadRow } from "./upload-rows.js";

/** Rows of one transaction: long enough to be worth its commit, short enough to let clerks at the same SKUs. */
const SLICE_ROWS = 1_000;
/** Errors that an answer names; the others are only counted. */
const MAX_ERRORS_NAMED = 1_000;

export interface Upload {
  readonly stream: Readable;
  readonly contentType: string;
  readonly claim: IdempotencyClaim;
  readonly actor: string;
  /** For rows that name none; null = each row must. */
  readonly location: string | null;
  readonly reference: string;
}

interface Report {
  /** Data rows read, bad ones included. */
  rows: number;
  applied: number;
  alreadyApplied: number;
  rejected: number;
  /** The first of them; `rejected` counts all. */
  errors: { row: number; field: string; reason: string }[];
}

/**
 * Books the rows of an upload slice by slice, each slice in a transaction of its own, so that a broken upload keeps what
 * it did. The same key again goes over the rows once more: those that are booked are passed over, the rest go on. When
 * all is read the answer is kept with the key and the hash of the body and of what the query adds to it.
 * @throws Problem 422 when the upload as a whole cannot be read, 409 when the key belongs to another body.
 */
export async function uploadReceipts(db: Database, desk: Desk, upload: Upload): Promise<Answer> {
  const { contentType, location, reference } = upload;
  const hash = createHash("sha256").update(JSON.stringify([contentType, location, reference]));
  const body = hashed(upload.stream, hash);
  const known = await storedAnswer(db, upload.claim);
  if (known !== undefined) {
    await drain(body);
    return repeated(known, hash.digest("hex"));
  }
  const report = await bookAll(desk, upload, contentType === "text/csv" ? csvRows(body) : ndjsonRows(body));
  const claim = { ...upload.claim, bodyHash: hash.digest("hex") };
  const answer = { status: 200, body: { location: upload.location, reference: upload.reference, ...report } };
  return transact(db, { idempotency: [claim] }, async (unit) => {
    const state = claimState(unit, claim);
    if (state.kind === "reused") throw keyReused();
    if (state.kind === "stored") return replayed(state.answer);
    unit.answer(claim, answer);
    return answer;
  });
}

async function bookAll(desk: Desk, upload: Upload, rows: AsyncIterable<UploadRow>): Promise<Report> {
  const report: Report = { rows: 0, applied: 0, alreadyApplied: 0, rejected: 0, errors: [] };
  let slice: DocumentRow[] = [];
  const bookSlice = async () => {
    const outcomes = slice.length === 0 ? [] : await desk.bookRows({ type: "BOOK_ROWS", rows: slice });
    slice = [];
    for (const outcome of outcomes) {
      if (outcome.outcome === "APPLIED") report.applied++;
      else if (outcome.outcome === "ALREADY_APPLIED") report.alreadyApplied++;
      else if (outcome.outcome === "REJECTED") reject(report, outcome);
    }
  };
  try {
    for await (const row of rows) {
      report.rows++;
      const read = documentRow(upload, row);
      if ("reason" in read) reject(report, read);
      else slice.push(read);
      if (slice.length >= SLICE_ROWS) await bookSlice();
    }
  } catch (error) {
    if (!(error instanceof UnreadableUpload)) throw error;
    throw new Problem({
      status: 422,
      type: "unreadable-upload",
      title: "The upload cannot be read",
      detail: error.message,
    });
  }
  await bookSlice();
  // A slice is booked later than bad rows among it were seen; the reader wants them as they stand in the upload.
  report.errors.sort((a, b) => a.row - b.row);
  return report;
}

function reject(report: Report, { row, field, reason }: { row: number; field: string; reason: string }): void {
  report.rejected++;
  if (report.errors.length < MAX_ERRORS_NAMED) report.errors.push({ row, field, reason });
}

const ROW = z
  .object({
    sku,
    quantity,
    unsellableQuantity: part.default(0),
    location: location.optional(),
    reference: id.optional(),
  })
  .refine((row) => row.unsellableQuantity <= row.quantity, {
    message: "is more than quantity, of which it is a part",
    path: ["unsellableQuantity"],
  });

function documentRow(upload: Upload, row: UploadRow): DocumentRow | Extract<UploadRow, { reason: string }> {
  if ("reason" in row) return row;
  const checked = ROW.safeParse(row.fields);
  if (!checked.success) {
    const issue = checked.error.issues[0]!;
    const field = issue.path.join(".") || "row";
    return { row: row.row, field, reason: field in row.fields ? issue.message : "is missing" };
  }
  const { sku, quantity, unsellableQuantity: unsellable } = checked.data;
  const place = checked.data.location ?? upload.location;
  if (place === null) return { row: row.row, field: "location", reason: "is missing, in the row and in the query" };
  const reference = checked.data.reference ?? upload.reference;
  return {
    row: row.row,
    head: { kind: "RECEIPT", location: place, reference, orderId: null, reason: null, actor: upload.actor },
    line: { line: String(row.row), sku, quantity, unsellable, missing: 0, lineId: null },
  };
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
