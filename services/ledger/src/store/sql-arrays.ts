/**
 * A Postgres array literal of whole numbers. The driver would turn each number into text, quote and escape it; for
 * thousands of balances a slice that is most of the client's time.
 */
export function bigints(values: Iterable<number>): string {
  return `{${[...values].join(",")}}`;
}
