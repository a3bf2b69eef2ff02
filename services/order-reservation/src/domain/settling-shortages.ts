import { type ChoiceRefusalCode, outcomeText, type RemedyKind, type SettledBy } from "@septet/stock-contracts";
import type { Command } from "./commands.js";
import type { Draft } from "./draft.js";
import { freeExpiredHolds } from "./expiring.js";
import { reasonAgainstMore } from "./limits.js";
import type { Order } from "./order.js";
import { clearNotHandled, publishReserved, raiseNotHandled, requestFulfilment } from "./outcome-events.js";
import type { Outcome } from "./outcomes.js";
import { isQuotaGone } from "./promotion-quota.js";
import { isSubstitute, remediesFor } from "./remedies.js";
import {
  isEscalated,
  isOwed,
  isSettled,
  type Remedy,
  type Settlement,
  type Shortage,
  shortageIdOf,
} from "./shortage.js";
import { type Source, source, type Want } from "./sourcing.js";

/** What is to be done about one shorted line. */
export interface Choice {
  lineId: string;
  kind: RemedyKind;
  /** The replacement, for EXCHANGE. */
  sku: string | null;
}

type Choosing = Extract<Command, { type: "ChooseRemedies" }>;

/** Pieces of a replacement, under the line that is made for them. */
interface Replacement extends Want {
  replaces: string;
}

/**
 * Carries out what was chosen for lines of a shortage: all of it or nothing. A replacement is reserved here and now; one that
 * is gone is answered with those left. What was settled stays settled: the same choice again changes nothing.
 */
export function chooseRemedies(draft: Draft, command: Choosing): Outcome {
  const { shortageId, by } = command;
  const order = draft.order(command.orderId);
  const shortage = order?.shortageList.find((one) => shortageIdOf(order.orderId, one) === shortageId);
  if (order === undefined || shortage === undefined) return refuse(draft, command, "UNKNOWN_SHORTAGE", null);
  const choices: Choice[] = [];
  for (const choice of command.choices) {
    const verdict = judge(draft, order, shortage, choice);
    if (verdict === "SAME_AGAIN") continue;
    if (verdict !== "POSSIBLE") return refuse(draft, command, verdict, choice.lineId);
    choices.push(choice);
  }
  if (choices.length === 0) return { type: "NOTHING", order };
  const replacements = replacementsOf(order, shortage, choices);
  const beyond = beyondLimits(draft, order, replacements);
  if (beyond !== undefined) return refuse(draft, command, beyond.code, beyond.lineId);
  const sources = sourcesOf(draft, order, replacements);
  if ("lacking" in sources) return refuse(draft, command, "REPLACEMENT_GONE", sources.lacking);
  exchange(draft, order, replacements, sources.found);
  settleLines(draft, order, shortage, by, choices);
  return { type: "SHORTAGE_SETTLED", order, shortageId, by };
}

type Acknowledging = Extract<Command, { type: "AcknowledgeShortage" }>;

/** Somebody of ours sees to a shortage: it escalates no longer, and still waits to be settled. The first who does stands. */
export function acknowledgeShortage(draft: Draft, { orderId, shortageId, by }: Acknowledging): Outcome {
  const order = draft.order(orderId);
  const shortage = order?.shortageList.find((one) => shortageIdOf(orderId, one) === shortageId);
  const refused = (code: ChoiceRefusalCode): Outcome => ({
    type: "CHOICE_REFUSED",
    order,
    code,
    lineId: null,
    lines: [],
  });
  if (order === undefined || shortage === undefined) return refused("UNKNOWN_SHORTAGE");
  if (isSettled(shortage) || shortage.acknowledged !== null) return { type: "NOTHING", order };
  if (!order.paid) return refused("NOT_PAID");
  if (isEscalated(shortage)) clearNotHandled(draft, order, shortage, `being handled by ${by}`);
  replace(order, { ...shortage, escalateAt: null, acknowledged: { at: draft.now, by } });
  return { type: "RECORDED", order };
}

