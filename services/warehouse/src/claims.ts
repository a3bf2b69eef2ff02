import { type LockPlan, StartOver, sqlState, type UnitOfWork } from "@septet/service-kit";
import { type Claim, type ClaimLine, MAX_CLAIM_LINES, whyNoLines } from "./domain/claim.js";
import { type Labelling, NO_LABELLING, readCode, suffixedSku } from "./domain/labelling.js";
import { onHandKey } from "./domain/on-hand.js";
import type { RowOutcome } from "./domain/outcomes.js";
import { type Refusal, type RefusalCode, type RefusedField, refuse } from "./domain/refusal.js";
import { loadOnHandAndLines } from "./store/alert-line-rows.js";
import {
  addClaimLines,
  type ClaimHead,
  changeClaim,
  createClaim,
  loadClaims,
  noteClaimEvents,
  skusOfClaim,
} from "./store/claim-rows.js";
import { listedAmong, loadLabellings } from "./store/labelling-rows.js";

const UNIQUE_VIOLATION = "23505";

type Session = Pick<UnitOfWork, "query">;

/** A line of a claim as it is told; its code may bear the suffix of unsellable stock. */
export type ToldClaimLine = Pick<ClaimLine, "line" | "sku" | "location" | "quantity" | "reason" | "claimedMinor">;

export type ToldClaim = Pick<Claim, "claimId" | "against" | "party" | "reference" | "note" | "currency">;

/** Locks for lines that are to come under a claim: the streams of all that their codes may mean, and the claim. */
export async function planForLines(
  session: Session,
  claimId: string,
  lines: readonly Pick<ToldClaimLine, "sku" | "location">[],
): Promise<LockPlan> {
  const labellings = await loadLabellings(session, [...new Set(lines.map((line) => line.location))]);
  const skus = lines.flatMap(({ sku, location }) => {
    const base = suffixedSku(sku, labellings.get(location)?.unsellableSuffix ?? null);
    return base === undefined ? [sku] : [sku, base];
  });
  return { skus: [...new Set(skus)], documents: claimLock(claimId) };
}

/** Locks for a step of a claim: the streams of its SKUs keep its pieces as they are. */
export async function planForStep(session: Session, claimId: string): Promise<LockPlan> {
  return { skus: await skusOfClaim(session, claimId), documents: claimLock(claimId) };
}

const claimLock = (claimId: string) => [{ table: "claim", idColumn: "claim_id", ids: [claimId] }];

/** Opens a claim with its lines: all of them or none. Told again with the same content it stands. */
export async function openClaim(
  unit: UnitOfWork,
  told: ToldClaim,
  lines: readonly ToldClaimLine[],
  actor: string,
): Promise<{ readonly claim: Claim & ClaimHead; readonly again: boolean } | Refusal> {
  const known = (await loadClaims(unit, [told.claimId])).get(told.claimId);
  if (known) {
    const same = await isSameClaim(unit, known, told, lines);
    return same ? { claim: known, again: true } : conflict(told.claimId);
  }
  try {
    await createClaim(unit, { ...told, openedAt: unit.now, openedBy: actor });
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new StartOver("the claim was opened meanwhile");
    throw error;
  }
  await noteClaimEvents(unit, [{ claimId: told.claimId, what: "OPENED", detail: null, actor }], unit.now);
  const refused = lines.length === 0 ? undefined : await addToClaim(unit, told.claimId, lines, actor);
  return refused ?? { claim: (await loadClaims(unit, [told.claimId])).get(told.claimId)!, again: false };
}

/** Adds lines to an open claim: all of them or none. */
export async function addToClaim(
  unit: UnitOfWork,
  claimId: string,
  lines: readonly ToldClaimLine[],
  actor: string,
): Promise<Refusal | undefined> {
  const outcomes = await judgeLines(unit, claimId, lines);
  if ("code" in outcomes) return outcomes;
  const faults = outcomes.flatMap((one) => ("field" in one ? [one] : []));
  const [first] = faults;
  if (first !== undefined) {
    const errors = faults.map(
      ({ index, field, reason }): RefusedField => ({ field: `lines[${index}].${field}`, reason }),
    );
    return refuse(first.code, "lines cannot come under the claim", errors);
  }
  await add(unit, claimId, outcomes as ClaimLine[], actor);
  return undefined;
}

