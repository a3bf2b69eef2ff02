import { SUFFIX } from "../workload/expecting.js";
import type { Evidence } from "./auditor.js";
import { Books } from "./books.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";

/** The line of a SKU that nobody has set one for. */
const DEFAULT_LINE_PIECES = 10;
const OFF = -1;
const EVERYWHERE = "";

/** What buyers are told, what was announced, and how labelled goods were read. */
export function expectingRules(evidence: Evidence, findings: Findings): void {
  if (evidence.tables.onHand === undefined) return;
  lowStockIsKnown(evidence, findings);
  crossingsAreToldOnce(evidence, findings);
  announcementsAddUp(evidence, findings);
  labelsAreRead(evidence, findings);
}

const placeOf = (sku: string | null, location: string | null) => JSON.stringify([sku, location]);

/** At rest a place is low exactly when its usable pieces are at or below its line. */
function lowStockIsKnown(evidence: Evidence, findings: Findings): void {
  const books = new Books();
  for (const movement of movementsOf(evidence)) books.fold(movement);
  const lines = new Map(evidence.tables.alertLines.map((line) => [placeOf(line.sku, line.location), line.pieces]));
  for (const { sku, location, low } of evidence.tables.onHand ?? []) {
    const usable = books.of(sku, location, "total") - books.of(sku, location, "unsellable");
    const line = lines.get(placeOf(sku, location)) ?? lines.get(placeOf(sku, EVERYWHERE)) ?? DEFAULT_LINE_PIECES;
    const shown = () => `${sku} at ${location}: ${usable} usable, the line is ${line}, low: ${low}`;
    if (low === null) findings.expect(usable <= 0, "what has a usable piece was stocked", shown);
    else findings.expect(low === (line !== OFF && usable <= line), "low is what is at or below its line", shown);
  }
}

function crossingsAreToldOnce({ history, tables }: Evidence, findings: Findings): void {
  const told = new Map<string, boolean>();
  const seen = new Set<string>();
  for (const { record } of history.witnessed) {
    if (record?.name !== "StockAlertRaised" && record?.name !== "StockAlertCleared") continue;
    const { eventId, code, sku, location } = record.value;
    if (code !== "LOW_STOCK" || seen.has(eventId)) continue;
    seen.add(eventId);
    const raised = record.name === "StockAlertRaised";
    const before = told.get(placeOf(sku, location)) ?? false;
    const shown = () => `${sku} at ${location} was ${raised ? "raised" : "cleared"} twice`;
    findings.expect(raised !== before, "a crossing of the alert line is told once", shown);
    told.set(placeOf(sku, location), raised);
  }
  for (const { sku, location, low } of tables.onHand ?? []) {
    const raised = told.get(placeOf(sku, location)) ?? false;
    const shown = () => `${sku} at ${location} is ${low === true ? "" : "not "}low`;
    findings.expect(raised === (low === true), "at rest an alert is raised exactly for what is low", shown);
  }
}

/** An announcement is over when a clerk said so, or when all of it has arrived, whichever receipts brought it. */
function announcementsAddUp(evidence: Evidence, findings: Findings): void {
  const { announcements, announcedLines } = evidence.tables;
  for (const { reference, location, closed, complete } of announcements) {
    const received = receivedFor(evidence, reference, location);
    const lines = announcedLines.filter((line) => line.reference === reference);
    const all = lines.every(({ sku, quantity }) => (received.get(sku) ?? 0) >= quantity);
    const shown = () =>
      `${reference}: announced ${JSON.stringify(lines)}, received ${JSON.stringify([...received])}, closed: ${closed}`;
    if (complete) findings.expect(all, "an announcement is complete when all of it has arrived", shown);
    else findings.expect(closed || !all, "an announcement of which all has arrived is closed", shown);
    const told = evidence.history.exchanges.some(
      ({ move, answers }) =>
        move.do === "closeAnnouncement" && move.reference === reference && answers.some(({ status }) => status === 200),
    );
    findings.expect(told === (closed && !complete), "an announcement is closed by a clerk who was told so", shown);
  }
}

/** Pieces by SKU of the receipts that name an announcement, or bear its reference at its warehouse; less what was taken back. */
function receivedFor(evidence: Evidence, announcement: string, location: string): Map<string, number> {
  const receipts = new Set<string>();
  const others = new Set<string>();
  for (const { move, answers } of evidence.history.exchanges) {
    if (move.do !== "arrive" || !answers.some(({ status }) => status === 200 || status === 201)) continue;
    const place = placeOf(move.reference, move.location);
    if (move.inbound === announcement) receipts.add(place);
    else if (move.inbound !== null) others.add(place);
  }
  if (!others.has(placeOf(announcement, location))) receipts.add(placeOf(announcement, location));
  const received = new Map<string, number>();
  for (const { sku, kind, reference, legs } of movementsOf(evidence)) {
    if (kind !== "RECEIPT" || reference.type !== "receipt") continue;
    for (const leg of legs) {
      if (leg.bucket !== "total" || !receipts.has(placeOf(reference.id, leg.location))) continue;
      received.set(sku, (received.get(sku) ?? 0) + leg.delta);
    }
  }
  return received;
}

/** Goods under a code or into an area that may be a label are booked once, whole, under one of its readings. */
function labelsAreRead(evidence: Evidence, findings: Findings): void {
  const movements = movementsOf(evidence);
  const { moves } = evidence.history;
  for (const { move, answers } of evidence.history.exchanges) {
    if (move.do !== "receiveLabelled") continue;
    const { reference, location, code, area, quantity } = move;
    const booked = movements.filter(
      (one) => one.kind === "RECEIPT" && one.reverses === null && one.reference.id === reference,
    );
    const taken = answers.some(({ status }) => status >= 200 && status < 300);
    const [only] = booked;
    const shown = () => `${JSON.stringify(move)}: ${JSON.stringify(booked)}`;
    findings.expect(booked.length === (taken ? 1 : 0), "labelled goods are booked once, whole", shown);
    if (only === undefined) continue;
    const unsellable = only.legs.some(({ bucket, delta }) => bucket === "unsellable" && delta === quantity);
    const labels = moves.flatMap(({ move: one }) => (one.do === "label" && one.location === location ? [one] : []));
    if (area !== null) {
      findings.expect(only.sku === code && unsellable, "what comes into an unsellable area is unsellable", shown);
      continue;
    }
    const bySuffix = only.sku === code.slice(0, -SUFFIX.length);
    const mayBeLabel = labels.some(({ suffix }) => suffix === SUFFIX);
    findings.expect(bySuffix ? mayBeLabel : only.sku === code, "a suffix is a label where a warehouse says so", shown);
    findings.expect(bySuffix === unsellable, "a code with the suffix means unsellable goods, without it others", shown);
  }
}
