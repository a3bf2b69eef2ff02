import type { DocumentHead, DocumentLine } from "./stock-document.js";

/** An area of a warehouse, and whether what lies in it is unsellable. */
export interface Area {
  readonly area: string;
  readonly unsellable: boolean;
}

/** How a warehouse labels unsellable stock: by a suffix of its codes (null: not at all), by areas, or by both. */
export interface Labelling {
  readonly unsellableSuffix: string | null;
  readonly areas: readonly Area[];
}

export const NO_LABELLING: Labelling = { unsellableSuffix: null, areas: [] };

/** What a stock code on a label means: a SKU, and whether the label says that the goods are unsellable. */
export interface CodeReading {
  readonly sku: string;
  readonly unsellable: boolean;
}

/** What a line comes to in the book: its SKU, and how many of its pieces are unsellable. */
export interface BookedAs {
  readonly sku: string;
  readonly unsellable: number;
}

/** The SKU that a code would be the unsellable stock of; undefined where the suffix means nothing or nothing is left. */
export function suffixedSku(code: string, suffix: string | null): string | undefined {
  if (suffix === null || !code.endsWith(suffix)) return undefined;
  const sku = code.slice(0, -suffix.length).trim();
  return sku === "" ? undefined : sku;
}

/** Reads a stock code: one that is listed is a SKU whatever it ends with, else the suffix says that it is unsellable. */
export function readCode(code: string, labelling: Labelling, isListed: (code: string) => boolean): CodeReading {
  const sku = suffixedSku(code, labelling.unsellableSuffix);
  return sku === undefined || isListed(code) ? { sku: code, unsellable: false } : { sku, unsellable: true };
}

/** Why a code cannot stand for a SKU of its own: it is the label of another one's unsellable stock; undefined when it can. */
export function labelFault(
  code: string,
  labelling: Labelling | undefined,
  isListed: (code: string) => boolean,
): string | undefined {
  const { sku, unsellable } = readCode(code, labelling ?? NO_LABELLING, isListed);
  return unsellable ? `${code} names unsellable stock of ${sku}: name ${sku} and its bucket` : undefined;
}

/** Why a line cannot be read by the labelling of its warehouse. */
export interface Misread {
  readonly field: "sku" | "area";
  readonly code: "UNKNOWN_AREA" | "ALREADY_UNSELLABLE";
  readonly reason: string;
}

/**
 * What a told line comes to. Goods that come (back) under a suffixed code or into an unsellable area are unsellable, all
 * that are there; restored and disposed goods are named by either code; goods under a suffixed code cannot be damaged.
 */
export function bookedAs(
  kind: DocumentHead["kind"],
  line: DocumentLine,
  labelling: Labelling,
  isListed: (code: string) => boolean,
): BookedAs | Misread {
  const reading = readCode(line.sku, labelling, isListed);
  const area = line.area === undefined ? undefined : labelling.areas.find((one) => one.area === line.area);
  if (line.area !== undefined && area === undefined) {
    return { field: "area", code: "UNKNOWN_AREA", reason: `the warehouse has no area ${line.area}: define it first` };
  }
  if (kind === "DAMAGE" && reading.unsellable) {
    const reason = `${line.sku} names unsellable stock of ${reading.sku}: name the SKU that was sellable`;
    return { field: "sku", code: "ALREADY_UNSELLABLE", reason };
  }
  const arrives = kind === "RECEIPT" || kind === "RETURN";
  const labelled = arrives && (reading.unsellable || area?.unsellable === true);
  return { sku: reading.sku, unsellable: labelled ? line.quantity - line.missing : line.unsellable };
}
