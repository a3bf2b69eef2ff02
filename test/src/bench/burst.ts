import { clientOf } from "../platform/access.js";
import type { ServiceClient } from "../platform/service-client.js";
import { waitFor } from "../platform/wait.js";
import { Wire } from "../platform/wire.js";
import type { BenchPlatform } from "./bench-platform.js";
import { type BurstRun, type CustomerKind, type CustomersFigure, spreadOf } from "./burst-figures.js";
import { BURST_DEVICES, BURST_NETWORKS, burstOrders } from "./burst-load.js";
import { assertServed, decided } from "./burst-outcomes.js";
import { untilCaughtUp } from "./measure.js";
import { placedEvent } from "./order-record.js";
import type { Outcomes } from "./outcomes.js";
import { CheckoutCustomers, EventCustomers, type PayingCustomers, type Wait } from "./paying-customers.js";
import { offerSteadily } from "./steady-offer.js";
import { WAREHOUSE } from "./stock-up.js";

/** The defaults of the rule: so many unpaid orders of each device, and of each network. */
export const VELOCITY = { windowSeconds: 3_600, perDevice: 5, perIp: 20 };
/** Pieces of the hot SKU: the burst alone would take them all, were it let. */
export const HOT_PIECES = 9_000;
/** Each kind of customers; with all kinds a fraction of what the platform can do. */
export const CUSTOMERS_PER_SECOND = 25;
const UNPAID_HOLD_MS = 30 * 60_000;
const OUTCOMES_WITHIN_MS = 300_000;
const BACK_WITHIN_MS = 120_000;
const BATCH_ORDERS = 250;

export interface BurstPlan {
  readonly name: string;
  readonly hotSku: string;
  readonly otherSkus: readonly string[];
  readonly orders: number;
  /** Seconds over which the burst's orders arrive; 0: as fast as the broker takes them. */
  readonly seconds: number;
  readonly quietSeconds: number;
}

type Moment = "quiet" | "burst";

/** One burst: customers at a steady rate, first alone, then beside it; then the unpaid orders' time runs out. */
export class Burst {
  private readonly platform: BenchPlatform;
  private readonly outcomes: Outcomes;
  private readonly attackers: Wire;
  private readonly customers: Wire;
  private readonly reservation: ServiceClient;

  /** @param outcomes of all orders, from before the first */
  constructor(platform: BenchPlatform, outcomes: Outcomes) {
    this.platform = platform;
    this.outcomes = outcomes;
    this.attackers = new Wire(platform.access, "septet-bench-burst");
    this.customers = new Wire(platform.access, "septet-bench-customers");
    this.reservation = clientOf(platform.access, "order-reservation");
  }

  async ready(): Promise<void> {
    for (const wire of [this.attackers, this.customers]) await wire.codec.register(["OrderPlaced"]);
    await this.reservation.put("/v1/policies/default", { velocity: VELOCITY });
  }

  async close(): Promise<void> {
    await this.attackers.close();
    await this.customers.close();
  }

  /** @throws when a paying customer was not served, when too many unpaid orders were taken, or stock does not come back */
  async run(plan: BurstPlan): Promise<BurstRun> {
    const quiet = await this.beside(
      plan,
      "quiet",
      () => new Promise((end) => setTimeout(end, plan.quietSeconds * 1_000)),
    );
    const records = burstOrders(plan.name, plan.hotSku, plan.orders).map((order) =>
      this.attackers.encoded(placedEvent(order)),
    );
    let begin = 0;
    const burst = await this.beside(plan, "burst", async () => {
      begin = performance.now();
      await this.attack(records, plan.seconds);
      await this.untilAnswered(records.map(({ key }) => key));
    });
    const tookSeconds = (burst.ends - begin) / 1_000;
    const { taken, refused } = decided(burst.outcomes, new Set(records.map(({ key }) => key)));
    const most = Math.min(BURST_DEVICES * VELOCITY.perDevice, BURST_NETWORKS * VELOCITY.perIp);
    if (taken !== Math.min(most, plan.orders)) throw new Error(`${taken} unpaid orders of the burst were taken`);
    const paid = quiet.hotOrders + burst.hotOrders;
    await this.untilHot(plan.hotSku, { sellable: HOT_PIECES - taken - paid, orderReserved: taken + paid });
    const backSeconds = await this.untilBack(plan.hotSku, paid);
    const customers = [...burst.waits].map(([kind, during]): CustomersFigure => {
      const before = quiet.waits.get(kind)!;
      return { kind, perSecond: CUSTOMERS_PER_SECOND, quiet: spreadOf(before), burst: spreadOf(during) };
    });
    const paidBeside = customers.reduce((sum, one) => sum + one.burst.count, 0);
    const { seconds, orders } = plan;
    return { seconds, orders, tookSeconds, taken, refused, paidBeside, customers, backSeconds };
  }