/** From the sweeper: what nobody has chosen in time is paid back, and what nobody has handled within its time is told. */
export function settleOverdue(draft: Draft, order: Order | undefined): Outcome {
  if (order === undefined) return { type: "NOTHING", order };
  let outcome: Outcome = { type: "NOTHING", order };
  for (const shortage of order.shortageList) {
    if (!isOwed(order, shortage)) continue;
    if (shortage.decideBy <= draft.now) {
      const choices = shortage.lines.flatMap(({ lineId, settled }): Choice[] =>
        settled === null ? [{ lineId, kind: "REFUND", sku: null }] : [],
      );
      settleLines(draft, order, shortage, "DEFAULT", choices);
      outcome = { type: "SHORTAGE_SETTLED", order, shortageId: shortageIdOf(order.orderId, shortage), by: "DEFAULT" };
    } else if (shortage.escalateAt !== null && shortage.escalateAt <= draft.now) {
      raiseNotHandled(draft, order, shortage);
      replace(order, { ...shortage, escalateAt: null });
      if (outcome.type === "NOTHING") outcome = { type: "RECORDED", order };
    }
  }
  return outcome;
}

type Verdict = ChoiceRefusalCode | "POSSIBLE" | "SAME_AGAIN";

function judge(draft: Draft, order: Order, shortage: Shortage, { lineId, kind, sku }: Choice): Verdict {
  const line = shortage.lines.find((candidate) => candidate.lineId === lineId);
  if (line === undefined) return "UNKNOWN_LINE";
  if (line.settled !== null) {
    return line.settled.kind === kind && line.settled.sku === sku ? "SAME_AGAIN" : "ALREADY_SETTLED";
  }
  if (!order.paid) return "NOT_PAID";
  if (kind === "REFUND") return sku === null ? "POSSIBLE" : "NOT_OFFERED";
  const possible = sku !== null && !order.cancelAsked && isSubstitute(draft, order, line, sku);
  return possible ? "POSSIBLE" : "NOT_OFFERED";
}

function replacementsOf(order: Order, shortage: Shortage, choices: readonly Choice[]): Replacement[] {
  const taken = new Set(order.lines.map((line) => line.lineId));
  return choices.flatMap(({ lineId, sku }) => {
    const line = shortage.lines.find((candidate) => candidate.lineId === lineId);
    if (sku === null || line === undefined) return [];
    // An id of our own, whatever the order has called its lines.
    let id = `exchange-${shortage.number}-${shortage.lines.indexOf(line) + 1}`;
    while (taken.has(id)) id += "+";
    taken.add(id);
    return [{ lineId: id, sku, quantity: line.quantity, replaces: lineId }];
  });
}

/** The line whose replacement, those before it counted, is more than one order or customer may have. */
function beyondLimits(
  draft: Draft,
  order: Order,
  replacements: readonly Replacement[],
): { code: ChoiceRefusalCode; lineId: string } | undefined {
  const chosen = new Map<string, number>();
  for (const { sku, quantity, replaces } of replacements) {
    const pieces = (chosen.get(sku) ?? 0) + quantity;
    const code = reasonAgainstMore(draft, order, sku, pieces);
    if (code !== undefined) return { code, lineId: replaces };
    chosen.set(sku, pieces);
  }
  return undefined;
}

/** Where all of the replacements are, expired holds given back first; else the line whose replacement is gone. */
function sourcesOf(
  draft: Draft,
  order: Order,
  replacements: readonly Replacement[],
): { found: Source[] } | { lacking: string } {
  const soldOut = replacements.find(({ sku }) => isQuotaGone(draft, order, sku));
  if (soldOut !== undefined) return { lacking: soldOut.replaces };
  const rules = draft.rulesFor(order);
  const lackingAmong = (found: readonly Source[]) =>
    replacements.find(({ lineId, quantity }) => {
      const there = found.filter((one) => one.lineId === lineId);
      return there.reduce((pieces, one) => pieces + one.quantity, 0) < quantity;
    });
  const at = source(draft, replacements, rules);
  if (lackingAmong(at) === undefined) return { found: at };
  for (const { sku } of replacements) freeExpiredHolds(draft, sku, order.orderId);
  const found = source(draft, replacements, rules);
  const lacking = lackingAmong(found);
  return lacking === undefined ? { found } : { lacking: lacking.replaces };
}

