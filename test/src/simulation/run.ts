import { examine } from "./auditor/auditor.js";
import { type EndState, endStateOf } from "./auditor/end-state.js";
import { readTables } from "./auditor/tables.js";
import type { Templates } from "./database/templates.js";
import { OutsideWorld } from "./workload/outside-world.js";
import type { Fault, Script } from "./workload/script.js";
import type { Witnessed } from "./world/history.js";
import type { AnyDefinition } from "./world/instance.js";
import { World } from "./world/world.js";

/** Steps that the world may need to come to rest, before it is said that it does not: also with a slow instance and much to do. */
const REST_WITHIN_STEPS = 60_000;
/** Checked now and then: it asks the databases. */
const REST_LOOK_STEPS = 25;
/** At the end nothing must happen for so long although time passes, ms. */
const QUIET_MS = 1_000;
/** How long a jump in time is left to the sweepers, and when they look again. */
const STEPS_AFTER_JUMP = 240;
const SECOND_LOOK_MS = 1_100;
/** Past every hold and the grace for payments, ms. */
const PAST_EVERYTHING_MS = 150 * 60_000;
/** What a displaced relay still has of what it sent. */
const RECENT_MESSAGES = 12;
/** On which orders ask the warehouse, and it answers. */
const DIALOGUE = "stock.fulfilments.v1";

export interface RunOptions {
  readonly script: Script;
  readonly services: ReadonlyMap<string, () => AnyDefinition>;
  readonly templates: Templates;
  readonly print?: (line: string) => void;
}

export interface RunResult {
  /** Broken statements in the words of the product; none when all is well. */
  readonly findings: readonly string[];
  readonly steps: number;
  readonly fingerprint: string;
  readonly trace: readonly string[];
  readonly messages: number;
  /** How the day ended, when it was audited. */
  readonly end: EndState;
}

/** Plays a script to its end and beyond, until everything rests, and has it audited. */
export async function run(o: RunOptions): Promise<RunResult> {
  const services = new Map([...o.services].filter(([name]) => o.script.services.includes(name)));
  const world = await World.open({ ...o, services, seed: o.script.seed });
  const rejected = (reason: unknown) => {
    world.findings.push(
      `no service fails by itself: a rejection was handled by nobody: ${reason instanceof Error ? reason.message : String(reason)}`,
    );
  };
  process.on("unhandledRejection", rejected);
  try {
    const { findings, end } = await play(world, o.script);
    const { steps } = world.scheduler;
    const messages = world.history.witnessed.length;
    return { findings, steps, fingerprint: world.trace.fingerprint(), trace: world.trace.lines, messages, end };
  } finally {
    await world.close();
    process.off("unhandledRejection", rejected);
  }
}

const NO_END: EndState = new Map();

async function play(world: World, script: Script): Promise<Pick<RunResult, "findings" | "end">> {
  const outside = new OutsideWorld(world);
  const day = new Day(world, script);
  for (const instance of world.instances) instance.start();
  for (let steps = 0; steps < REST_WITHIN_STEPS && !world.instances.every((instance) => instance.up); steps++)
    await world.step();
  const opening = script.moves.filter(({ step }) => step === 0).map(({ move }) => move);
  for (const move of opening) if (move.do !== "book") outside.perform(move);
  // Goods are booked into warehouses that stand.
  await answered(world, outside);
  for (const move of opening) if (move.do === "book") outside.perform(move);
  let rested = await rest(world, outside, day, 0);
  const begin = world.scheduler.steps;
  const moves = script.moves.filter(({ step }) => step > 0);
  let next = 0;
  for (let step = 1; rested && step <= script.steps; step++) {
    for (; next < moves.length && moves[next]!.step <= step; next++) {
      const { move } = moves[next]!;
      outside.perform(move);
      if (move.do === "jump" || move.do === "jumpToEnd") await passQuietly(world, day);
    }
    await day.dawn(step);
    await outside.insist();
    if (!(await world.step())) await day.comeBack();
    if (world.findings.length > 0) break;
  }
  world.trace.line(`${world.scheduler.steps} the day is over after ${world.scheduler.steps - begin} steps`);
  await day.end();
  // Fulfilments that nobody answers keep their pieces; time passes every deadline, and everything periodic is due.
  for (const jump of [0, PAST_EVERYTHING_MS]) {
    if (!rested || world.findings.length > 0) break;
    // What was answered late is told again as well.
    if (jump > 0) for (const { fault } of script.faults) if (fault.fault === "echo") echo(world, fault.nth);
    world.scheduler.jump(jump);
    rested = await rest(world, outside, day, jump === 0 ? 0 : QUIET_MS);
    while (rested && world.findings.length === 0 && (await outside.counters.countReopened())) {
      rested = await rest(world, outside, day, 0);
    }
  }
  if (world.findings.length > 0) return { findings: [...world.findings], end: NO_END };
  if (!rested) {
    const waiting = (await waitsFor(world, outside)).join("; ");
    return { findings: [`it does not come to rest: ${waiting}`], end: NO_END };
  }
  const tables = await readTables(world.inspector);
  const { history, broker } = world;
  const findings = examine({ history, tables, broker, now: world.scheduler.now, script });
  return { findings, end: endStateOf(tables) };
}