  /** Lets customers come while something happens, and waits until all have their outcomes. */
  private async beside(plan: BurstPlan, moment: Moment, happens: () => Promise<unknown>) {
    const kinds = this.customersOf(plan, moment);
    let over = false;
    const coming = [...kinds.values()].map((customers) =>
      offerSteadily({
        perSecond: customers.perSecond,
        goesOn: () => !over,
        take: (dueAt) => customers.come(dueAt),
      }),
    );
    try {
      await happens();
    } finally {
      over = true;
    }
    const ends = performance.now();
    await Promise.all(coming);
    const waits = new Map<CustomerKind, number[]>();
    const orderIds = [...kinds.values()].flatMap((customers) => customers.orderIds);
    await this.untilAnswered(orderIds);
    for (const [kind, customers] of kinds)
      waits.set(
        kind,
        (await customers.waits(this.outcomes)).map(({ ms }: Wait) => ms),
      );
    await untilCaughtUp(this.customers);
    const outcomes = await this.outcomes.readAndForget();
    assertServed(outcomes, new Set(orderIds));
    const hotOrders = [...kinds].filter(([kind]) => kind.startsWith("hot")).flatMap(([, c]) => c.orderIds).length;
    return { ends, waits, outcomes, hotOrders };
  }

  private async untilAnswered(orderIds: readonly string[]): Promise<void> {
    let answered = 0;
    await waitFor(
      `${orderIds.length} outcomes`,
      () => {
        while (answered < orderIds.length && this.outcomes.arrivedAt.has(orderIds[answered]!)) answered += 1;
        return answered === orderIds.length;
      },
      { timeoutMs: OUTCOMES_WITHIN_MS, everyMs: 5, seen: () => answered },
    );
  }

  private customersOf({ name, hotSku, otherSkus }: BurstPlan, moment: Moment): Map<CustomerKind, PayingCustomers> {
    const options = (kind: CustomerKind, skus: readonly string[]) => ({
      name: `${name}-${moment}-${kind}`,
      perSecond: CUSTOMERS_PER_SECOND,
      skus,
    });
    return new Map<CustomerKind, PayingCustomers>([
      ["others-checkout", new CheckoutCustomers(this.reservation, options("others-checkout", otherSkus))],
      ["others-events", new EventCustomers(this.customers, options("others-events", otherSkus))],
      ["hot-checkout", new CheckoutCustomers(this.reservation, options("hot-checkout", [hotSku]))],
      ["hot-events", new EventCustomers(this.customers, options("hot-events", [hotSku]))],
    ]);
  }

  private async attack(records: readonly ReturnType<Wire["encoded"]>[], seconds: number): Promise<void> {
    if (seconds === 0) {
      for (let at = 0; at < records.length; at += BATCH_ORDERS)
        await this.attackers.eventLog.publish(records.slice(at, at + BATCH_ORDERS));
      return;
    }
    const sending: Promise<void>[] = [];
    let at = 0;
    await offerSteadily({
      perSecond: records.length / seconds,
      goesOn: (n) => n < records.length,
      take: (due) => {
        sending.push(this.attackers.eventLog.publish(records.slice(at, at + due.length)));
        at += due.length;
      },
    });
    await Promise.all(sending);
  }

  /** Moves the clock past the time of unpaid orders; seconds until only paid pieces are promised. */
  private async untilBack(sku: string, paid: number): Promise<number> {
    await this.platform.system.moveClock(UNPAID_HOLD_MS);
    const begin = performance.now();
    await this.untilHot(sku, { sellable: HOT_PIECES - paid, orderReserved: paid });
    return (performance.now() - begin) / 1_000;
  }

  private async untilHot(sku: string, wanted: { sellable: number; orderReserved: number }): Promise<void> {
    let seen: unknown;
    await waitFor(
      `${JSON.stringify(wanted)} of ${sku}`,
      async () => {
        const { body } = await this.reservation.get(`/v1/balances?sku=${sku}`);
        const items: { location: string; bucket: string; quantity: number }[] = body.items;
        const of = (bucket: string) =>
          items.find((item) => item.location === WAREHOUSE && item.bucket === bucket)?.quantity ?? 0;
        seen = { sellable: of("sellable"), orderReserved: of("orderReserved") };
        return of("sellable") === wanted.sellable && of("orderReserved") === wanted.orderReserved;
      },
      { timeoutMs: BACK_WITHIN_MS, everyMs: 50, seen: () => seen },
    );
  }
}
