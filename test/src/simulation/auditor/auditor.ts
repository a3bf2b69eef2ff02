import type { SimulatedBroker } from "@septet/messaging";
import type { Script } from "../workload/script.js";
import type { History } from "../world/history.js";
import { booksRules } from "./books-rules.js";
import { bundleRules } from "./bundle-rules.js";
import { callerRules } from "./caller-rules.js";
import { carriageRules } from "./carriage-rules.js";
import { claimRules } from "./claim-rules.js";
import { expectingRules } from "./expecting-rules.js";
import { Findings } from "./findings.js";
import { limitRules } from "./limit-rules.js";
import { lookingRules } from "./looking-rules.js";
import { movementRules } from "./movement-rules.js";
import { orderRules } from "./order-rules.js";
import { policyRules } from "./policy-rules.js";
import { promotionRules } from "./promotion-rules.js";
import { recountRules } from "./recount-rules.js";
import { restRules } from "./rest-rules.js";
import { rightingRules } from "./righting-rules.js";
import { salesRules } from "./sales-rules.js";
import { shortageRules } from "./shortage-rules.js";
import { sourcingRules } from "./sourcing-rules.js";
import { stocktakeRules } from "./stocktake-rules.js";
import type { Tables } from "./tables.js";
import { transferRules } from "./transfer-rules.js";
import { uploadRules } from "./upload-rules.js";
import { warehouseRules } from "./warehouse-rules.js";

/** All that an auditor may look at: what went in, what came out, and the tables at rest. */
export interface Evidence {
  readonly history: History;
  readonly tables: Tables;
  readonly broker: SimulatedBroker;
  /** Simulated time at rest, epoch ms. */
  readonly now: number;
  readonly script: Script;
}

const RULES = [
  callerRules,
  movementRules,
  orderRules,
  policyRules,
  bundleRules,
  limitRules,
  shortageRules,
  sourcingRules,
  promotionRules,
  booksRules,
  lookingRules,
  warehouseRules,
  uploadRules,
  claimRules,
  expectingRules,
  rightingRules,
  transferRules,
  carriageRules,
  recountRules,
  salesRules,
  stocktakeRules,
  restRules,
];

/**
 * Says what must be true and is not, in the words of the product. Shares no code with the services: it adds up legs and
 * facts by itself, from the messages, answers and tables alone.
 */
export function examine(evidence: Evidence): string[] {
  const findings = new Findings();
  for (const rules of RULES) rules(evidence, findings);
  return findings.all;
}