/** After a jump the sweepers get round to it before anybody says something new: twice, for what needs two looks. */
async function passQuietly(world: World, day: Day): Promise<void> {
  for (let step = 1; step <= STEPS_AFTER_JUMP; step++) {
    await day.restart();
    await world.step();
    if (step === STEPS_AFTER_JUMP / 2) world.scheduler.jump(SECOND_LOOK_MS);
  }
}

async function answered(world: World, outside: OutsideWorld): Promise<void> {
  for (let steps = 0; steps < REST_WITHIN_STEPS && outside.unanswered > 0; steps++) {
    await outside.insist();
    await world.step();
  }
}

/** Everything done, read, published and answered; true when it came to that. */
async function rest(world: World, outside: OutsideWorld, day: Day, quietMs: number): Promise<boolean> {
  world.scheduler.hasty = true;
  let quietSince: number | undefined;
  try {
    for (let steps = 0; steps < REST_WITHIN_STEPS; steps++) {
      if (world.findings.length > 0) return true;
      await day.restart();
      await outside.insist();
      if (!(await world.step()) && !(await day.comeBack())) return false;
      if (steps % REST_LOOK_STEPS > 0 && quietSince === undefined) continue;
      if ((await waitsFor(world, outside)).length > 0) quietSince = undefined;
      else quietSince ??= world.scheduler.now;
      if (quietSince !== undefined && world.scheduler.now - quietSince >= quietMs && isStill(world)) return true;
    }
    return false;
  } finally {
    world.scheduler.hasty = false;
  }
}

const isStill = (world: World): boolean => world.scheduler.idle && world.server.inTransaction.length === 0;

/** What is still to come: requests to answer, messages to read, rows to publish. */
async function waitsFor({ broker, inspector }: World, outside: OutsideWorld): Promise<string[]> {
  const open = outside.unanswered > 0 ? [`${outside.unanswered} requests are unanswered`] : [];
  for (const [groupId, group] of broker.groups) {
    for (const topic of group.topics) {
      for (const [partition, end] of broker.endOffsets(topic)) {
        const committed = group.committed({ topic, partition }) ?? 0;
        if (committed < end) open.push(`${groupId} is at ${committed} of ${end} on ${topic}/${partition}`);
      }
    }
  }
  if (open.length > 0) return open;
  const rows = await inspector.unpublished();
  return rows > 0 ? [`${rows} rows are unpublished`] : [];
}

/** What becomes of a frozen instance: first others notice, then (`ageMs` 0) it wakes up. */
interface Thaw {
  readonly step: number;
  readonly instance: number;
  readonly ageMs: number;
  readonly evicted: boolean;
}

/** What goes wrong on a day, and who comes back from it when. */
class Day {
  readonly #world: World;
  readonly #faults: readonly { readonly step: number; readonly fault: Fault }[];
  #next = 0;
  readonly #thaws: Thaw[] = [];
  readonly #returns = new Map<number, number>();

  constructor(world: World, script: Script) {
    this.#world = world;
    this.#faults = script.faults;
  }

