import { EPOCH } from "../database/templates.js";
import type { OutsideWorld } from "./outside-world.js";
import type { Drawn, Shop } from "./shop.js";

export interface Pieces {
  readonly lineId: string;
  readonly quantity: number;
}

/** Pieces of a line by what became of them. */
export interface Found {
  readonly lineId: string;
  readonly sellable: number;
  readonly damaged: number;
  readonly lost: number;
}

export interface NewTransfer {
  readonly do: "transfer";
  readonly transferId: string;
  readonly source: string;
  readonly destination: string;
  readonly draft: boolean;
  readonly allowPartial: boolean;
  /** So long after the beginning of time, ms; null: nobody expects it. */
  readonly expectedMs: number | null;
  readonly lines: readonly (Pieces & { readonly sku: string })[];
}

/** What clerks do about goods on their way from one warehouse to another. `null` for lines: everything there is. */
export type TransferMove =
  | NewTransfer
  | { readonly do: "requestTransfer"; readonly transferId: string }
  | {
      readonly do: "dispatch";
      readonly transferId: string;
      readonly shipmentId: string;
      readonly lines: readonly Pieces[] | null;
    }
  | {
      readonly do: "receive";
      readonly transferId: string;
      readonly arrivalId: string;
      readonly location: string | null;
      readonly lines: readonly Found[] | null;
    }
  | { readonly do: "lose"; readonly transferId: string; readonly lines: readonly Pieces[] }
  | {
      readonly do: "notThere";
      readonly transferId: string;
      readonly lines: readonly (Pieces & { readonly cause: "NOT_FOUND" | "DAMAGED" })[];
    }
  | {
      readonly do: "callOff";
      readonly transferId: string;
      readonly asReturn: boolean;
      readonly lines: readonly { readonly lineId: string; readonly quantity?: number }[] | null;
    }
  /** From now on the transfer is sent and received as soon as it can be: of its first line some are damaged, lost, too many. */
  | { readonly do: "convey"; readonly transferId: string; readonly judged: Omit<Found, "lineId"> };

const MAX_PIECES = 5;
/** Times at which arrivals are expected lie within this, ms: the end of a day is later. */
const EXPECTED_WITHIN_MS = 20 * 60_000;

export const TRANSFERRING: Readonly<Record<string, Drawn>> = {
  transfer: {
    weight: 6,
    always: true,
    ample: true,
    moves: (shop) => {
      if (shop.locations.length < 2) return [];
      const { transferId, ...rest } = kept(shop, newTransfer(shop));
      const conveyed: TransferMove = { do: "convey", transferId, judged: judgedOf(transferId) };
      return [{ transferId, ...rest }, ...(shop.random.chance(0.5) ? [conveyed] : [])];
    },
  },
  transferAgain: {
    weight: 0.7,
    moves: (shop) => {
      const known = someTransfer(shop);
      if (known === undefined) return [];
      // The same again, or another under its id.
      return [shop.random.chance(0.6) ? known : { ...newTransfer(shop), transferId: known.transferId }];
    },
  },
  requestTransfer: {
    weight: 0.8,
    moves: (shop) => ofSome(shop, ({ transferId }) => ({ do: "requestTransfer", transferId })),
  },
  convey: {
    weight: 3,
    ample: true,
    moves: (shop) => ofSome(shop, ({ transferId }) => ({ do: "convey", transferId, judged: judgedOf(transferId) })),
  },
  dispatch: {
    weight: 6,
    always: true,
    moves: (shop) =>
      ofSomeByTwo(shop, (transfer) => ({
        do: "dispatch",
        transferId: transfer.transferId,
        shipmentId: `s${shop.random.between(1, 3)}`,
        lines: shop.random.chance(0.5) ? null : [piecesOf(shop, transfer, 2)],
      })),
  },
  receive: {
    weight: 6,
    always: true,
    moves: (shop) =>
      ofSomeByTwo(shop, (transfer) => ({
        do: "receive",
        transferId: transfer.transferId,
        arrivalId: `a${shop.random.between(1, 4)}`,
        location: shop.random.chance(0.15) ? shop.random.pick([transfer.source, transfer.destination]) : null,
        lines: shop.random.chance(0.3) ? null : [foundOf(shop, transfer)],
      })),
  },
  lose: {
    weight: 0.8,
    moves: (shop) =>
      ofSome(shop, (transfer) => ({
        do: "lose",
        transferId: transfer.transferId,
        lines: [piecesOf(shop, transfer, 1)],
      })),
  },
  notThere: {
    weight: 0.8,
    moves: (shop) =>
      ofSome(shop, (transfer) => {
        const cause = shop.random.chance(0.5) ? "NOT_FOUND" : "DAMAGED";
        return { do: "notThere", transferId: transfer.transferId, lines: [{ ...piecesOf(shop, transfer, 1), cause }] };
      }),
  },
  callOff: {
    weight: 1.5,
    moves: (shop) =>
      ofSome(shop, (transfer) => {
        const { random } = shop;
        const { lineId, quantity } = piecesOf(shop, transfer, 2);
        const lines = random.chance(0.6) ? null : [random.chance(0.5) ? { lineId } : { lineId, quantity }];
        const asReturn = lines === null && random.chance(0.4);
        return { do: "callOff", transferId: transfer.transferId, asReturn, lines };
      }),
  },
};

