import type { Session } from "@septet/messaging";
import type { Of } from "../domain/decision.js";
import type { Transfer, TransferLine } from "../domain/transfer.js";
import { transferState } from "../domain/transfer.js";
import {
  ACCOUNT_COLUMNS,
  accountArrays,
  accountsAs,
  accountsOf,
  accountValues,
  ms,
  setAccounts,
  time,
} from "./columns.js";

/** The columns of a head, for `headOf`. */
export const HEAD_COLUMNS = `t.transfer_id, t.source, t.destination, t.draft, t.called_back, t.allow_partial, t.reason,
  t.created_by, t.content, t.line_count, t.version::float8 AS version, ${accountsAs("accounts", "t")},
  ${ms("t.created_at", "created_at")}, ${ms("t.requested_at", "requested_at")}, ${ms("t.closed_at", "closed_at")},
  ${ms("t.expected_at", "expected_at")}`;
const LINE_COLUMNS = `l.transfer_id, l.line_id, l.position, l.sku, l.version::float8 AS version, ${accountsAs("accounts", "l")}`;

const LOAD_HEADS = `SELECT ${HEAD_COLUMNS} FROM transfer t WHERE t.transfer_id = ANY($1::text[])`;
const LOAD_ALL_LINES = `SELECT ${LINE_COLUMNS} FROM transfer_line l WHERE l.transfer_id = ANY($1::text[])
  ORDER BY l.transfer_id, l.position`;
const LOAD_LINES = `SELECT ${LINE_COLUMNS} FROM unnest($1::text[], $2::text[]) AS asked (transfer_id, line_id)
  JOIN transfer_line l ON l.transfer_id = asked.transfer_id AND l.line_id = asked.line_id
  ORDER BY l.transfer_id, l.position`;
const SKUS_OF_WHOLE = `SELECT DISTINCT sku FROM transfer_line WHERE transfer_id = ANY($1::text[])`;
const SKUS_OF_LINES = `SELECT DISTINCT l.sku FROM unnest($1::text[], $2::text[]) AS asked (transfer_id, line_id)
  JOIN transfer_line l ON l.transfer_id = asked.transfer_id AND l.line_id = asked.line_id`;

const CREATE_HEADS = `INSERT INTO transfer (transfer_id, source, destination, state, draft, called_back, allow_partial, reason,
    created_by, content, line_count, version, created_at, requested_at, closed_at, expected_at, ${ACCOUNT_COLUMNS})
  SELECT id, source, destination, state, draft, called_back, allow_partial, reason, created_by, content, line_count, version,
    ${time("created_at")}, ${time("requested_at")}, ${time("closed_at")}, ${time("expected_at")}, ${ACCOUNT_COLUMNS}
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::boolean[], $7::boolean[], $8::text[],
    $9::text[], $10::text[], $11::int[], $12::bigint[], $13::float8[], $14::float8[], $15::float8[], $16::float8[],
    ${accountArrays(17, "bigint")})
    AS h (id, source, destination, state, draft, called_back, allow_partial, reason, created_by, content, line_count, version,
      created_at, requested_at, closed_at, expected_at, ${ACCOUNT_COLUMNS})
  ORDER BY id COLLATE "C"`;
const CREATE_LINES = `INSERT INTO transfer_line (transfer_id, line_id, position, sku, version, ${ACCOUNT_COLUMNS})
  SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::bigint[], ${accountArrays(6, "bigint")})`;
const UPDATE_HEADS = `UPDATE transfer t SET state = c.state, draft = c.draft, called_back = c.called_back, version = c.version,
    requested_at = ${time("c.requested_at")}, closed_at = ${time("c.closed_at")}, expected_at = ${time("c.expected_at")},
    ${setAccounts("c")}
  FROM unnest($1::text[], $2::text[], $3::boolean[], $4::boolean[], $5::bigint[], $6::float8[], $7::float8[], $8::float8[],
    ${accountArrays(9, "bigint")})
    AS c (id, state, draft, called_back, version, requested_at, closed_at, expected_at, ${ACCOUNT_COLUMNS})
  WHERE t.transfer_id = c.id`;
// Absolute figures: the transfer's row is locked, and no line changes without it.
const UPDATE_LINES = `UPDATE transfer_line l SET version = c.version, ${setAccounts("c")}
  FROM unnest($1::text[], $2::text[], $3::bigint[], ${accountArrays(4, "bigint")})
    AS c (id, line_id, version, ${ACCOUNT_COLUMNS})
  WHERE l.transfer_id = c.id AND l.line_id = c.line_id`;

export interface HeadRow {
  transfer_id: string;
  source: string;
  destination: string;
  draft: boolean;
  called_back: boolean;
  allow_partial: boolean;
  reason: string | null;
  created_by: string | null;
  content: string;
  line_count: number;
  version: number;
  accounts: number[];
  created_at: number;
  requested_at: number | null;
  closed_at: number | null;
  expected_at: number | null;
}

interface LineRow {
  transfer_id: string;
  line_id: string;
  position: number;
  sku: string;
  version: number;
  accounts: number[];
}

