import { createLimiter } from "../platform/limiter.js";
import { type Answer, type ServiceClient, UnexpectedAnswer } from "../platform/service-client.js";
import { waitFor } from "../platform/wait.js";
import type { OpenFulfilment } from "./order-book.js";
import type { PlannedReturn, PlannedWriteOff } from "./plan.js";
import type { Pieces, Shelf } from "./shelf.js";

export interface FloorOptions {
  readonly client: ServiceClient;
  readonly shelf: Shelf;
  /** Returns and write-offs go to the first that takes them. */
  readonly warehouses: readonly [string, string];
  /** Calls at a time. */
  readonly concurrency: number;
  /** Whether an earlier run booked this document: what lies on the shelf counts it already. */
  bookedBefore(type: "return" | "damage", reference: string): boolean;
  onError(error: Error): void;
}

/** What the people in the warehouses did, in documents and pieces. */
export interface FloorAccount {
  returnsBooked: number;
  returnLines: number;
  returnPieces: number;
  writeOffsBooked: number;
  writeOffPieces: number;
  /** References of write-offs that the warehouse refused: the pieces are not on hand. */
  readonly writeOffsRefused: string[];
  fulfilmentsShipped: number;
}

/** How long the warehouse may take to hear of a request that we have heard of already. */
const REQUEST_KNOWN_MS = 180_000;

/** Plays the people in the two warehouses through the warehouse's HTTP: they pick, ship, take back and write off. */
export class WarehouseFloor {
  readonly account: FloorAccount = {
    returnsBooked: 0,
    returnLines: 0,
    returnPieces: 0,
    writeOffsBooked: 0,
    writeOffPieces: 0,
    writeOffsRefused: [],
    fulfilmentsShipped: 0,
  };
  private readonly options: FloorOptions;
  private readonly limited: ReturnType<typeof createLimiter>;
  private readonly underWay = new Set<Promise<void>>();
  private ended = false;

  constructor(options: FloorOptions) {
    this.options = options;
    this.limited = createLimiter(options.concurrency);
  }

  /** Picks and ships everything of the request that stays open. Returns at once. */
  fulfil(fulfilment: OpenFulfilment): void {
    this.begin(this.pickAndShip(fulfilment));
  }

  /** Books an invoice that takes goods back: every line judged sellable. Returns at once. */
  takeBack(planned: PlannedReturn): void {
    this.begin(this.bookReturn(planned));
  }

  /** Books a line as damage and disposes of it, where the pieces are. Returns at once. */
  writeOff(planned: PlannedWriteOff): void {
    this.begin(this.bookWriteOff(planned));
  }

  get busy(): number {
    return this.underWay.size;
  }

  /** Stops waiting for goods that do not come, and lets calls under way end. */
  async end(): Promise<void> {
    this.ended = true;
    this.options.shelf.wake();
    await Promise.all(this.underWay);
  }

  private begin(work: Promise<void>): void {
    const done = work.catch(this.options.onError).finally(() => this.underWay.delete(done));
    this.underWay.add(done);
  }

  private async pickAndShip(fulfilment: OpenFulfilment): Promise<void> {
    if (openLines(fulfilment).length === 0) return;
    await this.limited(() => this.pick(fulfilment));
    const taken = await this.takeFromShelf(fulfilment);
    if (taken) await this.limited(() => this.ship(fulfilment, taken));
  }

  private async pick({ fulfilmentId }: OpenFulfilment): Promise<void> {
    const path = `/v1/fulfilments/${encodeURIComponent(fulfilmentId)}/pick`;
    await waitFor(
      `the warehouse to know fulfilment ${fulfilmentId}`,
      async () => {
        // 409: picked, shipped or cancelled before; shipping will tell.
        const { status } = await this.options.client.post(path, `replay:pick:${fulfilmentId}`, {}, [404, 409]);
        return status !== 404;
      },
      { timeoutMs: REQUEST_KNOWN_MS },
    );
  }

  /** The open lines once they lie on the shelf; undefined when nothing is open any more. */
  private async takeFromShelf(fulfilment: OpenFulfilment): Promise<Pieces[] | undefined> {
    const { shelf } = this.options;
    while (!this.ended) {
      const lines = openLines(fulfilment);
      if (lines.length === 0) return undefined;
      if (shelf.take(fulfilment.location, lines)) return lines;
      await shelf.change();
    }
    return undefined;
  }