/** A row of a sheet; `line` is its name by its number, `otherwise` the one that it gets where an earlier sheet has that. */
export interface ToldClaimRow extends ToldClaimLine {
  readonly row: number;
  readonly otherwise: string;
}

/** Adds rows of a sheet to an open claim, each by itself; one that is there already is passed over. */
export async function addRowsToClaim(
  unit: UnitOfWork,
  claimId: string,
  rows: readonly ToldClaimRow[],
  actor: string,
): Promise<RowOutcome[] | Refusal> {
  const known = (await loadClaims(unit, [claimId])).get(claimId)?.lines ?? [];
  const places = new Map(known.map((line) => [onHandKey(line.sku, line.location), line]));
  const names = new Set(known.map(({ line }) => line));
  const read = await readLines(unit, rows);
  const stands = rows.map((row, index) => {
    const line = places.get(onHandKey(read[index]!.sku, row.location));
    return line !== undefined && isRow(line, row) && saysTheSame(line, row);
  });
  const isNamed = (row: ToldClaimRow) => names.has(row.line) && names.has(row.otherwise);
  const fresh = rows
    .filter((row, index) => stands[index] === false && !isNamed(row))
    .map((row) => ({ ...row, line: names.has(row.line) ? row.otherwise : row.line }));
  const judged = await judgeLines(unit, claimId, fresh);
  if ("code" in judged) return judged;
  await add(
    unit,
    claimId,
    judged.filter((one): one is ClaimLine => !("field" in one)),
    actor,
  );
  const byRow = new Map(fresh.map(({ row }, index) => [row, judged[index]!]));
  return rows.map(({ row }, index): RowOutcome => {
    if (stands[index] === true) return { row, outcome: "ALREADY_APPLIED" };
    const one = byRow.get(row);
    if (one === undefined) return { row, outcome: "REJECTED", field: "row", reason: "came before with other content" };
    return "field" in one
      ? { row, outcome: "REJECTED", field: one.field, reason: one.reason }
      : { row, outcome: "APPLIED" };
  });
}

/** Did a line come from the row of this number, of whatever sheet? */
const isRow = ({ line }: ClaimLine, { row }: ToldClaimRow): boolean =>
  line === `row-${row}` || line.endsWith(`/${row}`);

/** Do they say the same of a SKU at a place? */
const saysTheSame = (known: ClaimLine, told: ToldClaimLine): boolean =>
  known.quantity === told.quantity && known.reason === told.reason && known.claimedMinor === told.claimedMinor;

/** Takes a step of a claim: sending, settling or giving it up. */
export async function stepClaim(
  unit: UnitOfWork,
  claimId: string,
  step: (claim: Claim, now: number) => Claim | Refusal,
  told: { readonly what: string; readonly detail: string | null; readonly actor: string },
): Promise<Claim | Refusal | undefined> {
  const known = (await loadClaims(unit, [claimId])).get(claimId);
  if (!known) return undefined;
  for (const { sku } of known.lines) {
    if (unit.sequenceOf(sku) === undefined) throw new StartOver(`lines came to claim ${claimId} meanwhile`);
  }
  const next = step(known, unit.now);
  if ("code" in next) return next;
  await changeClaim(unit, known, next);
  await noteClaimEvents(unit, [{ claimId, ...told }], unit.now);
  return next;
}

interface LineFault {
  readonly index: number;
  readonly code: RefusalCode;
  readonly field: string;
  readonly reason: string;
}