/** The replacements become lines of the order: they are promised, asked for and sent like all others. */
function exchange(draft: Draft, order: Order, replacements: readonly Replacement[], found: readonly Source[]): void {
  if (replacements.length === 0) return;
  for (const { lineId, sku, quantity, replaces } of replacements) {
    const unitPriceMinor = order.lines.find((line) => line.lineId === replaces)?.unitPriceMinor ?? null;
    order.lines.push({
      lineId,
      sku,
      quantity,
      cancelled: 0,
      shorted: 0,
      unwanted: 0,
      unitPriceMinor,
      replaces,
      parts: null,
    });
  }
  for (const { lineId, sku, location, quantity } of found) draft.reserve(order, lineId, sku, location, quantity);
  order.state = "CONFIRMED";
  publishReserved(draft, order);
  requestFulfilment(draft, order);
}

function settleLines(draft: Draft, order: Order, shortage: Shortage, by: SettledBy, choices: readonly Choice[]): void {
  const settled = new Map<string, Settlement>();
  for (const { lineId, kind, sku } of choices) {
    const line = shortage.lines.find((candidate) => candidate.lineId === lineId);
    // What was offered holds, whatever the policy says by now: the refund stands first, and all carry one coupon.
    const offered = line?.remedies[0];
    const refundMinor = kind === "REFUND" ? (offered?.refundMinor ?? null) : null;
    settled.set(lineId, { kind, sku, refundMinor, couponMinor: offered?.couponMinor ?? null, by });
  }
  const lines = shortage.lines.map((line) => ({ ...line, settled: settled.get(line.lineId) ?? line.settled }));
  const after: Shortage = { ...shortage, lines };
  replace(order, after);
  draft.publish("OrderShortageSettled", {
    orderId: order.orderId,
    shortageId: shortageIdOf(order.orderId, shortage),
    lines: [...settled].map(([lineId, { kind, sku, refundMinor, couponMinor }]) => ({
      ...{ lineId, kind, sku, refundMinor, couponMinor },
      text: outcomeText("REMEDIED", kind, order.language),
    })),
    by,
    text: outcomeText("SETTLED", by, order.language),
  });
  if (isSettled(after) && isEscalated(shortage)) clearNotHandled(draft, order, after, "settled");
}

function replace(order: Order, shortage: Shortage): void {
  order.shortageList = order.shortageList.map((one) => (one.number === shortage.number ? shortage : one));
}

/** Nothing of a choice was carried out; whoever chose by a message is told by one, with what is left to choose. */
function refuse(draft: Draft, command: Choosing, code: ChoiceRefusalCode, lineId: string | null): Outcome {
  const order = draft.order(command.orderId);
  const shortage = order?.shortageList.find((one) => shortageIdOf(order.orderId, one) === command.shortageId);
  const open = shortage?.lines.filter(({ settled }) => settled === null) ?? [];
  const lines = open.map(({ lineId: id, sku, quantity }) => ({
    lineId: id,
    sku,
    remedies: order === undefined ? [] : remediesFor(draft, order, { lineId: id, sku, quantity }),
  }));
  if (command.answerByEvent) publishRefusal(draft, command, order, { code, lineId, lines });
  return { type: "CHOICE_REFUSED", order, code, lineId, lines };
}

/** What can still be chosen for a line. */
export interface RemediesLeft {
  lineId: string;
  sku: string;
  remedies: readonly Remedy[];
}

function publishRefusal(
  draft: Draft,
  { orderId, shortageId }: Choosing,
  order: Order | undefined,
  { code, lineId, lines }: { code: ChoiceRefusalCode; lineId: string | null; lines: readonly RemediesLeft[] },
): void {
  const text = outcomeText("NOT_CHOSEN", code, order?.language ?? null);
  const left = lines.map((line) => ({ ...line, remedies: [...line.remedies] }));
  draft.publish("ShortageChoiceRejected", { orderId, shortageId, lineId, code, text, lines: left });
}
