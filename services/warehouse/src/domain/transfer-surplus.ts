import type { BookTransferSurplus } from "./commands.js";
import type { Contradiction, Taken } from "./outcomes.js";
import { documentIdOf, movementsOf, sameLine } from "./stock-document.js";
import type { Workbench } from "./workbench.js";

/**
 * More came with a transfer than was under way: a receipt line, once, named after transfer, arrival and line. It was seen
 * when it arrived, whatever the book says since; and it has lain here since, whether or not the place is defined yet.
 */
export function bookSurplus(bench: Workbench, { head, line, arrivedAt }: BookTransferSurplus): Taken | Contradiction {
  const known = bench.document(documentIdOf(head)).line(line.line);
  if (known !== undefined) {
    if (sameLine(known, line)) return { outcome: "KNOWN" };
    const message = `line ${line.line} of receipt ${head.reference} was booked before with other content`;
    return { outcome: "CONTRADICTION", code: "RECEIPT_CONFLICT", message };
  }
  // A transfer names the SKU itself: no label of the warehouse says otherwise.
  const booked = { sku: line.sku, unsellable: line.unsellable };
  for (const movement of movementsOf(head, line, booked)) bench.record(movement, { toldLater: arrivedAt });
  bench.addDocumentLine(head, line, booked);
  return { outcome: "TAKEN" };
}