  async dawn(step: number): Promise<void> {
    for (const thaw of this.#thaws.filter((one) => one.step === step)) this.#thaw(thaw);
    for (; this.#next < this.#faults.length && this.#faults[this.#next]!.step <= step; this.#next++) {
      await this.#strike(this.#faults[this.#next]!.fault, step);
    }
    await this.restart();
  }

  /** Starts again whoever is due. */
  async restart(): Promise<void> {
    for (const [number, instance] of this.#world.instances.entries()) {
      if (!instance.process.dead) continue;
      if ((this.#returns.get(number) ?? 0) <= this.#world.scheduler.awakeMs) instance.start();
    }
  }

  /** Where everybody is down, time passes until the first comes back. False when nobody is down, so nothing will happen. */
  async comeBack(): Promise<boolean> {
    const { instances, scheduler } = this.#world;
    const due = [...instances.entries()].flatMap(([number, { process }]) =>
      process.dead ? [this.#returns.get(number) ?? 0] : [],
    );
    if (due.length === 0) return false;
    scheduler.wait(Math.max(0, Math.min(...due) - scheduler.awakeMs));
    await this.restart();
    return true;
  }

  /** Nothing more goes wrong, and who was frozen wakes up. */
  async end(): Promise<void> {
    this.#world.faults.disarm();
    for (const instance of this.#world.instances) instance.process.frozen = false;
  }

  async #strike(fault: Fault, step: number): Promise<void> {
    const { scheduler, trace, faults, broker, instances } = this.#world;
    trace.line(`${scheduler.steps} +${scheduler.awakeMs} fault ${JSON.stringify(fault)}`);
    if (fault.fault === "rebalance") {
      for (const group of broker.groups.values()) group.deal(fault.first);
      return;
    }
    if (fault.fault === "echo") {
      echo(this.#world, fault.nth);
      return;
    }
    const number = fault.instance % instances.length;
    const instance = instances[number]!;
    switch (fault.fault) {
      case "crash":
        this.#returns.set(number, scheduler.awakeMs + fault.backAfterMs);
        await instance.crash();
        break;
      case "stop":
        this.#returns.set(number, scheduler.awakeMs + fault.backAfterMs);
        instance.stop();
        break;
      case "freeze":
        instance.process.frozen = true;
        // The server notices half-way, so that others can take over before the frozen one wakes up.
        this.#thaws.push({
          step: step + Math.ceil(fault.forSteps / 2),
          instance: number,
          ageMs: fault.forMs,
          evicted: fault.evicted === true,
        });
        this.#thaws.push({ step: step + fault.forSteps, instance: number, ageMs: 0, evicted: false });
        break;
      case "publish":
        faults.armPublish(instance.name, fault.fate);
        break;
      case "statement":
        faults.armStatement(instance.name, fault.fate);
        break;
      case "commit":
        faults.armCommit(instance.name);
        break;
    }
  }

  #thaw({ instance, ageMs, evicted }: Thaw): void {
    const frozen = this.#world.instance(instance);
    if (ageMs === 0) frozen.process.frozen = false;
    else this.#world.server.age(frozen.process, ageMs);
    if (evicted) frozen.evict();
  }
}

/**
 * A displaced relay sends once more what was sent before: something recent, or the last of a kind, or the last of a kind by
 * which services ask and answer one another. Most messages are movements; the others are told again as often as they.
 */
function echo({ history, broker, scheduler }: World, nth: number): void {
  const ours = history.witnessed.filter(({ message }) => message.topic.startsWith("stock.") && message.key !== null);
  const answers = ours.filter(({ message }) => message.topic === DIALOGUE);
  const candidates = [ours.slice(-RECENT_MESSAGES), lastOfEachKind(ours), lastOfEachKind(answers)][nth % 3]!;
  const sent = candidates.at(-1 - (Math.floor(nth / 3) % Math.max(1, candidates.length)));
  if (sent === undefined) return;
  const { topic, key, value, headers } = sent.message;
  broker.append({ topic, key: key!, value, headers }, scheduler.now);
}

const lastOfEachKind = (messages: readonly Witnessed[]): Witnessed[] => [
  ...new Map(messages.map((one) => [one.record?.name, one])).values(),
];
