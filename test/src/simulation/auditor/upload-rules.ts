import { lineOf, type Upload } from "../workload/uploading.js";
import type { HttpAnswer } from "../world/http-call.js";
import type { Evidence } from "./auditor.js";
import type { Findings } from "./findings.js";
import { movementsOf } from "./movement-rules.js";

interface Booked {
  sku: string;
  pieces: number;
  unsellable: number;
}

/** Good rows apply once, however often a sheet is sent or breaks off; bad ones are named by row and leave nothing. */
export function uploadRules(evidence: Evidence, findings: Findings): void {
  if (evidence.tables.onHand === undefined) return;
  const booked = bookedByLine(evidence);
  for (const { move, answers } of evidence.history.exchanges) {
    if (move.do !== "upload") continue;
    for (const answer of answers) isAnswered(move, answer, booked, findings);
  }
  const sheets = new Map<string, Upload[]>();
  for (const { move } of evidence.history.moves) {
    if (move.do === "upload") sheets.set(move.reference, [...(sheets.get(move.reference) ?? []), move]);
  }
  for (const [key, row] of booked) {
    const [reference, line] = JSON.parse(key) as [string, string];
    const uploads = sheets.get(reference) ?? [];
    if (uploads.length === 0) continue;
    const said = uploads.some((upload) => upload.rows.some((_, index) => says(upload, index, line, row)));
    const shown = () => `${key} is booked as ${JSON.stringify(row)}, which no sheet said`;
    findings.expect(said, "a row of a sheet is booked once, as it stands there", shown);
  }
}

function bookedByLine(evidence: Evidence): Map<string, Booked> {
  const booked = new Map<string, Booked>();
  for (const { reference, sku, legs, kind, reverses } of movementsOf(evidence)) {
    if (kind !== "RECEIPT" || reverses !== null) continue;
    const key = JSON.stringify([reference.id, reference.line]);
    const row = booked.get(key) ?? { sku, pieces: 0, unsellable: 0 };
    for (const { bucket, delta } of legs) {
      if (bucket === "total") row.pieces += delta;
      if (bucket === "unsellable") row.unsellable += delta;
    }
    booked.set(key, row);
  }
  return booked;
}

function says(upload: Upload, index: number, line: string, row: Booked): boolean {
  const told = upload.rows[index]!;
  if ("bad" in told || String(lineOf(upload, index)) !== line) return false;
  return told.sku === row.sku && told.quantity === row.pieces && told.unsellable === row.unsellable;
}

function isAnswered(
  upload: Upload,
  { status, body }: HttpAnswer,
  booked: Map<string, Booked>,
  findings: Findings,
): void {
  const shown = () => `${JSON.stringify(upload)} was answered ${status} ${JSON.stringify(body)}`;
  findings.expect(status === 200, "a sheet that can be read is taken", shown);
  const report = body as { rows: number; applied: number; alreadyApplied: number; errors: { row: number }[] };
  const refused: number[] = [];
  upload.rows.forEach((_, index) => {
    const line = String(lineOf(upload, index));
    const row = booked.get(JSON.stringify([upload.reference, line]));
    if (row === undefined || !says(upload, index, line, row)) refused.push(lineOf(upload, index));
  });
  const named = report.errors?.map(({ row }) => row);
  const told = () => `${shown()}; rows that are not booked: ${refused.join(", ")}`;
  findings.expect(
    JSON.stringify(named) === JSON.stringify(refused),
    "bad rows are answered by row, good ones apply",
    told,
  );
  const counted = report.applied + report.alreadyApplied + refused.length;
  findings.expect(
    report.rows === upload.rows.length && counted === report.rows,
    "every row of a sheet is counted",
    shown,
  );
}
