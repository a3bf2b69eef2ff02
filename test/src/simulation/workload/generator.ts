import { Random } from "../kernel/random.js";
import type { Fault, Move, Script, ScriptLine } from "./script.js";

/** A move per so many steps. */
const STEPS_PER_MOVE = 4;
const STEPS_PER_FAULT = 18;
const HOLD_MS = 30 * 60_000;
const GRACE_MS = 120_000;

/** The small world in which everybody wants the same things. */
interface Shop {
  readonly random: Random;
  readonly skus: readonly string[];
  readonly locations: readonly string[];
  /** Orders placed or to be placed, and their lines. */
  readonly orders: Map<string, readonly ScriptLine[]>;
  documents: number;
}

/** A script of `steps` steps that follows from the seed: few SKUs, small stock, many orders, facts out of order. */
export function generate(seed: number, steps: number, services: readonly string[]): Script {
  const random = new Random(`script ${seed}`);
  const shop: Shop = {
    random,
    skus: ["P", "q", "R"].slice(0, random.between(1, 3)),
    locations: ["w1", "w2"].slice(0, random.between(1, 2)),
    orders: new Map(),
    documents: 0,
  };
  const moves = opening(shop).map((move) => ({ step: 0, move }));
  const weights = movesOf(shop.random);
  for (let step = 1; step < steps; step++) {
    if (!random.chance(1 / STEPS_PER_MOVE)) continue;
    for (const move of MAKERS[random.weighted(weights)](shop)) moves.push({ step, move });
  }
  return { seed, steps, services, moves, faults: faultsOf(random.fork("faults"), steps) };
}

function opening(shop: Shop): Move[] {
  const { random, skus, locations } = shop;
  const defined: Move[] = locations.map((location) => ({ do: "define", location }));
  const listed: Move[] = skus.map((sku) => ({ do: "list", sku, active: true }));
  return [
    ...defined,
    ...listed,
    ...locations.flatMap((location) => skus.map((sku) => receipt(shop, sku, location, random.between(1, 12)))),
  ];
}

function receipt(shop: Shop, sku: string, location: string, quantity: number): Move {
  const unsellable = shop.random.chance(0.2) ? shop.random.between(0, quantity) : 0;
  const reference = `d${++shop.documents}`;
  return { do: "book", what: "receipts", reference, location, sku, quantity, unsellable };
}

type MoveName =
  | "placeNew"
  | "placeAgain"
  | "pay"
  | "fail"
  | "cancel"
  | "receive"
  | "back"
  | "damage"
  | "restore"
  | "dispose"
  | "pick"
  | "ship"
  | "short"
  | "repeat"
  | "garbage"
  | "misplace"
  | "expire";

/** Each seed has a temper of its own: some never see damage, some hardly ship. */
function movesOf(random: Random): Record<MoveName, number> {
  const some = (weight: number) => (random.chance(0.75) ? weight : 0);
  return {
    placeNew: 10,
    placeAgain: some(1.5),
    pay: 7,
    fail: some(0.5),
    cancel: some(5),
    receive: some(3),
    back: some(0.7),
    damage: some(1.2),
    restore: some(0.6),
    dispose: some(0.6),
    pick: 6,
    ship: 6,
    short: some(1.5),
    repeat: some(5),
    garbage: some(0.4),
    misplace: some(0.4),
    expire: some(1.2),
  };
}

const MAKERS: Record<MoveName, (shop: Shop) => Move[]> = {
  placeNew: (shop) => [placement(shop, orderOf(shop, 0.25))],
  placeAgain: (shop) => (shop.orders.size === 0 ? [] : [placement(shop, orderOf(shop, 1))]),
  pay: (shop) => [{ do: "pay", orderId: orderOf(shop, 0.95), succeeded: true }],
  fail: (shop) => [{ do: "pay", orderId: orderOf(shop, 0.9), succeeded: false }],
  cancel: (shop) => [cancellation(shop)],
  receive: (shop) => {
    const { random, skus, locations } = shop;
    return [receipt(shop, random.pick(skus), random.pick(locations), random.between(1, 6))];
  },
  back: (shop) => [document(shop, "returns")],
  damage: (shop) => [document(shop, "damages")],
  restore: (shop) => [document(shop, "restorations")],
  dispose: (shop) => [document(shop, "disposals")],
  pick: ({ random }) => [{ do: "pick", nth: random.below(1_000) }],
  ship: ({ random }) => [{ do: "ship", nth: random.below(1_000), pieces: random.chance(0.4) ? 1 : null }],
  short: ({ random }) => [
    { do: "short", nth: random.below(1_000), cause: random.chance(0.5) ? "NOT_FOUND" : "DAMAGED" },
  ],
  repeat: ({ random }) => [{ do: "repeat", nth: random.below(1_000) }],
  garbage: ({ random }) => [
    {
      do: "garbage",
      topic: random.pick(["upstream.orders.v1", "upstream.payments.v1", "stock.movements.v1", "stock.fulfilments.v1"]),
      key: `g${random.below(5)}`,
    },
  ],
  misplace: (shop) => [{ do: "misplace", orderId: `bad${shop.random.below(4)}` }],
  expire: (shop) => expiry(shop),
};

