import { Random } from "../kernel/random.js";
import { openingBundles } from "./bundling.js";
import { CHOOSING, openingChoices } from "./choosing.js";
import { CLAIMING } from "./claiming.js";
import { DISTURBING } from "./disturbing.js";
import { EXPECTING } from "./expecting.js";
import { faultsOf } from "./faults.js";
import { LIMITING, openingLimits } from "./limiting.js";
import { LOOKING } from "./looking.js";
import { PROMOTING } from "./promoting.js";
import { RIGHTING } from "./righting.js";
import { openingRules, RULING } from "./ruling.js";
import type { Move, Script } from "./script.js";
import { SELLING } from "./selling.js";
import type { Drawn, Shop } from "./shop.js";
import { openingKept } from "./sourcing.js";
import { morningTakes, STOCKTAKING } from "./stocktaking.js";
import { TRANSFERRING } from "./transferring.js";
import { UPLOADING } from "./uploading.js";
import { openingStock, WAREHOUSING } from "./warehousing.js";

/** A move per so many steps. */
const STEPS_PER_MOVE = 4;
/** Every so many seeds a day on which there is enough for everybody. */
const SEEDS_PER_AMPLE_DAY = 10;

/** All that the outside may do, by feature. */
const FEATURES: readonly Readonly<Record<string, Drawn>>[] = [
  SELLING,
  WAREHOUSING,
  TRANSFERRING,
  UPLOADING,
  CLAIMING,
  EXPECTING,
  RIGHTING,
  RULING,
  LIMITING,
  CHOOSING,
  PROMOTING,
  LOOKING,
  STOCKTAKING,
  DISTURBING,
];
const DRAWN: Readonly<Record<string, Drawn>> = Object.assign({}, ...FEATURES);
/** How much there is of a feature on a day: days differ in what they are about. */
const EMPHASES = [0.2, 0.6, 1, 3];

/** A script of `steps` steps that follows from the seed: few SKUs, small stock, many orders, facts out of order. */
export function generate(seed: number, steps: number, services: readonly string[]): Script {
  const random = new Random(`script ${seed}`);
  const ample = seed % SEEDS_PER_AMPLE_DAY === 0;
  const shop: Shop = {
    random,
    ample,
    bundles: [],
    skus: ["P", "q", "R"].slice(0, random.between(1, 3)),
    locations: ["w1", "w2"].slice(0, random.chance(0.3) ? 1 : 2),
    orders: new Map(),
    documents: 0,
    receipts: [],
    transfers: [],
    uploads: [],
    claims: [],
    announced: [],
    arrivals: [],
    rules: { priority: [], perDevice: null, perAddress: 1_000, sourcing: null, limits: new Map() },
  };
  const moves = opening(shop).map((move) => ({ step: 0, move }));
  for (const move of morningTakes(shop)) moves.push({ step: 1, move });
  const weights = temperOf(shop);
  for (let step = 1; step < steps; step++) {
    if (!random.chance(1 / STEPS_PER_MOVE)) continue;
    for (const move of DRAWN[random.weighted(weights)]!.moves(shop)) moves.push({ step, move });
  }
  const faults = faultsOf(random.fork("faults"), steps);
  return { seed, steps, services, ...(ample ? { ample } : {}), moves, faults };
}

function opening(shop: Shop): Move[] {
  const defined = shop.locations.map((location): Move => ({ do: "define", location }));
  const listed = shop.skus.map((sku): Move => ({ do: "list", sku, active: true }));
  const bundled = openingBundles(shop);
  const rules = openingRules(shop);
  rules.push(...openingChoices(shop, rules));
  return [
    ...defined,
    ...listed,
    ...bundled,
    ...rules,
    ...openingLimits(shop),
    ...openingKept(shop),
    ...openingStock(shop),
  ];
}

/** Each day has a temper of its own: some are about transfers, some never see damage, some hardly ship. */
function temperOf({ random, ample }: Shop): Record<string, number> {
  const weights = FEATURES.flatMap((feature) => {
    const emphasis = random.pick(EMPHASES);
    return Object.entries(feature).map(([name, drawn]): [string, number] => {
      const today = drawn.always === true || random.chance(0.75);
      return [name, today && (!ample || drawn.ample === true) ? drawn.weight * emphasis : 0];
    });
  });
  return Object.fromEntries(weights);
}
