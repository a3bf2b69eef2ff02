/** Where every line of the log went; the parts must add up to the lines read. */
export interface LineAccount {
  read: number;
  ordered: number;
  returned: number;
  writtenOff: number;
  notGoods: number;
  unreadable: number;
  readonly notGoodsByCode: Map<string, number>;
}

/** Where every invoice went. One that orders and writes off counts as an order. */
export interface InvoiceAccount {
  read: number;
  orders: number;
  returns: number;
  writeOffs: number;
  withoutGoods: number;
}

export function emptyLineAccount(): LineAccount {
  return { read: 0, ordered: 0, returned: 0, writtenOff: 0, notGoods: 0, unreadable: 0, notGoodsByCode: new Map() };
}

export function emptyInvoiceAccount(): InvoiceAccount {
  return { read: 0, orders: 0, returns: 0, writeOffs: 0, withoutGoods: 0 };
}

/** Lines read less lines that went somewhere: 0, or lines were lost on the way. */
export function linesUnaccounted(lines: LineAccount): number {
  return lines.read - lines.ordered - lines.returned - lines.writtenOff - lines.notGoods - lines.unreadable;
}

export function invoicesUnaccounted(invoices: InvoiceAccount): number {
  return invoices.read - invoices.orders - invoices.returns - invoices.writeOffs - invoices.withoutGoods;
}