/** Time jumps to about the end of the holds; often with payments that came just in time and nobody has read. */
function expiry(shop: Shop): Move[] {
  const { random } = shop;
  const ms = HOLD_MS + random.pick([-1_000, 0, 1_000, GRACE_MS, 2 * GRACE_MS]);
  const payments = Array.from({ length: random.below(3) }, (): Move => {
    return { do: "pay", orderId: orderOf(shop, 1), succeeded: true };
  });
  return [...payments, { do: "jump", ms }];
}

/** An order that is known already, with this probability, or the next one. Its lines are settled here, before it is placed. */
function orderOf(shop: Shop, known: number): string {
  const { random, orders } = shop;
  if (orders.size > 0 && random.chance(known)) return random.pick([...orders.keys()].slice(-8));
  const orderId = `o${orders.size + 1}`;
  const lines = Array.from({ length: random.chance(0.3) ? 2 : 1 }, (_, index) => ({
    lineId: `l${index + 1}`,
    sku: random.chance(0.03) ? "unheard-of" : random.pick(shop.skus),
    quantity: random.between(1, 4),
  }));
  orders.set(orderId, lines);
  return orderId;
}

function placement({ random, orders }: Shop, orderId: string): Move {
  return {
    do: "place",
    via: random.chance(0.3) ? "http" : "topic",
    orderId,
    payment: random.chance(0.3) ? "PAID" : "PENDING",
    allowPartial: random.chance(0.2),
    lines: orders.get(orderId)!,
  };
}

function cancellation(shop: Shop): Move {
  const { random } = shop;
  const orderId = orderOf(shop, 0.95);
  const via = random.chance(0.3) ? "http" : "topic";
  if (random.chance(0.5)) return { do: "cancel", via, orderId, lines: null };
  const line = random.pick(shop.orders.get(orderId)!);
  const lines = [{ lineId: line.lineId, quantity: random.between(1, line.quantity) }];
  return { do: "cancel", via, orderId, lines };
}

function document(shop: Shop, what: "returns" | "damages" | "restorations" | "disposals"): Move {
  const { random } = shop;
  const quantity = random.between(1, 3);
  const unsellable = what === "returns" ? random.between(0, quantity) : 0;
  const place = { location: random.pick(shop.locations), sku: random.pick(shop.skus) };
  return { do: "book", what, reference: `d${++shop.documents}`, ...place, quantity, unsellable };
}

function faultsOf(random: Random, steps: number): { step: number; fault: Fault }[] {
  const faults: { step: number; fault: Fault }[] = [];
  // Every fourth seed sees no fault at all: what it finds is found the simple way.
  const rate = random.chance(0.25) ? 0 : 1 / STEPS_PER_FAULT;
  for (let step = 1; step < steps; step++) if (random.chance(rate)) faults.push({ step, fault: faultOf(random) });
  return faults;
}

function faultOf(random: Random): Fault {
  const instance = random.below(1_000);
  const weights = { crash: 3, stop: 1, freeze: 2, rebalance: 4, publish: 5, statement: 3, commit: 3 };
  switch (random.weighted(weights)) {
    case "crash":
      return { fault: "crash", instance, backAfterMs: random.between(1, 400) };
    case "stop":
      return { fault: "stop", instance, backAfterMs: random.between(1, 400) };
    case "freeze":
      return { fault: "freeze", instance, forMs: random.pick([50, 6_000, 12_000]), forSteps: random.between(5, 60) };
    case "rebalance":
      return { fault: "rebalance", first: random.below(4) };
    case "publish":
      return { fault: "publish", instance, fate: random.pick(["unacknowledged", "lost", "partly"] as const) };
    case "statement":
      return {
        fault: "statement",
        instance,
        fate: random.pick(["before-any", "before-commit", "after-commit"] as const),
      };
    case "commit":
      return { fault: "commit", instance };
  }
}
