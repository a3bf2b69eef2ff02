import type { Session } from "@septet/messaging";

const READ = `SELECT (extract(epoch FROM read_up_to) * 1000)::float8 AS read_up_to FROM payments_read`;
/** Instances report in any order; the latest time wins. */
const WRITE = `
INSERT INTO payments_read (read_up_to) VALUES (to_timestamp($1::float8 / 1000))
ON CONFLICT (only_row) DO UPDATE SET read_up_to = greatest(payments_read.read_up_to, excluded.read_up_to)`;
const NOW = `SELECT (extract(epoch FROM septet_now()) * 1000)::float8 AS now`;

/** Every payment that was there at this time has been settled (epoch ms); 0 when nobody has looked yet. */
export async function paymentsReadUpTo(session: Session): Promise<number> {
  const [row] = await session.query<{ read_up_to: number }>(READ);
  return row === undefined ? 0 : Math.floor(row.read_up_to);
}

export async function reportPaymentsRead(session: Session, upTo: number): Promise<void> {
  await session.query(WRITE, [upTo]);
}

/** The database's clock, epoch ms, rounded down. */
export async function databaseNow(session: Session): Promise<number> {
  const [row] = await session.query<{ now: number }>(NOW);
  if (row === undefined) throw new Error("the database did not tell the time");
  return Math.floor(row.now);
}