/** A line of a transfer, by name. */
export interface AskedLine {
  readonly transferId: string;
  readonly lineId: string;
}

export function headOf(row: HeadRow): Transfer {
  return {
    transferId: row.transfer_id,
    source: row.source,
    destination: row.destination,
    draft: row.draft,
    returning: row.called_back,
    allowPartial: row.allow_partial,
    reason: row.reason,
    createdBy: row.created_by,
    createdAt: row.created_at,
    requestedAt: row.requested_at,
    closedAt: row.closed_at,
    expectedAt: row.expected_at,
    content: row.content,
    lineCount: row.line_count,
    accounts: accountsOf(row.accounts),
    version: row.version,
  };
}

/** The SKUs of whole transfers and of lines, for their streams. Lines never change their SKU. */
export async function skusOfTransfers(
  session: Session,
  whole: readonly string[],
  lines: readonly AskedLine[],
): Promise<string[]> {
  const skus = new Set<string>();
  if (whole.length > 0) {
    for (const { sku } of await session.query<{ sku: string }>(SKUS_OF_WHOLE, [whole])) skus.add(sku);
  }
  if (lines.length > 0) {
    const asked = [lines.map((line) => line.transferId), lines.map((line) => line.lineId)];
    for (const { sku } of await session.query<{ sku: string }>(SKUS_OF_LINES, asked)) skus.add(sku);
  }
  return [...skus];
}

/** The heads of transfers, by id; ids that nobody created are missing. */
export async function loadHeads(session: Session, ids: readonly string[]): Promise<Map<string, Transfer>> {
  if (ids.length === 0) return new Map();
  const rows = await session.query<HeadRow>(LOAD_HEADS, [ids]);
  return new Map(rows.map((row) => [row.transfer_id, headOf(row)]));
}

/** All lines of the transfers in `whole`, and the named lines of others; by transfer, in the order of the document. */
export async function loadLines(
  session: Session,
  whole: readonly string[],
  asked: readonly AskedLine[],
): Promise<Map<string, Map<string, TransferLine>>> {
  const found = new Map<string, Map<string, TransferLine>>();
  const named = asked.filter(({ transferId }) => !whole.includes(transferId));
  const rows: LineRow[] = whole.length === 0 ? [] : await session.query<LineRow>(LOAD_ALL_LINES, [whole]);
  if (named.length > 0) {
    const ids = [named.map((line) => line.transferId), named.map((line) => line.lineId)];
    for (const row of await session.query<LineRow>(LOAD_LINES, ids)) rows.push(row);
  }
  for (const row of rows) {
    const lines = found.get(row.transfer_id) ?? new Map<string, TransferLine>();
    const { line_id: lineId, position, sku, version } = row;
    found.set(
      row.transfer_id,
      lines.set(lineId, { lineId, position, sku, version, accounts: accountsOf(row.accounts) }),
    );
  }
  return found;
}

/** Writes new transfers. @throws 23505 when one of the name was created by somebody else meanwhile. */
export async function createTransfers(
  session: Session,
  heads: readonly Transfer[],
  lines: readonly Of<TransferLine>[],
): Promise<void> {
  if (heads.length === 0) return;
  await session.query(CREATE_HEADS, [
    heads.map((head) => head.transferId),
    heads.map((head) => head.source),
    heads.map((head) => head.destination),
    heads.map(transferState),
    heads.map((head) => head.draft),
    heads.map((head) => head.returning),
    heads.map((head) => head.allowPartial),
    heads.map((head) => head.reason),
    heads.map((head) => head.createdBy),
    heads.map((head) => head.content),
    heads.map((head) => head.lineCount),
    heads.map((head) => head.version),
    heads.map((head) => head.createdAt),
    heads.map((head) => head.requestedAt),
    heads.map((head) => head.closedAt),
    heads.map((head) => head.expectedAt),
    ...accountValues(heads),
  ]);
  await session.query(CREATE_LINES, [
    lines.map((line) => line.transferId),
    lines.map(({ row }) => row.lineId),
    lines.map(({ row }) => row.position),
    lines.map(({ row }) => row.sku),
    lines.map(({ row }) => row.version),
    ...accountValues(lines.map(({ row }) => row)),
  ]);
}

/** Writes what changed of transfers whose rows are locked: one statement for heads, one for lines. */
export async function updateTransfers(
  session: Session,
  heads: readonly Transfer[],
  lines: readonly Of<TransferLine>[],
): Promise<void> {
  if (heads.length > 0) {
    await session.query(UPDATE_HEADS, [
      heads.map((head) => head.transferId),
      heads.map(transferState),
      heads.map((head) => head.draft),
      heads.map((head) => head.returning),
      heads.map((head) => head.version),
      heads.map((head) => head.requestedAt),
      heads.map((head) => head.closedAt),
      heads.map((head) => head.expectedAt),
      ...accountValues(heads),
    ]);
  }
  if (lines.length === 0) return;
  await session.query(UPDATE_LINES, [
    lines.map((line) => line.transferId),
    lines.map(({ row }) => row.lineId),
    lines.map(({ row }) => row.version),
    ...accountValues(lines.map(({ row }) => row)),
  ]);
}
