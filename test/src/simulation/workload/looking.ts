import type { OutsideWorld } from "./outside-world.js";
import { orderOf } from "./selling.js";
import type { Drawn, Shop } from "./shop.js";

/** Somebody looks something up. */
export interface Look {
  readonly do: "look";
  readonly service: string;
  readonly path: string;
}

export const LOOKING: Readonly<Record<string, Drawn>> = {
  look: { weight: 3, ample: true, moves: (shop) => [look(shop)] },
};

function look(shop: Shop): Look {
  const { random } = shop;
  const sku = random.pick(shop.skus);
  const location = random.pick(shop.locations);
  const [service, path] = random.pick<readonly [string, string]>([
    ["order-reservation", "/v1/balances"],
    ["warehouse", "/v1/balances"],
    ["order-reservation", `/v1/balances?sku=${sku}`],
    ["order-reservation", `/v1/reservations/${orderOf(shop, 1)}`],
    ["order-reservation", `/v1/reservations?sku=${sku}&limit=3`],
    ["order-reservation", "/v1/policies"],
    ["order-reservation", "/v1/policies/default"],
    ["warehouse", `/v1/fulfilments?location=${location}`],
    ["warehouse", `/v1/fulfilments/${encodeURIComponent(`${orderOf(shop, 1)}/1`)}`],
    ["warehouse", "/v1/warehouses"],
    ["warehouse", `/v1/warehouses/${location}`],
    ["transfer", "/v1/balances"],
    ["transfer", "/v1/in-transit"],
    ["transfer", `/v1/transfers?sku=${sku}&location=${location}`],
    ["transfer", `/v1/transfers/t${random.between(1, 6)}`],
    ["transfer", "/v1/suggestions"],
    ["ledger", "/v1/stock"],
    ["ledger", `/v1/stock/${sku}`],
    ["ledger", `/v1/stock/${sku}/movements?limit=50`],
  ]);
  return { do: "look", service, path };
}

export const lookingDone = {
  look: (outside: OutsideWorld, move: Look) => {
    outside.request(move, move.service, { method: "GET", path: move.path });
  },
};
