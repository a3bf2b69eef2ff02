import type { Loss } from "../world/history.js";
import type { Asking, OutsideWorld } from "./outside-world.js";
import { piecesOnShelf } from "./shelf.js";
import type { Take } from "./stocktaking.js";
import { fulfilmentPath } from "./warehousing.js";

type Phase = "TO_COUNT" | "LOOKED" | "COUNTING" | "DOUBTED" | "COUNTED" | "APPROVING" | "DONE";

/** A line in the hands of its counter. */
interface Line {
  readonly take: Take;
  readonly stocktakeId: string;
  readonly sku: string;
  phase: Phase;
  wrong: number;
  asking: Asking | undefined;
  /** When it was counted last, epoch ms, and from which step on it is gone on with. */
  countedAt: number;
  due: number;
  /** How often it made no sense. */
  doubts: number;
}

/** So often a clerk looks at what makes no sense. */
const PATIENCE_LOOKS = 300;

/**
 * Clerks who count what truly lies there, an operator who approves it, and what vanishes without anybody telling.
 *
 * A clerk who tells the moment of the count looks at any time and tells later what lay there; one who does not closes the
 * shelf, waits until nobody is at it, and opens it when the count is answered: what was asked meanwhile comes after it.
 */
export class Counters {
  readonly #outside: OutsideWorld;
  readonly #opening: { readonly take: Take; readonly asking: Asking }[] = [];
  readonly #lines: Line[] = [];
  readonly #toLose: { readonly sku: string; readonly location: string }[] = [];
  readonly #missed: { readonly loss: Loss; readonly asking: Asking }[] = [];

  constructor(outside: OutsideWorld) {
    this.#outside = outside;
  }

  /** Somebody still counts, or waits for an approval. */
  get busy(): boolean {
    return this.#opening.length > 0 || this.#lines.some(({ phase }) => phase !== "DONE");
  }

  begin(take: Take): void {
    const { location, skus, all } = take;
    const body = all ? { location, all } : { location, skus };
    const asking = this.#outside.request(take, "warehouse", { method: "POST", path: "/v1/stocktakes", body });
    if (asking.open) this.#opening.push({ take, asking });
  }

  lose(sku: string, location: string): void {
    this.#toLose.push({ sku, location });
  }

