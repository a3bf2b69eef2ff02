import { derivedId, documentId } from "./identity.js";
import { emptyInvoiceAccount, emptyLineAccount, type InvoiceAccount, type LineAccount } from "./line-account.js";
import { type LogLine, type ReadRow, takesGoodsBack, type UnreadableRow } from "./log-line.js";

export interface PlannedLine {
  /** The row in the file. */
  readonly lineId: string;
  readonly sku: string;
  /** Pieces, always above 0. */
  readonly quantity: number;
  readonly unitPriceMinor: number;
}

interface Planned {
  readonly file: string;
  readonly invoice: string;
  /** The log's time, epoch milliseconds. */
  readonly at: number;
}

export interface PlannedOrder extends Planned {
  readonly kind: "order";
  readonly orderId: string;
  readonly eventId: string;
  readonly customerId: string | null;
  readonly country: string;
  readonly lines: PlannedLine[];
}

export interface PlannedReturn extends Planned {
  readonly kind: "return";
  readonly reference: string;
  readonly lines: PlannedLine[];
}

/** One line counted short, damaged or lost: booked as damage, then disposed of. */
export interface PlannedWriteOff extends Planned {
  readonly kind: "write-off";
  readonly reference: string;
  readonly line: PlannedLine;
}

export type PlannedAction = PlannedOrder | PlannedReturn | PlannedWriteOff;

export interface Listing {
  readonly sku: string;
  readonly name: string;
  readonly unitPriceMinor: number;
}

/** Everything that will be done, made from the log alone: the same log gives the same plan. */
export interface ReplayPlan {
  readonly files: readonly string[];
  readonly listings: readonly Listing[];
  /** Orders, returns and write-offs by the log's clock; file order within one instant. */
  readonly timeline: readonly PlannedAction[];
  /** Pieces ordered and written off, per SKU. */
  readonly demand: ReadonlyMap<string, number>;
  readonly lines: LineAccount;
  readonly invoices: InvoiceAccount;
  readonly unreadable: readonly UnreadableRow[];
}

/** Codes that stand for postage, fees, discounts and vouchers: they hold no stock. */
const NOT_GOODS = /^(POST|DOT|M|m|D|S|C2|BANK CHARGES|AMAZONFEE|gift_.*)$/;

export function isGoods(sku: string): boolean {
  return !NOT_GOODS.test(sku);
}

/** Reads the whole log into a plan. Memory grows with the log: about 300 bytes a line. */
export async function planReplay(rows: AsyncIterable<ReadRow> | Iterable<ReadRow>): Promise<ReplayPlan> {
  const planner = new Planner();
  for await (const row of rows) planner.take(row);
  return planner.plan();
}

class Planner {
  private readonly lines = emptyLineAccount();
  private readonly unreadable: UnreadableRow[] = [];
  private readonly files = new Set<string>();
  private readonly invoices = new Map<string, LogLine[]>();

  take(row: ReadRow): void {
    this.lines.read += 1;
    this.files.add(row.ok ? row.line.file : row.row.file);
    if (!row.ok) {
      this.lines.unreadable += 1;
      this.unreadable.push(row.row);
      return;
    }
    const id = documentId(row.line.file, row.line.invoice);
    const invoice = this.invoices.get(id);
    if (invoice) invoice.push(row.line);
    else this.invoices.set(id, [row.line]);
  }

  plan(): ReplayPlan {
    const listings = new Map<string, Listing>();
    const demand = new Map<string, number>();
    const timeline: PlannedAction[] = [];
    const invoices = emptyInvoiceAccount();
    for (const lines of this.invoices.values()) {
      const goods = lines.filter((line) => isGoods(line.sku));
      this.account(lines);
      for (const line of goods) {
        listings.set(line.sku, listings.get(line.sku) ?? listingOf(line));
        if (!takesGoodsBack(line.invoice)) demand.set(line.sku, (demand.get(line.sku) ?? 0) + Math.abs(line.quantity));
      }
      const actions = actionsOf(goods);
      timeline.push(...actions);
      invoices.read += 1;
      invoices[invoiceKind(actions)] += 1;
    }
    // Sorting is stable: what the log writes at one minute keeps the log's order.
    timeline.sort((a, b) => a.at - b.at);
    return {
      files: [...this.files],
      listings: [...listings.values()],
      timeline,
      demand,
      lines: this.lines,
      invoices,
      unreadable: this.unreadable,
    };
  }

  private account(lines: readonly LogLine[]): void {
    for (const line of lines) {
      if (!isGoods(line.sku)) {
        this.lines.notGoods += 1;
        this.lines.notGoodsByCode.set(line.sku, (this.lines.notGoodsByCode.get(line.sku) ?? 0) + 1);
      } else if (takesGoodsBack(line.invoice)) this.lines.returned += 1;
      else if (line.quantity < 0) this.lines.writtenOff += 1;
      else this.lines.ordered += 1;
    }
  }
}

function invoiceKind(actions: readonly PlannedAction[]): "orders" | "returns" | "writeOffs" | "withoutGoods" {
  if (actions.some((action) => action.kind === "order")) return "orders";
  if (actions.some((action) => action.kind === "return")) return "returns";
  return actions.length > 0 ? "writeOffs" : "withoutGoods";
}

function listingOf(line: LogLine): Listing {
  return { sku: line.sku, name: line.name, unitPriceMinor: line.unitPriceMinor };
}

function plannedLine(line: LogLine): PlannedLine {
  return {
    lineId: String(line.row),
    sku: line.sku,
    quantity: Math.abs(line.quantity),
    unitPriceMinor: line.unitPriceMinor,
  };
}

/** What the goods lines of one invoice ask for; an invoice may be an order and a write-off at once. */
function actionsOf(goods: readonly LogLine[]): PlannedAction[] {
  const first = goods[0];
  if (!first) return [];
  const { file, invoice, at } = first;
  const id = documentId(file, invoice);
  if (takesGoodsBack(invoice)) {
    return [{ kind: "return", file, invoice, at, reference: id, lines: goods.map(plannedLine) }];
  }
  const ordered = goods.filter((line) => line.quantity > 0).map(plannedLine);
  const actions: PlannedAction[] = [];
  if (ordered.length > 0) {
    const eventId = derivedId("OrderPlaced", file, invoice);
    const { customerId, country } = first;
    actions.push({ kind: "order", file, invoice, at, orderId: id, eventId, customerId, country, lines: ordered });
  }
  for (const line of goods.filter((line) => line.quantity < 0)) {
    const reference = `${id}.${line.row}`;
    actions.push({ kind: "write-off", file, invoice, at, reference, line: plannedLine(line) });
  }
  return actions;
}
