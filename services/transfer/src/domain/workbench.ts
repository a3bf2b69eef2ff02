import type { MovementDraft } from "@septet/stock-contracts";
import { type AccountChange, isFinal, plus } from "./accounts.js";
import { BalanceSheet } from "./balances.js";
import type { Decision, DomainEvent, Of } from "./decision.js";
import { lineChanged } from "./line-changed.js";
import type { Outcome } from "./outcomes.js";
import { arrivedEvent } from "./overdue.js";
import type { Arrival, Shipment, ShipmentLine, Transfer, TransferLine } from "./transfer.js";
import { transferState } from "./transfer.js";
import type { KnownTransfer, World } from "./world.js";

/** A transfer as the commands so far left it. */
interface Copy {
  readonly known: KnownTransfer | undefined;
  head: Transfer;
  readonly lines: Map<string, TransferLine>;
  readonly shipments: Map<string, Shipment>;
  /** By line, then by shipment, oldest first. */
  readonly underWay: Map<string, Map<string, ShipmentLine>>;
  readonly arrivals: Map<string, Arrival>;
  touched: Set<string>;
}

/** A working copy of the world and everything decided on it so far; later commands of a slice see the earlier ones. */
export class Workbench {
  readonly world: World;
  readonly balances = new BalanceSheet();
  readonly movements: MovementDraft[] = [];
  readonly events: DomainEvent[] = [];
  readonly #copies = new Map<string, Copy>();

  constructor(world: World) {
    this.world = world;
  }

  /** Takes down a movement of ours and applies its own legs. */
  record(movement: MovementDraft): void {
    this.balances.apply(movement.sku, movement.legs);
    this.movements.push(movement);
  }

  transfer(transferId: string): Transfer | undefined {
    return this.#copies.get(transferId)?.head ?? this.world.transfers.get(transferId)?.head;
  }

  line(transferId: string, lineId: string): TransferLine | undefined {
    return this.#copies.get(transferId)?.lines.get(lineId) ?? this.world.transfers.get(transferId)?.lines.get(lineId);
  }

