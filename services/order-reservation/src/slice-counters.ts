import type { RowsToLock } from "@septet/service-kit";
import {
  type Buyer,
  buyerOf,
  type Command,
  countedCustomer,
  countsAnything,
  type Order,
  type PolicyBook,
  type Source,
  velocityOf,
} from "./domain/index.js";

/** Orders that a slice places or pays, as far as the limits ask. */
export interface OrdersJudged {
  placed: readonly Buyer[];
  /** Orders known before: a payment can bring one back that had lost its stock, a choice gives one another SKU. */
  known: readonly Buyer[];
}

/** Who orders what in a slice; `knownAs` finds an order that exists. */
export function ordersJudged(
  commands: readonly Command[],
  knownAs: (orderId: string) => Buyer | undefined,
): OrdersJudged {
  const placed: Buyer[] = [];
  const known: Buyer[] = [];
  for (const command of commands) {
    if (command.type === "PlaceOrder") {
      const { placement } = command;
      placed.push({ ...placement, skus: [...new Set(placement.lines.map((line) => line.sku))] });
    }
    if (command.type === "ChooseRemedies") known.push(...choosing(command, knownAs(command.orderId)));
    if (command.type !== "PlaceOrder" && command.type !== "PaymentSucceeded") continue;
    const order = knownAs(command.type === "PlaceOrder" ? command.placement.orderId : command.orderId);
    if (order !== undefined) known.push(order);
  }
  return { placed, known };
}

/** Who chooses replacements gets these SKUs beside what the order has. */
function choosing({ choices }: Extract<Command, { type: "ChooseRemedies" }>, order: Buyer | undefined): Buyer[] {
  const skus = [...new Set(choices.flatMap(({ sku }) => sku ?? []))];
  return order === undefined || skus.length === 0 ? [] : [{ ...order, skus }];
}

/** The same, of the orders as they were loaded under the locks. */
export const judgedAmong = (commands: readonly Command[], orders: ReadonlyMap<string, Order>): OrdersJudged =>
  ordersJudged(commands, (orderId) => {
    const order = orders.get(orderId);
    return order === undefined || order.placedAt === null ? undefined : buyerOf(order);
  });

/** Rows of class 4 that the limits of these policies are decided under. */
export function countersOf(
  policies: PolicyBook,
  { placed, known }: OrdersJudged,
  sources: ReadonlyMap<string, readonly Source[]>,
): ReadonlySet<string> {
  const ids = new Set<string>();
  if (!countsAnything(policies)) return ids;
  for (const buyer of [...placed, ...known]) {
    const customer = countedCustomer(policies, buyer);
    if (customer !== undefined) ids.add(`customer:${customer}`);
  }
  // Under every key: whoever knows only some of them waits for the others' holders too.
  if (velocityOf(policies) !== null) for (const source of [...sources.values()].flat()) addAll(ids, source.ids);
  return ids;
}

function addAll(ids: Set<string>, more: Iterable<string>): void {
  for (const id of more) ids.add(id);
}

/** They are made when missing, and marked so that housekeeping knows which nobody needs any more. */
export const countersToLock = (ids: ReadonlySet<string>): RowsToLock[] =>
  ids.size === 0 ? [] : [{ table: "counter", idColumn: "id", ids: [...ids], markedIn: "used_at" }];
