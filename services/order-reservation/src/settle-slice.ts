import type { Answer, LockPlan, UnitOfWork } from "@septet/service-kit";
import {
  claimState,
  keyReused,
  problemAnswer,
  replayed,
  StartOver,
  sqlState,
  takeMovements,
} from "@septet/service-kit";
import { outcomeText } from "@septet/stock-contracts";
import type { BundleMemo } from "./bundle-memo.js";
import {
  type Command,
  type Decided,
  decide,
  type Outcome,
  skusOf,
  substitutesKey,
  type Victims,
  type World,
} from "./domain/index.js";
import type { PolicyMemo } from "./policy-memo.js";
import type { SliceItem, SliceResult } from "./slice-item.js";
import { planSlice, type SlicePlan } from "./slice-plan.js";
import { addVictims, loadWorld, NO_VICTIMS_WANTED, type WantedVictims } from "./store/load-world.js";
import { withCounts } from "./store/with-counts.js";
import { withPromotions } from "./store/with-promotions.js";
import { writeDecision } from "./store/write-decision.js";

/** What settling needs of the service. */
export interface SettleOptions {
  readonly service: "order-reservation";
  readonly groupId: string;
  /** How long expiry waits for payments that cannot be read, at most, ms. */
  readonly paymentsGraceMs: number;
  /** How long after a promotion's end its locks wait, where they wait for the end, ms. */
  readonly promotionGraceMs: number;
  readonly memo: PolicyMemo;
  readonly bundles: BundleMemo;
  transact<R>(
    plan: (session: Parameters<typeof planSlice>[0]) => Promise<LockPlan>,
    work: (unit: UnitOfWork) => Promise<R>,
  ): Promise<R>;
}

/**
 * Settles a slice in one transaction: lock, drop what is known, load, decide, write, publish, commit. The decision is
 * made anew when it depends on victims that are not loaded, and the whole when the plan no longer fits under the locks.
 */
export async function settleSlice(o: SettleOptions, items: readonly SliceItem[]): Promise<SliceResult[]> {
  let plan: SlicePlan | undefined;
  let wanted: WantedVictims = NO_VICTIMS_WANTED;
  return o.transact(
    async (session) => {
      plan = await planSlice(session, items, o.service, o.memo, o.bundles);
      return plan.locks;
    },
    async (unit) => {
      if (plan === undefined) throw new Error("the slice was not planned");
      const results = items.map((): SliceResult => ({ outcome: undefined }));
      const live = await liveItems(unit, o, items, results);
      if (live.length > 0) {
        const commands = live.map(({ item }) => item.command);
        const loaded = await loadWorld(unit, plan, commands, o.paymentsGraceMs);
        o.memo.remember(loaded.policies, plan.skus);
        const lacking = o.bundles.learn(loaded);
        if (lacking !== undefined) throw new StartOver(`bundle ${lacking} has other parts than planned`);
        assertHeld(unit, loaded, plan);
        const promoted = await withPromotions(unit, loaded, plan, commands, o.promotionGraceMs);
        const world = await withCounts(unit, promoted, plan, commands, o.memo);
        const keepsCopy = (i: number) => live[i]?.item.request !== undefined;
        const decision = await decideWithVictims(unit, world, commands, keepsCopy, wanted, (more) => {
          wanted = more;
        });
        await writeDecision(unit, decision, unit.now).catch(startOverIfCreatedMeanwhile);
        publish(unit, decision, live);
        live.forEach(({ index }, i) => {
          results[index] = { outcome: decision.outcomes[i] };
        });
      }
      answerAll(unit, items, results);
      putAside(unit, items, results);
      const messages = items.flatMap((item) => item.message ?? []);
      unit.consumed(o.groupId, messages);
      return results;
    },
  );
}

interface LiveItem {
  item: SliceItem & { command: Command };
  index: number;
}

/** Items with something to decide that was not decided before. Answers of before are put into `results`. */
async function liveItems(
  unit: UnitOfWork,
  o: SettleOptions,
  items: readonly SliceItem[],
  results: SliceResult[],
): Promise<LiveItem[]> {
  const movements = items.flatMap((item) => item.movement ?? []);
  const fresh = new Set((await takeMovements(unit, o.service, movements)).fresh);
  const seen = new Set<string>();
  const live: LiveItem[] = [];
  items.forEach((item, index) => {
    const { command, movement, onceId, request } = item;
    if (movement !== undefined && !fresh.has(movement)) return;
    if (onceId !== undefined && (!unit.freshInbox.has(onceId) || seen.has(onceId))) return;
    if (onceId !== undefined) seen.add(onceId);
    if (request?.claim !== undefined) {
      const state = claimState(unit, request.claim);
      if (state.kind === "reused") results[index] = { outcome: undefined, answer: problemAnswer(keyReused()) };
      if (state.kind === "stored") results[index] = { outcome: undefined, answer: replayed(state.answer) };
      if (state.kind !== "fresh" || seen.has(request.claim.id)) return;
      seen.add(request.claim.id);
    }
    if (command !== undefined) live.push({ item: { ...item, command }, index });
  });
  return live;
}

/**
 * An order placed between plan and locks brings SKUs whose streams are not held; one created between locks and reading is
 * not held itself, and what is written over it would undo what its holder decides.
 */
