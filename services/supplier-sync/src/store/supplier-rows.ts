import type { Session } from "@septet/messaging";
import type { Supplier } from "../domain/supplier.js";

const COLUMNS = `supplier_id AS "supplierId", name, time_zone AS "timeZone", state, attached_to AS "attachedTo", contacts,
  version::float8 AS version`;
const LOAD = `SELECT ${COLUMNS} FROM supplier WHERE supplier_id = ANY($1::text[])`;
const LIST = `SELECT ${COLUMNS} FROM supplier WHERE supplier_id > $1 ORDER BY supplier_id LIMIT $2`;
const CREATE = `INSERT INTO supplier (supplier_id, name, time_zone, state, attached_to, contacts, version)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;
const UPDATE = `UPDATE supplier SET name = $2, time_zone = $3, state = $4, attached_to = $5, contacts = $6, version = $7
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

const valuesOf = ({ supplierId, name, timeZone, state, attachedTo, contacts, version }: Supplier): unknown[] => [
  supplierId,
  name,
  timeZone,
  state,
  attachedTo,
  JSON.stringify(contacts),
  version,
];
