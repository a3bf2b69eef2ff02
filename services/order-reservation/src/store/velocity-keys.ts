import { randomBytes } from "node:crypto";
import type { Session } from "@septet/messaging";
import type { VelocityKey, VelocityKeys } from "../source-hashes.js";

const SECRET_BYTES = 32;

const LOAD = `SELECT id, lasting, encode(secret, 'hex') AS secret,
  (extract(epoch FROM created_at) * 1000)::float8 AS created_at FROM velocity_key ORDER BY id DESC`;
/** Two instances may each make one at the same moment: both count then, and the newer is written under. */
const MAKE = `INSERT INTO velocity_key (lasting, secret, created_at)
SELECT $2, decode($1, 'hex'), septet_now() WHERE NOT EXISTS (
  SELECT 1 FROM velocity_key WHERE lasting = $2 AND ($2 OR created_at > septet_now() - make_interval(secs => $3::float8)))`;
/** A key is needed as long as what was written under it: until a window after its successor came. */
const DROP = `DELETE FROM velocity_key k WHERE NOT lasting AND EXISTS (
  SELECT 1 FROM velocity_key n WHERE NOT n.lasting AND n.id > k.id
    AND n.created_at <= septet_now() - make_interval(secs => $1::float8))`;
const DROP_ALL = `DELETE FROM velocity_key WHERE NOT lasting`;

interface Row {
  id: number;
  lasting: boolean;
  secret: string;
}

/** All keys there are. */
export async function loadVelocityKeys(session: Session): Promise<VelocityKeys> {
  const rows = await session.query<Row>(LOAD, []);
  const key = ({ id, secret }: Row): VelocityKey => ({ id, secret });
  const lasting = rows.findLast((row) => row.lasting);
  return {
    rotating: rows.filter((row) => !row.lasting).map(key),
    lasting: lasting === undefined ? undefined : key(lasting),
  };
}

/** Makes a key when there is none, or when the newest is as old as the window. */
export async function rotateVelocityKey(session: Session, windowSeconds: number): Promise<void> {
  await session.query(MAKE, [randomBytes(SECRET_BYTES).toString("hex"), false, windowSeconds]);
}

/** Makes the key of the allow-list when there is none: what an operator lets through outlives the window. */
export async function ensureLastingKey(session: Session): Promise<void> {
  await session.query(MAKE, [randomBytes(SECRET_BYTES).toString("hex"), true, 0]);
}

export async function dropOldVelocityKeys(session: Session, windowSeconds: number): Promise<void> {
  await session.query(DROP, [windowSeconds]);
}

export async function dropAllVelocityKeys(session: Session): Promise<void> {
  await session.query(DROP_ALL, []);
}