function assertHeld(unit: Pick<UnitOfWork, "lockedRows">, world: World, plan: SlicePlan): void {
  if (world.orders.size > (unit.lockedRows.get("orders") ?? 0)) throw new StartOver("an order was created meanwhile");
  for (const orderId of plan.wholeOrders) {
    const order = world.orders.get(orderId);
    if (order != null && order.cartId !== null && !plan.cartIds.has(order.cartId)) {
      throw new StartOver(`order ${orderId} has another cart than planned`);
    }
    for (const sku of order === undefined ? [] : skusOf(order)) {
      if (!world.heldSkus.has(sku)) throw new StartOver(`order ${orderId} has other SKUs than planned`);
    }
  }
}

/**
 * Victims are locked once per transaction: when the decision made with them wants others still, the transaction starts
 * over and takes all of them at once.
 */
async function decideWithVictims(
  unit: UnitOfWork,
  world: World,
  commands: readonly Command[],
  keepsCopy: (index: number) => boolean,
  wanted: WantedVictims,
  remember: (wanted: WantedVictims) => void,
): Promise<Decided> {
  let victims: Victims = world.victims;
  let complete = world;
  if (wanted !== NO_VICTIMS_WANTED) {
    complete = await addVictims(unit, world, wanted);
    victims = complete.victims;
  }
  const first = decide(complete, commands, keepsCopy);
  if (first.type === "DECIDED") return first;
  const more = wantedAfter(wanted, first);
  remember(more);
  if (victims !== world.victims) throw new StartOver("the decision needs more victims");
  const second = decide(await addVictims(unit, world, more), commands, keepsCopy);
  if (second.type === "DECIDED") return second;
  remember(wantedAfter(more, second));
  throw new StartOver("the decision needs more victims");
}

function wantedAfter(wanted: WantedVictims, needs: WantedVictims): WantedVictims {
  const places = new Map(wanted.reservationsAt.map((place) => [JSON.stringify([place.sku, place.location]), place]));
  for (const place of needs.reservationsAt) {
    const key = JSON.stringify([place.sku, place.location]);
    const missing = Math.max(place.missing, places.get(key)?.missing ?? 0);
    places.set(key, { ...place, missing });
  }
  const expiredHoldsOf = [...new Set([...wanted.expiredHoldsOf, ...needs.expiredHoldsOf])];
  const substitutes = new Map(
    [...wanted.substitutesOf, ...needs.substitutesOf].map((one) => [substitutesKey(one), one]),
  );
  return { expiredHoldsOf, reservationsAt: [...places.values()], substitutesOf: [...substitutes.values()] };
}

/** Another slice has created the row of the same order or promotion since this one looked: it must be read and locked. */
function startOverIfCreatedMeanwhile(error: unknown): never {
  const { constraint } = error as { constraint?: unknown };
  if (sqlState(error) === "23505" && constraint === "orders_pkey")
    throw new StartOver("an order was created meanwhile");
  if (sqlState(error) === "23505" && constraint === "promotion_pkey")
    throw new StartOver("a promotion was created meanwhile");
  throw error;
}

function publish(unit: UnitOfWork, decision: Decided, live: readonly LiveItem[]): void {
  for (const effect of decision.effects) {
    const cause = live[effect.by]?.item;
    const options = cause?.headers === undefined ? undefined : { headers: cause.headers };
    if (effect.kind === "movement") {
      const draft = cause?.actor === undefined ? effect.draft : { ...effect.draft, actor: cause.actor };
      unit.record(draft, options);
    } else {
      // biome-ignore lint/suspicious/noExplicitAny: the domain's `publish` has checked the value against its name
      unit.publish(effect.name, effect.value as any, options);
    }
  }
}

function answerAll(unit: UnitOfWork, items: readonly SliceItem[], results: SliceResult[]): void {
  const answers = new Map<string, { bodyHash: string; answer: Answer }>();
  items.forEach(({ request }, index) => {
    const outcome: Outcome | undefined = results[index]?.outcome;
    if (request === undefined || outcome === undefined) return;
    const answer = request.answer(outcome);
    if (request.claim !== undefined) {
      unit.answer(request.claim, answer);
      answers.set(request.claim.id, { bodyHash: request.claim.bodyHash, answer });
    }
    results[index] = { outcome, answer };
  });
  // The same key twice in one slice: the second finds the first's answer now.
  items.forEach(({ request }, index) => {
    if (request?.claim === undefined || results[index]?.answer !== undefined) return;
    const state = claimState(unit, request.claim);
    if (state.kind === "stored") results[index] = { outcome: undefined, answer: replayed(state.answer) };
    if (state.kind === "reused") results[index] = { outcome: undefined, answer: problemAnswer(keyReused()) };
    if (results[index]?.answer !== undefined) return;
    // Not every answer is kept with its key, but who asked in the same slice gets it too.
    const here = answers.get(request.claim.id);
    const same = here?.bodyHash === request.claim.bodyHash;
    results[index] = { outcome: undefined, answer: same && here ? here.answer : problemAnswer(keyReused()) };
  });
}

/** Refused messages, orders that came under an id that is taken, and promotions that are over go to the dead letters. */
function putAside(unit: UnitOfWork, items: readonly SliceItem[], results: readonly SliceResult[]): void {
  items.forEach(({ message, refusal }, index) => {
    if (message === undefined) return;
    const outcome = results[index]?.outcome;
    if (refusal !== undefined) unit.deadLetter(message, refusal);
    else if (outcome?.type === "ORDER_CONFLICT") {
      const text = `order ${outcome.order.orderId} was decided with other lines`;
      unit.deadLetter(message, { code: "ORDER_CONFLICT", message: text });
    } else if (outcome?.type === "LOCK_REFUSED") {
      unit.deadLetter(message, { code: outcome.code, message: outcomeText("LOCK_REFUSED", outcome.code, null) });
    }
  });
}
