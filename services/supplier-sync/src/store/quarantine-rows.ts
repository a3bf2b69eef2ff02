import type { Session } from "@septet/messaging";
import type { ReportKind } from "../domain/report.js";
import { ms } from "./columns.js";

/** A reported code that nobody has mapped, with what was last said under it. */
export interface Quarantined {
  readonly code: string;
  readonly ordinal: number;
  readonly kind: ReportKind;
  readonly quantity: number;
  readonly kept: number | null;
  /** Epoch ms. */
  readonly firstSeenAt: number;
  readonly seenAt: number;
  readonly times: number;
}

/** A line that waits for its mapping. */
export type WaitingLine = Pick<Quarantined, "code" | "quantity" | "kept">;

const COLUMNS = `code, ordinal::float8 AS ordinal, kind, quantity::float8 AS quantity, kept::float8 AS kept,
  ${ms("first_seen_at", '"firstSeenAt"')}, ${ms("seen_at", '"seenAt"')}, times::float8 AS times`;
// The newest word under a code is the one that waits. Sorted, so that two reports do not wait for each other in a circle.
const KEEP = `INSERT INTO quarantined_line AS q (supplier_id, code, ordinal, kind, quantity, kept, first_seen_at, seen_at, times)
  SELECT $1, code, $2, $3, quantity, kept, septet_now(), septet_now(), 1
  FROM unnest($4::text[], $5::bigint[], $6::bigint[]) AS l (code, quantity, kept) ORDER BY code COLLATE "C"
  ON CONFLICT (supplier_id, code) DO UPDATE SET ordinal = excluded.ordinal, kind = excluded.kind,
    quantity = excluded.quantity, kept = excluded.kept, seen_at = excluded.seen_at, times = q.times + 1
  WHERE q.ordinal < excluded.ordinal`;
const LIST = `SELECT ${COLUMNS} FROM quarantined_line WHERE supplier_id = $1 AND code > $2 ORDER BY code LIMIT $3`;
const NAMED = `SELECT ${COLUMNS} FROM quarantined_line WHERE supplier_id = $1 AND code = ANY($2::text[])`;
const DELETE = `DELETE FROM quarantined_line WHERE supplier_id = $1 AND code = ANY($2::text[])`;

/** Keeps lines of a report whose codes nobody knows; an older word under a code is replaced, a newer one stays. */
export async function keepQuarantined(
  session: Session,
  supplierId: string,
  head: { readonly ordinal: number; readonly kind: ReportKind },
  lines: readonly WaitingLine[],
): Promise<void> {
  if (lines.length === 0) return;
  const [codes, quantities, kept] = [
    lines.map(({ code }) => code),
    lines.map(({ quantity }) => quantity),
    lines.map((line) => line.kept),
  ];
  await session.query(KEEP, [supplierId, head.ordinal, head.kind, codes, quantities, kept]);
}

/** At most `limit` codes after one, by code. */
export function listQuarantined(
  session: Session,
  supplierId: string,
  after: string,
  limit: number,
): Promise<Quarantined[]> {
  return session.query<Quarantined>(LIST, [supplierId, after, limit]);
}

/** What waits under the codes. */
export function quarantinedOf(session: Session, supplierId: string, codes: readonly string[]): Promise<Quarantined[]> {
  return session.query<Quarantined>(NAMED, [supplierId, codes]);
}

export async function forgetQuarantined(session: Session, supplierId: string, codes: readonly string[]): Promise<void> {
  if (codes.length > 0) await session.query(DELETE, [supplierId, codes]);
}