  /** A picker misses what vanished and no approved count has told, of a fulfilment that lies there. */
  miss(move: { readonly do: "miss" }): void {
    const { history } = this.#outside.world;
    for (const { value } of history.records("FulfilmentRequested")) {
      const { fulfilmentId, location } = value;
      const [line] = value.lines;
      const loss = history.losses.find((one) => one.sku === line?.sku && one.location === location && isUntold(one));
      if (loss === undefined || this.#missed.some((one) => one.loss === loss && one.asking.open)) continue;
      if (this.#isJudged(loss)) continue;
      const body = { lines: [{ lineId: line!.lineId, sku: line!.sku, quantity: 1, cause: "NOT_FOUND" }] };
      const path = fulfilmentPath(fulfilmentId, "short");
      this.#missed.push({ loss, asking: this.#outside.request(move, "warehouse", { method: "POST", path, body }) });
      return;
    }
  }

  /** Whether the shelf that a request is about is closed for the moment. */
  closes(asking: Asking): boolean {
    return this.#lines.some((line) => this.#isClosed(line) && this.#outside.isAt(asking, line.sku, line.take.location));
  }

  /** Goes on with whatever was answered. */
  async work(): Promise<void> {
    for (const one of this.#missed) {
      if (!one.asking.open && one.loss.toldAt === null && isDone(one.asking)) one.loss.toldAt = this.#now;
    }
    for (const { sku, location } of this.#toLose.splice(0)) await this.#loseNow(sku, location);
    for (const one of this.#opening.filter(({ asking }) => !asking.open)) this.#opened(one.take, one.asking);
    for (const line of this.#lines) if (line.asking?.open !== true) await this.#goOn(line);
  }

  /** At the end of the day: lines that were reopened are counted again. Returns whether there are any. */
  async countReopened(): Promise<boolean> {
    const { inspector } = this.#outside.world;
    if (!inspector.services.includes("warehouse")) return false;
    const rows = await inspector.query<{ stocktake_id: string; sku: string }>(
      "warehouse",
      "SELECT stocktake_id, sku FROM stocktake_line WHERE state = 'REOPENED' ORDER BY stocktake_id, sku",
    );
    for (const row of rows) {
      const line = this.#lines.find((one) => one.stocktakeId === row.stocktake_id && one.sku === row.sku);
      if (line !== undefined && !this.#isGivenUp(line)) line.phase = "TO_COUNT";
    }
    return this.busy;
  }

  get #now(): number {
    return this.#outside.world.scheduler.now;
  }

  async #loseNow(sku: string, location: string): Promise<void> {
    const { inspector, history } = this.#outside.world;
    if (!inspector.services.includes("warehouse")) return;
    if (this.#lines.some((line) => isAtShelf(line, sku, location))) return;
    if (((await piecesOnShelf(this.#outside.world, sku, location, this.#now)) ?? 0) < 1) return;
    history.losses.push({ sku, location, at: this.#now, toldAt: null, foundAt: null, counted: false, missedAt: 0 });
  }

  #opened(take: Take, asking: Asking): void {
    this.#opening.splice(
      this.#opening.findIndex((one) => one.asking === asking),
      1,
    );
    const answer = asking.exchange.answers.at(-1);
    if (answer?.status !== 201) {
      this.#wonder(asking);
      return;
    }
    const { stocktakeId } = answer.body as { stocktakeId: string };
    const due = this.#outside.world.scheduler.steps + take.countedAfter;
    for (const sku of take.skus) {
      const { wrong } = take;
      this.#lines.push({
        take,
        stocktakeId,
        sku,
        phase: "TO_COUNT",
        wrong,
        asking: undefined,
        countedAt: 0,
        due,
        doubts: 0,
      });
    }
  }

  async #goOn(line: Line): Promise<void> {
    if (line.phase === "TO_COUNT" || line.phase === "LOOKED") return this.#count(line);
    if (line.phase === "COUNTED") return this.#approve(line);
    if (line.phase === "DONE") return;
    const { status, body } = line.asking!.exchange.answers.at(-1)!;
    if (status !== 200) {
      line.phase = "DONE";
      return this.#wonder(line.asking!);
    }
    switch (line.phase) {
      case "COUNTING":
        line.phase = line.wrong === 0 ? "COUNTED" : "DOUBTED";
        line.due = this.#outside.world.scheduler.steps + line.take.approvedAfter;
        if (line.wrong !== 0) line.asking = this.#ask(line, "recount", { sku: line.sku });
        return;
      case "DOUBTED":
        line.wrong = 0;
        line.phase = "TO_COUNT";
        return;
      case "APPROVING": {
        const [told] = (body as { lines: { state: string }[] }).lines;
        line.phase = told!.state === "APPROVED" ? "DONE" : "TO_COUNT";
        if (line.phase === "DONE") this.#isCounted(line);
      }
    }
  }

  /** Looks at the shelf, and tells what lay there once whatever was asked about it by then is answered. */
  async #count(line: Line): Promise<void> {
    const { take, sku } = line;
    const { location } = take;
    if (line.phase === "TO_COUNT") {
      if (this.#outside.world.scheduler.steps < line.due || this.#missing(sku, location)) return;
      line.phase = "LOOKED";
      line.countedAt = this.#now;
    }
    if (!take.told) line.countedAt = this.#now;
    if (!this.#outside.isQuiet(sku, location, line.countedAt)) return;
    const { history } = this.#outside.world;
    let pieces = await piecesOnShelf(this.#outside.world, sku, location, line.countedAt);
    if (pieces === undefined) return;
    const losses = history.losses.filter((one) => one.sku === sku && one.location === location && isThere(one));
    // What has left since was not lost after all, unless somebody has looked later and seen that it was.
    for (; pieces < 0; pieces++) {
      const loss = losses.findLast((one) => isThere(one) && one.missedAt <= line.countedAt);
      if (loss === undefined) {
        this.#giveUp(line);
        return;
      }
      loss.foundAt = line.countedAt;
    }
    for (const one of losses) {
      if (isThere(one) && one.at <= line.countedAt) one.missedAt = Math.max(one.missedAt, line.countedAt);
    }
    const picked = Math.min(1, pieces);
    const countedAt = take.told ? { countedAt: new Date(line.countedAt).toISOString() } : {};
    line.phase = "COUNTING";
    line.asking = this.#ask(line, "counts", { sku, shelf: pieces - picked + line.wrong, picked, ...countedAt });
  }

  /**
   * More has left than ever came: somebody has taken back goods in that were sold. What lies there cannot be said, unless it
   * comes right by itself before the clerk has lost patience.
   */
  #giveUp(line: Line): void {
    line.doubts += 1;
    if (line.doubts < PATIENCE_LOOKS) return;
    line.phase = "DONE";
    this.#outside.world.history.uncounted.add(JSON.stringify([line.sku, line.take.location]));
  }

  #approve(line: Line): void {
    const { sku, take } = line;
    if (this.#outside.world.scheduler.steps < line.due) return;
    if (this.#missing(sku, take.location)) return;
    line.phase = "APPROVING";
    line.asking = this.#ask(line, "approve", { sku, cause: "UNKNOWN" });
  }

  #ask({ take, stocktakeId }: Line, step: string, line: object): Asking {
    const path = `/v1/stocktakes/${stocktakeId}/${step}`;
    return this.#outside.request(take, "warehouse", { method: "POST", path, body: { lines: [line] } });
  }

  /** The approved count has told of what vanished before it. */
  #isCounted({ sku, take, countedAt }: Line): void {
    for (const loss of this.#outside.world.history.losses) {
      if (loss.sku === sku && loss.location === take.location && loss.at <= countedAt) loss.counted = true;
    }
  }

  /** While an approval is under way, or somebody has looked and not told yet, nobody else tells of a loss there. */
  #isJudged({ sku, location }: Loss): boolean {
    return this.#lines.some(
      (line) => isAtShelf(line, sku, location) || (line.phase === "APPROVING" && isOf(line, sku, location)),
    );
  }

  #isGivenUp({ sku, take }: Line): boolean {
    return this.#outside.world.history.uncounted.has(JSON.stringify([sku, take.location]));
  }

  #missing(sku: string, location: string): boolean {
    return this.#missed.some(({ loss, asking }) => asking.open && loss.sku === sku && loss.location === location);
  }

  /** By its counter, or because time has not gone on since he looked. */
  #isClosed(line: Line): boolean {
    if (line.phase !== "LOOKED" && line.phase !== "COUNTING") return false;
    return line.take.told ? line.countedAt >= this.#now : true;
  }

  #wonder({ exchange }: Asking): void {
    const said = JSON.stringify(exchange.answers.at(-1));
    this.#outside.world.findings.push(`what a counter tells is taken: ${exchange.path} ${said}`);
  }
}

const isUntold = ({ toldAt, foundAt, counted }: Loss): boolean => toldAt === null && foundAt === null && !counted;
const isDone = ({ exchange }: Asking): boolean => exchange.answers.some(({ status }) => status === 200);
const isThere = ({ toldAt, foundAt }: Loss): boolean => toldAt === null && foundAt === null;
const isOf = ({ sku, take }: Line, at: string, location: string): boolean => sku === at && take.location === location;
/** Its counter has looked and is not heard yet. */
const isAtShelf = (line: Line, sku: string, location: string): boolean =>
  (line.phase === "LOOKED" || line.phase === "COUNTING") && isOf(line, sku, location);
