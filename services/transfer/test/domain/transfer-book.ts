import type { Leg } from "@septet/stock-contracts";
import type { Accounts } from "../../src/domain/accounts.js";
import type { Command, CreateTransfer, Dispatch, Receive, TakeReservation } from "../../src/domain/commands.js";
import { decide } from "../../src/domain/decide.js";
import type { Decision, Of } from "../../src/domain/decision.js";
import { type Shipment, type ShipmentLine, type Transfer, transferState } from "../../src/domain/transfer.js";
import type { KnownTransfer, World } from "../../src/domain/world.js";

export const NOW = 1_700_000_000_000;
export const ID = "t-1";

/** Transfers that remember: commands are decided on what earlier decisions left, as on the database. */
export class TransferBook {
  world: World = { now: NOW, transfers: new Map() };
  last!: Decision;
  /** The sum of all legs so far, those of the source's promises included, by location and account. */
  readonly legs = new Map<string, number>();
  readonly events: Decision["events"][number][] = [];

  /** One slice of commands. */
  do(...commands: Command[]): Decision {
    this.last = decide(this.world, commands);
    for (const command of commands) if (command.type === "TAKE_RESERVATION") this.#fold(command.legs as Leg[]);
    for (const movement of this.last.movements) this.#fold(movement.legs);
    this.events.push(...this.last.events);
    this.world = evolve(this.world, this.last);
    return this.last;
  }

  /** Moves the clock on. */
  wait(ms: number): void {
    this.world = { ...this.world, now: this.world.now + ms };
  }

  get outcome(): Decision["outcomes"][number] {
    return this.last.outcomes[0]!;
  }

  /** The code of the last refusal. */
  get refusal(): string | undefined {
    return this.outcome.outcome === "REFUSED" ? this.outcome.code : undefined;
  }

  known(id = ID): KnownTransfer {
    return this.world.transfers.get(id)!;
  }

  head(id = ID): Transfer {
    return this.known(id).head;
  }

  state(id = ID): string {
    return transferState(this.head(id));
  }

  pieces(lineId = "1", id = ID): Accounts {
    return this.known(id).lines.get(lineId)!.accounts;
  }

  shipment(shipmentId: string): Shipment {
    return this.known().shipments.get(shipmentId)!;
  }

  /** Pieces under way of a line, by shipment. */
  underWay(lineId = "1"): [string, number][] {
    const lines = this.known().underWay.get(lineId) ?? [];
    return lines.map((line): [string, number] => [line.shipmentId, line.open]).filter(([, open]) => open > 0);
  }

  /** What the legs so far come to in one bucket. */
  bucket(location: string, account: string): number {
    return this.legs.get(`${location} ${account}`) ?? 0;
  }

  /** The movements of the last slice, one short text each. */
  get movements(): string[] {
    return this.last.movements.map((movement) => {
      const legs = movement.legs.map((leg) => `${leg.location} ${leg.bucket}${leg.delta > 0 ? "+" : ""}${leg.delta}`);
      return `${movement.kind}: ${legs.join(", ")}`;
    });
  }

  /** The names of the events of the last slice. */
  get told(): string[] {
    return this.last.events.map((event) => event.name);
  }

  #fold(legs: readonly Leg[]): void {
    for (const { location, bucket, delta } of legs) {
      const key = `${location} ${bucket}`;
      this.legs.set(key, (this.legs.get(key) ?? 0) + delta);
    }
  }
}

function evolve(world: World, decision: Decision): World {
  const transfers = new Map(world.transfers);
  for (const head of [...decision.newTransfers, ...decision.changedTransfers]) {
    transfers.set(head.transferId, { ...(transfers.get(head.transferId) ?? empty(head)), head });
  }
  const change = (transferId: string, what: (known: KnownTransfer) => Partial<KnownTransfer>) => {
    const known = transfers.get(transferId)!;
    transfers.set(transferId, { ...known, ...what(known) });
  };
  for (const { transferId, row } of [...decision.newLines, ...decision.changedLines]) {
    change(transferId, ({ lines }) => ({ lines: new Map(lines).set(row.lineId, row) }));
  }
  for (const { transferId, row } of [...decision.newShipments, ...decision.changedShipments]) {
    change(transferId, ({ shipments }) => ({ shipments: new Map(shipments).set(row.shipmentId, row) }));
  }
  for (const line of [...decision.newShipmentLines, ...decision.changedShipmentLines]) {
    change(line.transferId, ({ underWay }) => ({ underWay: withLine(underWay, line) }));
  }
  for (const { transferId, row } of decision.newArrivals) {
    change(transferId, ({ arrivals }) => ({ arrivals: new Map(arrivals).set(row.arrivalId, row.content) }));
  }
  return { ...world, transfers };
}

