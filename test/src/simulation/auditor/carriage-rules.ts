import type { Found, Pieces, TransferMove } from "../workload/transferring.js";
import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";
import { gatherTransferLines, isTaken, keyOf } from "./transfer-facts.js";
import type { TransferTables } from "./transfer-tables.js";

type Told<D extends TransferMove["do"]> = Extract<TransferMove, { do: D }>;

/** What clerks at both ends were told is what happened, once, whoever told it how often. */
export function carriageRules(evidence: Evidence, findings: Findings): void {
  const { transfers } = evidence.tables;
  if (transfers === undefined) return;
  const leaving = departuresHappenOnce(evidence, transfers, findings);
  const arriving = arrivalsHappenOnce(evidence, transfers, findings);
  const given = tellings(evidence, "lose");
  const short = tellings(evidence, "notThere");
  for (const [key, facts] of gatherTransferLines(evidence)) {
    const arrived = arriving.get(key) ?? { sellable: 0, damaged: 0, lost: 0, surplus: 0 };
    const lost = sumOf(given, key, ({ lines }) => lines);
    const notFound = sumOf(short, key, ({ lines }) => lines.filter(({ cause }) => cause === "NOT_FOUND"));
    const broken = sumOf(short, key, ({ lines }) => lines.filter(({ cause }) => cause === "DAMAGED"));
    const shown = () => `${JSON.stringify(facts)}; told: ${JSON.stringify({ arrived, lost, notFound, broken })}`;
    const left = leaving.get(key) ?? 0;
    findings.expect(facts.dispatched === left, "what left is what clerks sent, once", () => `${shown()}, sent ${left}`);
    const here = arrived.sellable + arrived.damaged;
    findings.expect(
      facts.received + facts.receipts === here && facts.damaged + facts.receiptsUnsellable === arrived.damaged,
      "what arrived is what clerks saw, once",
      shown,
    );
    findings.expect(facts.lost === arrived.lost + lost, "what is given up is what clerks gave up, once", shown);
    const gone = facts.short === notFound && facts.damagedBefore === broken;
    findings.expect(gone, "what was not there is what clerks did not find, once", shown);
  }
  theWayIsWhatLeftAndDidNotArrive(evidence, transfers, findings);
}

/** Pieces by line of the shipments that clerks were told have left. */
function departuresHappenOnce(evidence: Evidence, tables: TransferTables, findings: Findings): Map<string, number> {
  const sent = new Map<string, number>();
  const shipments = new Map<string, Map<string, number>>();
  for (const { transfer_id, shipment_id, line_id, quantity } of tables.shipmentLines) {
    const id = JSON.stringify([transfer_id, shipment_id]);
    shipments.set(id, (shipments.get(id) ?? new Map<string, number>()).set(line_id, quantity));
    const key = keyOf(transfer_id, line_id);
    sent.set(key, (sent.get(key) ?? 0) + quantity);
  }
  const taken = new Set<string>();
  for (const { transferId, shipmentId, lines } of tellings(evidence, "dispatch")) {
    const id = JSON.stringify([transferId, shipmentId]);
    taken.add(id);
    const has = shipments.get(id);
    const same = has !== undefined && (lines === null || isSame(has, piecesByLine(lines)));
    const shown = () => `${id}: told ${JSON.stringify(lines)}, has ${JSON.stringify([...(has ?? [])])}`;
    findings.expect(same, "a departure is what a clerk was told it is", shown);
  }
  for (const id of shipments.keys()) findings.expect(taken.has(id), "nothing leaves that nobody sent", () => id);
  return sent;
}

type Seen = Omit<Found, "lineId"> & { surplus: number };

