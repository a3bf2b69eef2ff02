import type { ServiceClient } from "../platform/service-client.js";
import type { Wire } from "../platform/wire.js";
import { type BenchOrder, checkoutBody, placedEvent } from "./order-record.js";
import type { Outcomes } from "./outcomes.js";

/** When a customer came, of performance.now(), and how long it took until the outcome was there. */
export interface Wait {
  readonly dueAt: number;
  readonly ms: number;
}

/** Customers who pay with the order, one piece each. */
export interface PayingCustomers {
  readonly perSecond: number;
  /** Every order so far. */
  readonly orderIds: readonly string[];
  /** Lets one customer order for each of these moments, which have just passed. */
  come(dueAt: readonly number[]): void;
  /** How long everybody waited. @throws when an order could not be sent, or was refused at the checkout */
  waits(outcomes: Outcomes): Promise<Wait[]>;
}

export interface CustomersOptions {
  readonly name: string;
  readonly perSecond: number;
  readonly skus: readonly string[];
}

/** What went wrong, kept until somebody asks: nobody awaits the work meanwhile. */
const failureOf = (work: Promise<void>): Promise<Error | undefined> =>
  work.then(
    () => undefined,
    (error: Error) => error,
  );

abstract class Customers {
  readonly perSecond: number;
  readonly orderIds: string[] = [];
  private readonly name: string;
  private readonly skus: readonly string[];

  constructor({ name, perSecond, skus }: CustomersOptions) {
    this.name = name;
    this.perSecond = perSecond;
    this.skus = skus;
  }

  protected next(): BenchOrder {
    const n = this.orderIds.length;
    const orderId = `${this.name}-${n}`;
    this.orderIds.push(orderId);
    return { orderId, payment: "PAID", lines: [{ sku: this.skus[n % this.skus.length]!, quantity: 1 }] };
  }
}

/** They order through the retailer's order system: `OrderPlaced` in, its outcome out. */
export class EventCustomers extends Customers implements PayingCustomers {
  private readonly dueAt = new Map<string, number>();
  private readonly sending: Promise<Error | undefined>[] = [];
  private readonly wire: Wire;

  /** @param wire a connection of its own: behind a burst on the same one they would wait in the load generator */
  constructor(wire: Wire, options: CustomersOptions) {
    super(options);
    this.wire = wire;
  }

  come(dueAt: readonly number[]): void {
    const orders = dueAt.map((due) => {
      const order = this.next();
      this.dueAt.set(order.orderId, due);
      return placedEvent(order);
    });
    this.sending.push(failureOf(this.wire.publish(orders)));
  }

  async waits({ arrivedAt }: Outcomes): Promise<Wait[]> {
    for (const failure of await Promise.all(this.sending)) if (failure !== undefined) throw failure;
    return [...this.dueAt].map(([orderId, dueAt]) => ({ dueAt, ms: arrivedAt.get(orderId)! - dueAt }));
  }
}

/** They stand at a checkout that asks over HTTP and waits for the answer. */
export class CheckoutCustomers extends Customers implements PayingCustomers {
  private readonly waited: Wait[] = [];
  private readonly answers: Promise<Error | undefined>[] = [];
  private readonly reservation: ServiceClient;

  constructor(reservation: ServiceClient, options: CustomersOptions) {
    super(options);
    this.reservation = reservation;
  }

  come(dueAt: readonly number[]): void {
    for (const due of dueAt) this.answers.push(failureOf(this.order(due)));
  }

  private async order(dueAt: number): Promise<void> {
    const order = this.next();
    await this.reservation.post("/v1/reservations", order.orderId, checkoutBody(order));
    this.waited.push({ dueAt, ms: performance.now() - dueAt });
  }

  async waits(): Promise<Wait[]> {
    for (const failure of await Promise.all(this.answers)) if (failure !== undefined) throw failure;
    return this.waited;
  }
}