function newTransfer(shop: Shop): NewTransfer {
  const { random, skus, ample } = shop;
  const [source, destination] = random.shuffled(shop.locations);
  return {
    do: "transfer",
    transferId: `t${shop.transfers.length + 1}`,
    source: source!,
    destination: !ample && random.chance(0.04) ? "nowhere" : destination!,
    draft: !ample && random.chance(0.2),
    allowPartial: random.chance(0.7),
    expectedMs: random.chance(0.6) ? random.below(EXPECTED_WITHIN_MS) : null,
    lines: Array.from({ length: random.between(1, 2) }, (_, index) => ({
      lineId: String(index + 1),
      sku: !ample && random.chance(0.04) ? "unheard-of" : random.pick(skus),
      quantity: random.between(1, MAX_PIECES),
    })),
  };
}

function kept({ transfers }: Shop, transfer: NewTransfer): NewTransfer {
  transfers.push(transfer);
  return transfer;
}

const someTransfer = ({ random, transfers }: Shop): NewTransfer | undefined =>
  transfers.length === 0 ? undefined : random.pick(transfers.slice(-4));

function ofSome(shop: Shop, move: (transfer: NewTransfer) => TransferMove): TransferMove[] {
  const transfer = someTransfer(shop);
  return transfer === undefined ? [] : [move(transfer)];
}

/** Now and then two clerks tell the same at once, each with a key of their own. */
function ofSomeByTwo(shop: Shop, move: (transfer: NewTransfer) => TransferMove): TransferMove[] {
  const moves = ofSome(shop, move);
  return shop.random.chance(0.3) ? [...moves, ...moves] : moves;
}

function piecesOf({ random }: Shop, { lines }: NewTransfer, most: number): Pieces {
  const { lineId, quantity } = random.pick(lines);
  return { lineId, quantity: Math.min(quantity, random.between(1, most)) };
}

function foundOf({ random }: Shop, { lines }: NewTransfer): Found {
  const { lineId } = random.pick(lines);
  const found = { sellable: random.below(4), damaged: random.chance(0.3) ? 1 : 0, lost: random.chance(0.15) ? 1 : 0 };
  return { lineId, ...found, sellable: found.sellable + found.damaged + found.lost === 0 ? 1 : found.sellable };
}

/** What is wrong with a conveyed transfer, the same whenever somebody asks for it. */
const judgedOf = (transferId: string): Omit<Found, "lineId"> => ({
  sellable: Number(transferId.slice(1)) % 3 === 0 ? 1 : 0,
  damaged: Number(transferId.slice(1)) % 4 === 1 ? 1 : 0,
  lost: Number(transferId.slice(1)) % 5 === 1 ? 1 : 0,
});

type Step = Exclude<TransferMove, NewTransfer | { do: "convey" }>;

const PATHS: Readonly<Record<Step["do"], string>> = {
  requestTransfer: "request",
  dispatch: "dispatch",
  receive: "receive",
  lose: "lose",
  notThere: "short",
  callOff: "cancel",
};

/** Sends a clerk's step to the service. */
export function askForStep(outside: OutsideWorld, move: Step) {
  const { do: step, transferId, ...told } = move;
  const { asReturn, ...rest } = { asReturn: false, ...told };
  const body = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  const path = `/v1/transfers/${transferId}/${asReturn ? "return" : PATHS[step]}`;
  return outside.request(move, "transfer", { method: "POST", path, body });
}

export const transferringDone = {
  transfer: (outside: OutsideWorld, move: NewTransfer) => {
    const { do: _, expectedMs, ...told } = move;
    const expectedAt = expectedMs === null ? null : new Date(EPOCH + expectedMs).toISOString();
    outside.request(move, "transfer", { method: "POST", path: "/v1/transfers", body: { ...told, expectedAt } });
  },
  requestTransfer: askForStep,
  dispatch: askForStep,
  receive: askForStep,
  lose: askForStep,
  notThere: askForStep,
  callOff: askForStep,
  convey: (outside: OutsideWorld, { transferId, judged }: Extract<TransferMove, { do: "convey" }>) =>
    outside.carriers.promise(transferId, judged),
};