  /** All lines that were loaded, in the order of the document. */
  lines(transferId: string): TransferLine[] {
    return [...this.#copy(transferId).lines.values()];
  }

  shipment(transferId: string, shipmentId: string): Shipment | undefined {
    return this.#copy(transferId).shipments.get(shipmentId);
  }

  shipments(transferId: string): Shipment[] {
    return [...this.#copy(transferId).shipments.values()];
  }

  /** What is under way of a line, oldest shipment first. */
  underWay(transferId: string, lineId: string): ShipmentLine[] {
    return [...(this.#copy(transferId).underWay.get(lineId)?.values() ?? [])].filter((line) => line.open > 0);
  }

  /** What an arrival was told with; undefined when nobody has told it. */
  arrivalContent(transferId: string, arrivalId: string): string | undefined {
    const copy = this.#copy(transferId);
    return copy.arrivals.get(arrivalId)?.content ?? copy.known?.arrivals.get(arrivalId);
  }

  create(head: Transfer, lines: readonly TransferLine[]): void {
    this.#copies.set(head.transferId, {
      known: undefined,
      head,
      lines: new Map(lines.map((line) => [line.lineId, line])),
      shipments: new Map(),
      underWay: new Map(),
      arrivals: new Map(),
      touched: new Set(lines.map((line) => line.lineId)),
    });
  }

  change(transferId: string, change: Partial<Omit<Transfer, "transferId" | "accounts">>): void {
    const copy = this.#copy(transferId);
    copy.head = { ...copy.head, ...change };
  }

  /** Books pieces into accounts of a line, and of the transfer. */
  book(transferId: string, lineId: string, change: AccountChange): void {
    const copy = this.#copy(transferId);
    const line = copy.lines.get(lineId)!;
    copy.lines.set(lineId, { ...line, accounts: plus(line.accounts, change) });
    copy.head = { ...copy.head, accounts: plus(copy.head.accounts, change) };
    copy.touched.add(lineId);
  }

  /** Says that a line's state follows from something beside its accounts that has changed. */
  touch(transferId: string, lineId: string): void {
    this.#copy(transferId).touched.add(lineId);
  }

  keepShipment(transferId: string, shipment: Shipment): void {
    this.#copy(transferId).shipments.set(shipment.shipmentId, shipment);
  }

  keepShipmentLine(transferId: string, line: ShipmentLine): void {
    const { underWay } = this.#copy(transferId);
    const known = underWay.get(line.lineId) ?? new Map<string, ShipmentLine>();
    underWay.set(line.lineId, known.set(line.shipmentId, line));
  }

  keepArrival(transferId: string, arrival: Arrival): void {
    this.#copy(transferId).arrivals.set(arrival.arrivalId, arrival);
  }

  /** Closes the slice: what is to be written, with the events that follow from it. */
  finish(outcomes: readonly Outcome[]): Decision {
    const written = new Map<string, Transfer>();
    const changed: Of<TransferLine>[] = [];
    const added: Of<TransferLine>[] = [];
    for (const [transferId, copy] of this.#copies) {
      this.#noteArrived(copy);
      if (copy.known !== undefined && copy.head === copy.known.head && copy.touched.size === 0) continue;
      const head = this.#closed(copy);
      written.set(transferId, head);
      for (const lineId of copy.touched) {
        const line = copy.lines.get(lineId)!;
        const row = copy.known === undefined ? line : { ...line, version: line.version + 1 };
        (copy.known === undefined ? added : changed).push({ transferId, row });
        this.events.push({ name: "TransferLineChanged", value: lineChanged(head, row) });
      }
    }
    const isNew = (transferId: string) => this.#copies.get(transferId)!.known === undefined;
    return {
      outcomes: outcomes.map((outcome) => withHead(outcome, written)),
      newTransfers: [...written.values()].filter(({ transferId }) => isNew(transferId)),
      changedTransfers: [...written.values()].filter(({ transferId }) => !isNew(transferId)),
      newLines: added,
      changedLines: changed,
      ...this.#shipmentRows(),
      newArrivals: this.#each((copy) => copy.arrivals.values()),
      balances: this.balances.changes(),
      movements: this.movements,
      events: this.events,
    };
  }

  #shipmentRows(): Pick<Decision, "newShipments" | "changedShipments" | "newShipmentLines" | "changedShipmentLines"> {
    const shipments = this.#each((copy) => copy.shipments.values());
    const lines = this.#each((copy) => [...copy.underWay.values()].flatMap((ofLine) => [...ofLine.values()]));
    const knownShipment = ({ transferId, row }: Of<Shipment>) =>
      this.#copies.get(transferId)!.known?.shipments.get(row.shipmentId);
    const knownLine = ({ transferId, row }: Of<ShipmentLine>) =>
      this.#copies
        .get(transferId)!
        .known?.underWay.get(row.lineId)
        ?.find((line) => line.shipmentId === row.shipmentId);
    return {
      newShipments: shipments.filter((shipment) => knownShipment(shipment) === undefined),
      changedShipments: shipments.filter((shipment) => {
        const known = knownShipment(shipment);
        return known !== undefined && known !== shipment.row;
      }),
      newShipmentLines: lines.filter((line) => knownLine(line) === undefined),
      changedShipmentLines: lines.filter((line) => {
        const known = knownLine(line);
        return known !== undefined && known !== line.row;
      }),
    };
  }

  #each<T>(of: (copy: Copy) => Iterable<T>): Of<T>[] {
    return [...this.#copies].flatMap(([transferId, copy]) => [...of(copy)].map((row) => ({ transferId, row })));
  }

  /** A late shipment of which nothing is under way any more is no longer late. */
  #noteArrived(copy: Copy): void {
    for (const shipment of copy.shipments.values()) {
      if (shipment.overdueSince === null || shipment.open > 0) continue;
      copy.shipments.set(shipment.shipmentId, { ...shipment, overdueSince: null });
      this.events.push(arrivedEvent(copy.head, shipment));
    }
  }

  #closed(copy: Copy): Transfer {
    const version = copy.known === undefined ? 1 : copy.known.head.version + 1;
    const closedAt = copy.head.closedAt ?? (isFinal(transferState(copy.head)) ? this.world.now : null);
    return { ...copy.head, version, closedAt };
  }

  #copy(transferId: string): Copy {
    const made = this.#copies.get(transferId);
    if (made !== undefined) return made;
    const known = this.world.transfers.get(transferId);
    if (known === undefined) throw new Error(`transfer ${transferId} was not loaded`);
    const copy: Copy = {
      known,
      head: known.head,
      lines: new Map(known.lines),
      shipments: new Map(known.shipments),
      underWay: new Map(
        [...known.underWay].map(([lineId, lines]) => [lineId, new Map(lines.map((line) => [line.shipmentId, line]))]),
      ),
      arrivals: new Map(),
      touched: new Set(),
    };
    this.#copies.set(transferId, copy);
    return copy;
  }
}

/** An outcome shows the transfer as the whole slice left it. */
function withHead(outcome: Outcome, written: ReadonlyMap<string, Transfer>): Outcome {
  if (!("transfer" in outcome)) return outcome;
  return { ...outcome, transfer: written.get(outcome.transfer.transferId) ?? outcome.transfer };
}
