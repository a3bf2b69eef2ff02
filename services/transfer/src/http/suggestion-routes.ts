import {
  type Answer,
  answerOnce,
  notFound,
  Problem,
  pageFields,
  type RequestContext,
  type Route,
  route,
  type ServiceContext,
} from "@septet/service-kit";
import { z } from "zod";
import { type Proposal, proposalOf, standingOf, suggestionIdOf } from "../domain/suggestion-id.js";
import { planOf, scopeOf, settleHeld } from "../settle.js";
import type { Suggestions } from "../suggestions.js";
import { answered, READERS, WRITERS } from "./carrying-out.js";
import { sku, warehouse } from "./schemas.js";
import { suggestionView } from "./suggestion-view.js";

const FILTER = z.strictObject({
  sku: sku.optional(),
  source: warehouse.optional(),
  destination: warehouse.optional(),
  ...pageFields(),
});
const MAX_SUGGESTION_ID_CHARS = 1_024;
const ID = z.object({ id: z.string().min(1).max(MAX_SUGGESTION_ID_CHARS) });

type Ground = Pick<ServiceContext, "db" | "newId">;

/** Transfers worth making, and making a draft of one. */
export function suggestionRoutes(ground: Ground, suggestions: Suggestions): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/suggestions",
      roles: READERS,
      summary: "Transfers worth making, where covers differ most first, with the figures that they rest on",
      description:
        "Cover is stock ÷ daily sales, in days; null where nothing was sold in 28 days. Stock is what may be sold, less " +
        "what open transfers want from there, plus what they bring. All SKUs are gone through every few minutes; what is " +
        "shown is made from the figures of now, so a page may be shorter than its limit although more follow. With a sku " +
        "named it is looked at at once. Each suggestion stands by itself: drafting one changes those beside it.",
      query: FILTER,
      responses: { 200: "a page of suggestions" },
      handler: async ({ query: { cursor, limit, ...filter } }) => {
        const { items, nextCursor } = await suggestions.list(filter, cursor, limit);
        return { status: 200, body: { items: items.map(suggestionView), nextCursor } };
      },
    }),
    route({
      method: "POST",
      path: "/v1/suggestions/{id}/draft",
      roles: WRITERS,
      summary: "Makes a draft of what is suggested; nothing moves until it is requested",
      description: "When more would be suggested by now, the draft is of what was read.",
      params: ID,
      body: z.strictObject({}).optional(),
      responses: {
        201: "the draft",
        404: "this names no suggestion",
        409: "less, or another source, would be suggested now; `suggestion` is the one that stands",
        410: "nothing would be suggested any more",
      },
      handler: (context) => draft(ground, suggestions, context),
    }),
  ];
}

async function draft(
  { db, newId }: Ground,
  suggestions: Suggestions,
  context: RequestContext<{ id: string }, unknown, unknown>,
): Promise<Answer> {
  const proposal = proposalOf(context.params.id);
  if (proposal === undefined) throw notFound("the suggestion");
  const command = commandOf(proposal, newId(), context);
  const scope = scopeOf([command]);
  return answerOnce(
    db,
    context,
    (session) => planOf(session, scope),
    async (unit) => {
      // Under the SKU's stream: whoever drafts the same at the same time comes after, and sees this draft.
      const standing = standingOf(proposal, await suggestions.of(unit, proposal.sku, unit.now));
      if (standing.outcome === "GONE") throw gone();
      if (standing.outcome === "CHANGED") throw changed(suggestionView(standing.now));
      const { outcomes } = await settleHeld(unit, scope, [command]);
      return answered(outcomes[0]!);
    },
  );
}

function commandOf(
  proposal: Proposal,
  transferId: string,
  context: Pick<RequestContext<unknown, unknown, unknown>, "actor">,
) {
  const { sku, source, destination, quantity } = proposal;
  return {
    type: "CREATE_TRANSFER",
    transferId,
    content: `suggestion ${suggestionIdOf(proposal)}`,
    ...{ source, destination },
    draft: true,
    allowPartial: true,
    expectedAt: null,
    reason: "suggested: the covers of the two warehouses differ",
    actor: context.actor.subject,
    lines: [{ lineId: "1", sku, quantity }],
  } as const;
}

const gone = () =>
  new Problem({
    status: 410,
    type: "suggestion-gone",
    title: "The suggestion no longer stands",
    detail: "the covers are even enough by now, or a transfer is under way: read the list again",
  });

const changed = (suggestion: ReturnType<typeof suggestionView>) =>
  new Problem({
    status: 409,
    type: "suggestion-changed",
    title: "The suggestion has changed",
    detail: "the figures have moved on: draft the suggestion that stands now, if you agree with it",
    extra: { suggestion },
  });
