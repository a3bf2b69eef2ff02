import type { Session } from "@septet/messaging";
import type { Supplier } from "../domain/supplier.js";

const COLUMNS = `supplier_id AS "supplierId", name, time_zone AS "timeZone", state, attached_to AS "attachedTo", contacts, stopped, settling,
  version::float8 AS version, revision::float8 AS revision`;
const LOAD = `SELECT ${COLUMNS} FROM supplier WHERE supplier_id = ANY($1::text[])`;
const LIST = `SELECT ${COLUMNS} FROM supplier WHERE supplier_id > $1 ORDER BY supplier_id LIMIT $2`;
const CREATE = `INSERT INTO supplier (supplier_id, name, time_zone, state, attached_to, contacts, stopped,
    settling, version, revision)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
const UPDATE = `UPDATE supplier SET name = $2, time_zone = $3, state = $4, attached_to = $5, contacts = $6,
    stopped = $7, settling = $8, version = $9, revision = $10
  WHERE supplier_id = $1`;

/** The suppliers by id; ids that nobody defined are missing. */
export async function loadSuppliers(session: Session, ids: readonly string[]): Promise<Map<string, Supplier>> {
  if (ids.length === 0) return new Map();
  const rows = await session.query<Supplier>(LOAD, [ids]);
  return new Map(rows.map((row) => [row.supplierId, row]));
}

export async function loadSupplier(session: Session, supplierId: string): Promise<Supplier | undefined> {
  return (await loadSuppliers(session, [supplierId])).get(supplierId);
}

/** At most `limit` suppliers whose id comes after `after`, by id. */
export function listSuppliers(session: Session, after: string, limit: number): Promise<Supplier[]> {
  return session.query<Supplier>(LIST, [after, limit]);
}

/** @throws 23505 when it was created meanwhile. */
export async function createSupplier(session: Session, supplier: Supplier): Promise<void> {
  await session.query(CREATE, valuesOf(supplier));
}

export async function updateSupplier(session: Session, supplier: Supplier): Promise<void> {
  await session.query(UPDATE, valuesOf(supplier));
}

const valuesOf = (supplier: Supplier): unknown[] => [
  supplier.supplierId,
  supplier.name,
  supplier.timeZone,
  supplier.state,
  supplier.attachedTo,
  JSON.stringify(supplier.contacts),
  supplier.stopped,
  supplier.settling,
  supplier.version,
  supplier.revision,
];
