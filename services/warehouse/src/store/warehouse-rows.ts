import type { Session } from "@septet/messaging";
import type { Warehouse } from "../domain/warehouse.js";

const COLUMNS = "code, name, region, active, version::float8 AS version";
const LOAD = `SELECT ${COLUMNS} FROM warehouse WHERE code = $1`;
const LIST = `SELECT ${COLUMNS} FROM warehouse WHERE code > $1 ORDER BY code LIMIT $2`;
const DEFINED = `SELECT code FROM warehouse WHERE code = ANY($1::text[])`;
const CREATE = `INSERT INTO warehouse (code, name, region, active, version) VALUES ($1, $2, $3, $4, $5)`;
const UPDATE = `UPDATE warehouse SET name = $2, region = $3, active = $4, version = $5 WHERE code = $1`;

export async function loadWarehouse(session: Session, code: string): Promise<Warehouse | undefined> {
  const [row] = await session.query<Warehouse>(LOAD, [code]);
  return row;
}

/** At most `limit` warehouses whose code comes after `after`, by code. */
export function listWarehouses(session: Session, after: string, limit: number): Promise<Warehouse[]> {
  return session.query<Warehouse>(LIST, [after, limit]);
}

/** Those of the codes that are defined. */
export async function definedWarehouses(session: Session, codes: readonly string[]): Promise<Set<string>> {
  if (codes.length === 0) return new Set();
  const rows = await session.query<{ code: string }>(DEFINED, [codes]);
  return new Set(rows.map((row) => row.code));
}

/** @throws 23505 when it was created meanwhile. */
export async function createWarehouse(
  session: Session,
  { code, name, region, active, version }: Warehouse,
): Promise<void> {
  await session.query(CREATE, [code, name, region, active, version]);
}

export async function updateWarehouse(
  session: Session,
  { code, name, region, active, version }: Warehouse,
): Promise<void> {
  await session.query(UPDATE, [code, name, region, active, version]);
}