/** Pieces by line of the arrivals that clerks were told were taken. */
function arrivalsHappenOnce(evidence: Evidence, tables: TransferTables, findings: Findings): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  const arrivals = new Map<string, (typeof tables.arrivalLines)[number][]>();
  for (const row of tables.arrivalLines) {
    const id = JSON.stringify([row.transfer_id, row.arrival_id]);
    arrivals.set(id, [...(arrivals.get(id) ?? []), row]);
    const key = keyOf(row.transfer_id, row.line_id);
    const sum = seen.get(key) ?? { sellable: 0, damaged: 0, lost: 0, surplus: 0 };
    seen.set(key, {
      sellable: sum.sellable + row.sellable,
      damaged: sum.damaged + row.damaged,
      lost: sum.lost + row.lost,
      surplus: sum.surplus + row.surplus,
    });
  }
  const taken = new Set<string>();
  for (const { transferId, arrivalId, location, lines } of tellings(evidence, "receive")) {
    const id = JSON.stringify([transferId, arrivalId]);
    taken.add(id);
    const rows = arrivals.get(id);
    const same =
      rows?.every((row) => {
        const told = lines?.find(({ lineId }) => lineId === row.line_id);
        const place = location === null || location === row.location;
        if (lines === null) return place && row.damaged + row.lost === 0;
        return place && told?.sellable === row.sellable && told.damaged === row.damaged && told.lost === row.lost;
      }) ?? false;
    const shown = () => `${id}: told ${JSON.stringify(lines)} at ${location}, has ${JSON.stringify(rows)}`;
    findings.expect(same, "an arrival is what a clerk was told it is", shown);
  }
  goodsArriveWhereTheyGo(evidence, tables, findings);
  for (const id of arrivals.keys()) findings.expect(taken.has(id), "nothing arrives that nobody saw", () => id);
  return seen;
}

/** Unless somebody says otherwise, at the destination; those of a transfer that was called back at its source. */
function goodsArriveWhereTheyGo(evidence: Evidence, tables: TransferTables, findings: Findings): void {
  const ways = new Map(tables.lines.map((row) => [row.transfer_id, row]));
  const said = new Set(
    tellings(evidence, "receive").flatMap(({ transferId, arrivalId, location }) =>
      location === null ? [] : [JSON.stringify([transferId, arrivalId])],
    ),
  );
  for (const { transfer_id, arrival_id, location } of tables.arrivalLines) {
    if (said.has(JSON.stringify([transfer_id, arrival_id]))) continue;
    const way = ways.get(transfer_id);
    const there = location === way?.destination || (way?.called_back === true && location === way.source);
    const shown = () => `${transfer_id}/${arrival_id} at ${location}: ${JSON.stringify(way)}`;
    findings.expect(there, "goods arrive where they go, or where they come from when called back", shown);
  }
}

/** What is shown as under way, by shipment and in sum, is what left and neither arrived nor was given up. */
function theWayIsWhatLeftAndDidNotArrive(evidence: Evidence, tables: TransferTables, findings: Findings): void {
  const shown = new Map<string, number>();
  for (const { transfer_id, line_id, open } of tables.shipmentLines) {
    const key = keyOf(transfer_id, line_id);
    shown.set(key, (shown.get(key) ?? 0) + open);
  }
  for (const [key, { dispatched, received, lost }] of gatherTransferLines(evidence)) {
    const underWay = dispatched - received - lost;
    const has = shown.get(key) ?? 0;
    const told = () => `${key}: shows ${has}, ${underWay} have left and not arrived`;
    findings.expect(has === underWay, "in transit is what left and did not arrive", told);
  }
}

function tellings<D extends TransferMove["do"]>({ history }: Evidence, what: D): Told<D>[] {
  return history.exchanges.filter((one) => one.move.do === what && isTaken(one)).map(({ move }) => move as Told<D>);
}

function sumOf<M extends { readonly transferId: string }>(
  moves: readonly M[],
  key: string,
  linesOf: (move: M) => readonly Pieces[],
): number {
  const lines = moves.flatMap((move) =>
    linesOf(move).map((line) => ({ ...line, key: keyOf(move.transferId, line.lineId) })),
  );
  return lines.reduce((sum, line) => (line.key === key ? sum + line.quantity : sum), 0);
}

const piecesByLine = (lines: readonly Pieces[]): Map<string, number> =>
  new Map(lines.map(({ lineId, quantity }) => [lineId, quantity]));

const isSame = (one: Map<string, number>, other: Map<string, number>): boolean =>
  one.size === other.size && [...one].every(([key, quantity]) => other.get(key) === quantity);
