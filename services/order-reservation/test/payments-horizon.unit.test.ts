import { describe, expect, test } from "@jest/globals";
import { PaymentsHorizon } from "../src/payments-horizon.js";

/** A database and a payments topic of two partitions, as the horizon sees them. */
class Payments {
  now = 1_000;
  readonly ends = new Map([
    [0, 0],
    [1, 0],
  ]);
  readonly settled = new Map<number, number>();
  readonly reported: number[] = [];
  readonly horizon = new PaymentsHorizon({
    groupId: "order-reservation",
    eventLog: { endOffsets: async () => new Map(this.ends) },
    session: { query: async (sql: string, params: unknown[] = []) => this.#answer(sql, params) as never[] },
  });

  #answer(sql: string, params: unknown[]): unknown[] {
    if (sql.includes("septet_now")) return [{ now: this.now }];
    if (sql.includes("FROM consumed_offset")) {
      return [...this.settled].map(([partition, next_offset]) => ({ partition, next_offset: String(next_offset) }));
    }
    if (!sql.includes("INSERT INTO payments_read")) throw new Error(`unexpected: ${sql}`);
    this.reported.push(Number(params[0]));
    return [];
  }
}

describe("up to when every payment has been read", () => {
  test("with nothing to read, up to the present", async () => {
    const payments = new Payments();
    await payments.horizon.look();
    expect(payments.reported).toEqual([1_000]);
  });

  test("one partition that lags holds the time of the question back, however late the answer", async () => {
    const payments = new Payments();
    payments.ends.set(0, 5).set(1, 3);
    payments.settled.set(0, 5).set(1, 2);
    await payments.horizon.look();
    payments.now = 9_000;
    await payments.horizon.look();
    expect(payments.reported).toEqual([]);
    payments.settled.set(1, 3);
    await payments.horizon.look();
    expect(payments.reported).toEqual([1_000]);
  });

  test("what was sent after the question does not delay its answer, and the next question follows", async () => {
    const payments = new Payments();
    payments.ends.set(0, 5);
    await payments.horizon.look();
    payments.ends.set(0, 50);
    payments.settled.set(0, 5);
    await payments.horizon.look();
    payments.now = 2_000;
    payments.settled.set(0, 50);
    await payments.horizon.look();
    expect(payments.reported).toEqual([1_000, 2_000]);
  });
});