const empty = (head: Transfer): KnownTransfer => ({
  head,
  lines: new Map(),
  shipments: new Map(),
  underWay: new Map(),
  arrivals: new Map(),
});

function withLine(underWay: KnownTransfer["underWay"], { row }: Of<ShipmentLine>): KnownTransfer["underWay"] {
  const others = (underWay.get(row.lineId) ?? []).filter((line) => line.shipmentId !== row.shipmentId);
  const before = (underWay.get(row.lineId) ?? []).findIndex((line) => line.shipmentId === row.shipmentId);
  const lines = before < 0 ? [...others, row] : others.toSpliced(before, 0, row);
  return new Map(underWay).set(row.lineId, lines);
}

export const SKU = "IPHONE";

/** A transfer from WUHAN to BEIJING of lines 1, 2, …, all of one SKU. */
export const create = (quantities: number[], more: Partial<CreateTransfer> = {}): CreateTransfer => ({
  type: "CREATE_TRANSFER",
  transferId: ID,
  content: JSON.stringify(quantities),
  source: "WUHAN",
  destination: "BEIJING",
  draft: false,
  allowPartial: true,
  expectedAt: null,
  reason: null,
  actor: "clerk",
  lines: quantities.map((quantity, index) => ({ lineId: String(index + 1), sku: SKU, quantity })),
  ...more,
});

/** The source promises pieces. */
export const promise = (quantity: number, more: Partial<TakeReservation> = {}): TakeReservation => ({
  type: "TAKE_RESERVATION",
  transferId: ID,
  lineId: "1",
  sku: SKU,
  source: "WUHAN",
  quantity,
  legs: [
    { location: "WUHAN", bucket: "sellable", delta: -quantity },
    { location: "WUHAN", bucket: "transferReserved", delta: quantity },
  ],
  ...more,
});

export const reject = (quantity: number, lineId = "1"): Command => ({
  type: "TAKE_REJECTION",
  transferId: ID,
  lineId,
  sku: SKU,
  quantity,
});

type Lines = Record<string, number>;
const piecesOf = (lines: Lines) => Object.entries(lines).map(([lineId, quantity]) => ({ lineId, quantity }));

export const dispatch = (shipmentId: string, lines: Lines | null = null, more: Partial<Dispatch> = {}): Dispatch => ({
  type: "DISPATCH",
  transferId: ID,
  shipmentId,
  content: JSON.stringify([shipmentId, lines]),
  lines: lines && piecesOf(lines),
  expectedAt: undefined,
  tracking: null,
  actor: "clerk",
  ...more,
});

type Judged = { sellable?: number; damaged?: number; lost?: number };

export const receive = (
  arrivalId: string,
  lines: Record<string, Judged> | null = null,
  more: Partial<Receive> = {},
): Receive => ({
  type: "RECEIVE",
  transferId: ID,
  arrivalId,
  named: true,
  content: JSON.stringify([arrivalId, lines]),
  shipmentId: null,
  location: null,
  lines: lines && Object.entries(lines).map(([lineId, one]) => ({ lineId, sellable: 0, damaged: 0, lost: 0, ...one })),
  actor: "clerk",
  ...more,
});

export const lose = (lines: Lines | null = null, shipmentId: string | null = null): Command => ({
  type: "LOSE",
  transferId: ID,
  shipmentId,
  lines: lines && piecesOf(lines),
  reason: null,
  actor: "clerk",
});

export const short = (lines: Lines, cause: "NOT_FOUND" | "DAMAGED" = "NOT_FOUND"): Command => ({
  type: "REPORT_SHORT",
  transferId: ID,
  lines: piecesOf(lines).map((line) => ({ ...line, cause })),
  actor: "clerk",
});

export const cancel = (lines: Record<string, number | null> | null = null): Command => ({
  type: "CALL_OFF",
  transferId: ID,
  lines: lines && Object.entries(lines).map(([lineId, quantity]) => ({ lineId, quantity })),
  asReturn: false,
  reason: null,
  actor: "clerk",
});

export const turnRound: Command = {
  type: "CALL_OFF",
  transferId: ID,
  lines: null,
  asReturn: true,
  reason: null,
  actor: "clerk",
};

export const expectAt = (expectedAt: number | null, version: number, shipmentId: string | null = null): Command => ({
  type: "EXPECT",
  transferId: ID,
  shipmentId,
  expectedAt,
  version,
});

/** A transfer of one line that its source has promised whole. */
export function promised(quantity: number, more: Partial<CreateTransfer> = {}): TransferBook {
  const book = new TransferBook();
  book.do(create([quantity], more));
  book.do(promise(quantity));
  return book;
}
