import type { Suggestion, SuggestionEnd } from "../domain/suggestion.js";
import { proposalIn, suggestionIdOf } from "../domain/suggestion-id.js";

/** A suggestion as it is answered, with the figures it rests on. Days are rounded to hundredths. */
export function suggestionView(suggestion: Suggestion) {
  const { sku, quantity, basis, differenceDays, source, destination } = suggestion;
  return {
    id: suggestionIdOf(proposalIn(suggestion)),
    sku,
    quantity,
    basis,
    differenceDays: hundredths(differenceDays),
    source: endView(source),
    destination: endView(destination),
  };
}

/** `coverDays` null: nothing was sold in 28 days, so that the stock has no end. */
function endView(end: SuggestionEnd) {
  return {
    location: end.location,
    sellable: end.sellable,
    spokenFor: end.spokenFor,
    onTheWay: { planned: end.plannedIn, reserved: end.reservedIn, inTransit: end.inTransitIn },
    soldIn28Days: end.soldPieces,
    dailySales: hundredths(end.dailySales),
    coverDaysBefore: hundredths(end.coverDaysBefore),
    coverDaysAfter: hundredths(end.coverDaysAfter),
  };
}

function hundredths(days: number): number;
function hundredths(days: number | null): number | null;
function hundredths(days: number | null): number | null {
  return days === null ? null : Math.round(days * 100) / 100;
}
