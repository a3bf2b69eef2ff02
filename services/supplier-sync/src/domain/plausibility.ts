/** Why an entered quantity waits for somebody to confirm it; undefined when it can be taken as it is. */
export type Implausible = "FAR_MORE" | "FAR_LESS" | undefined;

/**
 * Whether a quantity that somebody typed or pasted is beyond the plausible: `factor` times what is recorded or more, or as
 * many times less. A slip of the keyboard adds or loses a digit, which is a factor of ten. Nothing can be said of a SKU of
 * which nothing was recorded yet, or 0; and to sell out is plausible: 0 is never far less.
 * @param recorded pieces; null where nothing was reported yet.
 * @param factor at least 2.
 */
export function implausibility(recorded: number | null, entered: number, factor: number): Implausible {
  if (recorded === null || recorded === 0 || entered === recorded) return undefined;
  if (entered >= recorded * factor) return "FAR_MORE";
  return entered > 0 && entered * factor <= recorded ? "FAR_LESS" : undefined;
}