  private async ship({ fulfilmentId, location }: OpenFulfilment, taken: Pieces[]): Promise<void> {
    const path = `/v1/fulfilments/${encodeURIComponent(fulfilmentId)}`;
    const { client, shelf } = this.options;
    let left: Pieces[] = taken;
    try {
      const answer = await client.post(`${path}/ship`, `replay:ship:${fulfilmentId}`, {}, [409]);
      const { body } = answer.status === 409 ? await client.get(path) : answer;
      // What was cancelled between taking and shipping goes back to the shelf.
      left = leftOver(taken, body);
      if (answer.status !== 409) this.account.fulfilmentsShipped += 1;
    } finally {
      shelf.put(location, left);
      shelf.handedOver(location, taken);
    }
  }

  private async bookReturn({ reference, lines }: PlannedReturn): Promise<void> {
    const { client, shelf, warehouses } = this.options;
    const [location] = warehouses;
    const before = this.options.bookedBefore("return", reference);
    const body = {
      location,
      reference,
      lines: lines.map(({ sku, quantity }) => ({ sku, sellable: quantity, unsellable: 0, missing: 0 })),
    };
    await this.limited(() => client.post("/v1/returns", `replay:return:${reference}`, body));
    if (!before) shelf.put(location, lines);
    this.account.returnsBooked += 1;
    this.account.returnLines += lines.length;
    this.account.returnPieces += lines.reduce((sum, line) => sum + line.quantity, 0);
  }

  private async bookWriteOff(planned: PlannedWriteOff): Promise<void> {
    for (const location of this.options.warehouses) {
      if (!(await this.bookDamage(planned, location))) continue;
      await this.limited(() => this.document("disposal", planned, location));
      this.account.writeOffsBooked += 1;
      this.account.writeOffPieces += planned.line.quantity;
      return;
    }
    this.account.writeOffsRefused.push(planned.reference);
  }

  /** False when the pieces are not on hand there. */
  private bookDamage(planned: PlannedWriteOff, location: string): Promise<boolean> {
    const { sku, quantity } = planned.line;
    const { shelf } = this.options;
    return shelf.whileStill(location, sku, () =>
      this.limited(async () => {
        const before = this.options.bookedBefore("damage", planned.reference);
        const answer = await this.document("damage", planned, location);
        if (answer.status === 409 && isNotOnHand(answer)) return false;
        if (answer.status === 409) throw new UnexpectedAnswer(`write-off ${planned.reference}`, answer);
        if (!before) shelf.remove(location, sku, quantity);
        return true;
      }),
    );
  }

  private document(kind: "damage" | "disposal", planned: PlannedWriteOff, location: string): Promise<Answer> {
    const { reference, line } = planned;
    const body = { location, reference, reason: "written off in the order log", lines: [piecesOf(line)] };
    const expect = kind === "damage" ? [409] : [];
    return this.options.client.post(`/v1/${kind}s`, `replay:${kind}:${location}:${reference}`, body, expect);
  }
}

function isNotOnHand({ body }: Answer): boolean {
  return String(body?.type).endsWith("not-on-hand");
}

function piecesOf({ sku, quantity }: Pieces): Pieces {
  return { sku, quantity };
}

function openLines(fulfilment: OpenFulfilment): Pieces[] {
  return [...fulfilment.open.values()].filter((line) => line.quantity > 0).map(piecesOf);
}

/** Pieces per SKU that were taken from the shelf and are not on their way out. */
function leftOver(taken: readonly Pieces[], fulfilment: Answer["body"]): Pieces[] {
  const left = new Map<string, number>();
  for (const { sku, quantity } of taken) left.set(sku, (left.get(sku) ?? 0) + quantity);
  const lines: { sku: string; shipped: number }[] = fulfilment.lines;
  for (const { sku, shipped } of lines) left.set(sku, (left.get(sku) ?? 0) - shipped);
  return [...left].map(([sku, quantity]) => ({ sku, quantity })).filter((line) => line.quantity > 0);
}
