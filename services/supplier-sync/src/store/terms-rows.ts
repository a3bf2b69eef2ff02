import type { Session } from "@septet/messaging";
import type { TermsVersion } from "../domain/terms.js";
import { ms, time } from "./columns.js";

const LOAD = `SELECT supplier_id AS "supplierId", version, effective_from AS "effectiveFrom", terms FROM supplier_terms
  WHERE supplier_id = ANY($1::text[]) ORDER BY supplier_id, version`;
const LIST = `SELECT version, effective_from AS "effectiveFrom", terms, ${ms("agreed_at", '"agreedAt"')}, agreed_by AS "agreedBy"
  FROM supplier_terms WHERE supplier_id = $1 AND version > $2 ORDER BY version LIMIT $3`;
const ADD = `INSERT INTO supplier_terms (supplier_id, version, effective_from, terms, agreed_at, agreed_by)
  VALUES ($1, $2, $3, $4, ${time("$5::float8")}, $6)`;

/** Terms with who agreed to them and when (epoch ms). */
export interface AgreedTerms extends TermsVersion {
  readonly agreedAt: number;
  readonly agreedBy: string;
}

/** All versions of the suppliers' terms, by supplier; one without terms is missing. */
export async function loadTerms(
  session: Session,
  supplierIds: readonly string[],
): Promise<Map<string, TermsVersion[]>> {
  const found = new Map<string, TermsVersion[]>();
  if (supplierIds.length === 0) return found;
  for (const { supplierId, ...version } of await session.query<TermsVersion & { supplierId: string }>(LOAD, [
    supplierIds,
  ])) {
    const known = found.get(supplierId);
    if (known === undefined) found.set(supplierId, [version]);
    else known.push(version);
  }
  return found;
}

/** At most `limit` versions after one, oldest first. */
export function listTerms(session: Session, supplierId: string, after: number, limit: number): Promise<AgreedTerms[]> {
  return session.query<AgreedTerms>(LIST, [supplierId, after, limit]);
}

/** Writes a further version; the caller holds the supplier. */
export async function addTerms(session: Session, supplierId: string, terms: AgreedTerms): Promise<void> {
  const { version, effectiveFrom, agreedAt, agreedBy } = terms;
  await session.query(ADD, [supplierId, version, effectiveFrom, JSON.stringify(terms.terms), agreedAt, agreedBy]);
}
