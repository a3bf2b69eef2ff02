import {
  ACCOUNTS,
  type Balance,
  type Balances,
  foldMovement,
  identityHolds,
  isBalanced,
  type RecordOf,
  sumOfBalances,
} from "@septet/stock-contracts";

type StockMovement = RecordOf<"StockMovement">;

/** Something in the movements that may not be. */
export interface WitnessFinding {
  readonly sku: string;
  readonly finding: string;
}

interface Stream {
  contiguous: number;
  readonly ahead: Map<number, string>;
}

/** A fold of every movement made by nobody of the platform: what the services and the ledger say is held against it. */
export class Witness {
  readonly balances = new Map<string, Balances>();
  movements = 0;
  /** type, id and line of every reference, to know what was booked before. */
  private readonly references = new Set<string>();
  private readonly streams = new Map<string, Stream>();
  private readonly findings: WitnessFinding[] = [];

  take(movement: StockMovement): void {
    if (!this.isNew(movement)) return;
    this.movements += 1;
    this.references.add(`${movement.reference.type}/${movement.reference.id}`);
    if (!isBalanced(movement.legs)) this.find(movement.sku, `movement ${movement.movementId} does not balance`);
    this.balances.set(movement.sku, foldMovement(this.balances.get(movement.sku) ?? new Map(), movement));
  }

  /** Whether a movement with this reference was seen. */
  knows(type: string, id: string): boolean {
    return this.references.has(`${type}/${id}`);
  }

  /** The sum of all SKUs and locations. */
  network(): Balance {
    return sumOfBalances([...this.balances.values()].flatMap((places) => [...places.values()]));
  }

  /** Everything that may not be at rest: gaps, broken identity, more promised or handed over than was there. */
  problems(): WitnessFinding[] {
    const problems = [...this.findings];
    for (const [key, stream] of this.streams) {
      const [recordedBy, sku] = key.split("\u0000") as [string, string];
      if (stream.ahead.size > 0)
        problems.push({ sku, finding: `gap in ${recordedBy}'s stream after ${stream.contiguous}` });
    }
    for (const [sku, places] of this.balances) {
      for (const [location, balance] of places) problems.push(...problemsAt(sku, location, balance));
    }
    return problems;
  }

  private isNew({ recordedBy, sku, sequence, movementId }: StockMovement): boolean {
    const key = `${recordedBy}\u0000${sku}`;
    const stream = this.streams.get(key) ?? { contiguous: 0, ahead: new Map() };
    this.streams.set(key, stream);
    if (sequence <= stream.contiguous) return false;
    const known = stream.ahead.get(sequence);
    if (known !== undefined) {
      if (known !== movementId) this.find(sku, `sequence ${sequence} of ${recordedBy} came with two movements`);
      return false;
    }
    stream.ahead.set(sequence, movementId);
    while (stream.ahead.delete(stream.contiguous + 1)) stream.contiguous += 1;
    return true;
  }

  private find(sku: string, finding: string): void {
    this.findings.push({ sku, finding });
  }
}

function problemsAt(sku: string, location: string, balance: Balance): WitnessFinding[] {
  const problems: WitnessFinding[] = [];
  if (!identityHolds(balance)) problems.push({ sku, finding: `the identity does not hold at ${location}` });
  for (const account of ACCOUNTS) {
    if (balance[account] >= 0) continue;
    problems.push({ sku, finding: `${account} at ${location} is ${balance[account]}: more was taken than was there` });
  }
  return problems;
}
