import type { Session } from "@septet/messaging";

/** septet_now(), epoch ms: the time that every rule with a clock goes by. */
export async function readNow(session: Session): Promise<number> {
  const [row] = await session.query<{ now: number }>("SELECT extract(epoch FROM septet_now())::float8 * 1000 AS now");
  return Math.floor(row!.now);
}
