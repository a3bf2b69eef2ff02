import type { OutsideWorld } from "./outside-world.js";
import type { Drawn, Shop } from "./shop.js";

/** A row of a sheet: goods that came, or a text that is none. */
export type UploadedRow =
  | { readonly sku: string; readonly quantity: number; readonly unsellable: number }
  | { readonly bad: string };

export interface Upload {
  readonly do: "upload";
  readonly as: "csv" | "ndjson";
  readonly reference: string;
  readonly location: string;
  readonly rows: readonly UploadedRow[];
  /** The connection breaks after this part of the bytes, and the sheet is sent again; null: it does not. */
  readonly brokenAt: number | null;
}

const BAD_ROWS = {
  csv: ["P", "P,some,0", 'q,"1,0', "P,-1,0", "P,1,2"],
  ndjson: ["{", "[]", '{"sku":"P"}', '{"sku":"P","quantity":0}', '{"sku":"P","quantity":1,"price":2}'],
};

export const UPLOADING: Readonly<Record<string, Drawn>> = {
  upload: { weight: 1.2, ample: true, moves: (shop) => [sheet(shop)] },
  uploadAgain: {
    weight: 0.8,
    moves: (shop) => {
      const { random } = shop;
      if (shop.uploads.length === 0) return [];
      const before = random.pick(shop.uploads);
      const again = { ...before, brokenAt: random.chance(0.3) ? random.next() : null };
      if (random.chance(0.5)) return [again];
      // The same sheet, in which somebody has mended a figure.
      const rows = before.rows.map((row) =>
        "bad" in row || random.chance(0.6) ? row : { ...row, quantity: row.quantity + 1 },
      );
      return [{ ...again, rows }];
    },
  },
};

function sheet(shop: Shop): Upload {
  const { random, skus } = shop;
  const as = random.pick(["csv", "ndjson"] as const);
  const rows = Array.from({ length: random.between(1, 6) }, (): UploadedRow => {
    if (random.chance(0.25)) return { bad: random.pick(BAD_ROWS[as]) };
    const quantity = random.between(1, 12);
    return { sku: random.pick(skus), quantity, unsellable: random.chance(0.2) ? random.between(0, quantity) : 0 };
  });
  const location = random.pick(shop.locations);
  const brokenAt = random.chance(0.4) ? random.next() : null;
  const upload: Upload = { do: "upload", as, reference: `s${++shop.documents}`, location, rows, brokenAt };
  shop.uploads.push(upload);
  return upload;
}

export const uploadingDone = {
  upload: (outside: OutsideWorld, move: Upload) => {
    const path = `/v1/receipts?location=${move.location}&reference=${move.reference}`;
    const content = textOf(move);
    const breaksAfter = move.brokenAt === null ? undefined : Math.floor(content.length * move.brokenAt);
    const type = move.as === "csv" ? "text/csv" : "application/x-ndjson";
    outside.request(move, "warehouse", { method: "POST", path, sheet: { type, content }, breaksAfter });
  },
};

function textOf({ as, rows }: Upload): string {
  if (as === "csv") {
    const lines = rows.map((row) => ("bad" in row ? row.bad : `${row.sku},${row.quantity},${row.unsellable}`));
    return `${["sku,quantity,unsellableQuantity", ...lines].join("\n")}\n`;
  }
  const lines = rows.map((row) => {
    if ("bad" in row) return row.bad;
    return JSON.stringify({ sku: row.sku, quantity: row.quantity, unsellableQuantity: row.unsellable });
  });
  return `${lines.join("\n")}\n`;
}

/** The line of a row in the sheet, from 1: a CSV has a header. */
export const lineOf = ({ as }: Upload, index: number): number => index + (as === "csv" ? 2 : 1);