/** Each line as it would come under the claim, or why it cannot; the lines before it count. */
async function judgeLines(
  unit: UnitOfWork,
  claimId: string,
  lines: readonly ToldClaimLine[],
): Promise<(ClaimLine | LineFault)[] | Refusal> {
  const claim = (await loadClaims(unit, [claimId])).get(claimId);
  if (!claim) return refuse("UNKNOWN_CLAIM", `no claim is called ${claimId}`);
  const closed = whyNoLines(claim);
  if (closed !== undefined) return closed;
  if (claim.lineCount + lines.length > MAX_CLAIM_LINES) {
    return refuse("CLAIM_TOO_LONG", `a claim has at most ${MAX_CLAIM_LINES} lines: open another one`);
  }
  const read = await readLines(unit, lines);
  const { onHand } = await loadOnHandAndLines(unit, [...new Set(read.map(({ sku }) => sku))]);
  const here = new Set(claim.lines.map((line) => onHandKey(line.sku, line.location)));
  return read.map((line, index): ClaimLine | LineFault => {
    const key = onHandKey(line.sku, line.location);
    if (here.has(key)) {
      const reason = `${line.sku} at ${line.location} has a line of the claim already`;
      return { index, code: "CLAIM_CONFLICT", field: "sku", reason };
    }
    if (line.claimedMinor !== null && claim.currency === null) {
      return { index, code: "CLAIM_CURRENCY", field: "claimedMinor", reason: "the claim names no currency" };
    }
    const { unsellable = 0, claimed = 0 } = onHand.get(key) ?? {};
    if (line.quantity > unsellable - claimed) {
      const reason = `not that many unsellable ${line.sku} that are under no claim are at ${line.location}`;
      return { index, code: "NOT_CLAIMABLE", field: "quantity", reason };
    }
    here.add(key);
    return { ...line, held: line.quantity, sentBack: 0, missing: 0, outcome: null, creditedMinor: null };
  });
}

/** The lines with the SKUs that their codes mean by the labels of their warehouses. */
async function readLines(unit: UnitOfWork, lines: readonly ToldClaimLine[]): Promise<ToldClaimLine[]> {
  const labellings = await loadLabellings(unit, [...new Set(lines.map((line) => line.location))]);
  const labelOf = (location: string): Labelling => labellings.get(location) ?? NO_LABELLING;
  const suffixed = lines.filter(
    ({ sku, location }) => suffixedSku(sku, labelOf(location).unsellableSuffix) !== undefined,
  );
  const listed = await listedAmong(unit, [...new Set(suffixed.map(({ sku }) => sku))]);
  return lines.map((line) => {
    const { sku } = readCode(line.sku, labelOf(line.location), (code) => listed.has(code));
    if (unit.sequenceOf(sku) === undefined) throw new StartOver("a warehouse changed its labels meanwhile");
    return { ...line, sku };
  });
}

async function add(unit: UnitOfWork, claimId: string, lines: readonly ClaimLine[], actor: string): Promise<void> {
  if (lines.length === 0) return;
  const claim = (await loadClaims(unit, [claimId])).get(claimId)!;
  await addClaimLines(unit, claim, lines);
  const pieces = lines.reduce((sum, line) => sum + line.quantity, 0);
  const detail = `${lines.length} lines, ${pieces} pieces`;
  await noteClaimEvents(unit, [{ claimId, what: "LINES_ADDED", detail, actor }], unit.now);
}

/** Told again? A currency that was left out may have come with the settlement since. */
async function isSameClaim(
  unit: UnitOfWork,
  known: Claim,
  told: ToldClaim,
  lines: readonly ToldClaimLine[],
): Promise<boolean> {
  const { against, party, reference, note, currency } = told;
  if (known.against !== against || known.party !== party) return false;
  if (known.reference !== reference || known.note !== note) return false;
  if (currency !== null && currency !== known.currency) return false;
  const read = await readLines(unit, lines);
  const byLine = new Map(known.lines.map((line) => [line.line, line]));
  return (
    known.lines.length === lines.length &&
    lines.every((line, index) => {
      const one = byLine.get(line.line);
      return one?.sku === read[index]!.sku && one.location === line.location && saysTheSame(one, line);
    })
  );
}

const conflict = (claimId: string): Refusal =>
  refuse("CLAIM_CONFLICT", `claim ${claimId} was opened before with other content: take another id`);
