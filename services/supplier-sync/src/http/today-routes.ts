import { decodeCursor, isoTime, page, pageFields, type Route, route, type ServiceContext } from "@septet/service-kit";
import { z } from "zod";
import { todayBoard } from "../store/today-board.js";
import { READERS } from "./supplier-routes.js";

const PAGE = z.strictObject(pageFields());

/** Whom to speak to today. */
export function todayRoutes({ db }: Pick<ServiceContext, "db">): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/today",
      roles: READERS,
      summary:
        "Suppliers with something to see to: late, unanswered, stale, stopped, out of sequence, or with unknown codes",
      query: PAGE,
      responses: { 200: "a page of suppliers, by id" },
      handler: async ({ query: { cursor, limit } }) => {
        const after = cursor === undefined ? "" : String(decodeCursor(cursor)[0]);
        const { items, nextCursor } = page(await todayBoard(db, after, limit + 1), limit, (row) => [row.supplierId]);
        const shown = items.map(({ brokenSince, answerDueAt, ...row }) => {
          return { ...row, brokenSince: isoTime(brokenSince), answerDueAt: isoTime(answerDueAt) };
        });
        return { status: 200, body: { items: shown, nextCursor } };
      },
    }),
  ];
}
