import { invalid, notFound, type Route, route, type ServiceContext } from "@septet/service-kit";
import { z } from "zod";
import type { Policy } from "../domain/index.js";
import { listPolicies, putPolicy } from "../store/policies.js";
import { misplacedRules, RULES, SCOPE } from "./policy-rules.js";

const POLICY = z.object({
  scope: z.string(),
  rules: RULES,
  version: z.number().int(),
  changedAt: z.iso.datetime(),
  changedBy: z.string(),
});
const PARAMS = z.object({ scope: SCOPE });

/** Rules of selling by scope; a rule that a scope leaves out comes from the next wider one. */
export function policyRoutes(context: Pick<ServiceContext, "db" | "transact">): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/policies",
      roles: ["operator", "sre"],
      summary: "All policies",
      responses: { 200: { description: "by scope", body: z.object({ items: z.array(POLICY) }) } },
      handler: async () => ({ status: 200, body: { items: await listPolicies(context.db) } }),
    }),
    route({
      method: "GET",
      path: "/v1/policies/{scope}",
      roles: ["operator", "sre"],
      summary: "The policy of one scope",
      params: PARAMS,
      responses: { 200: { description: "the policy", body: POLICY }, 404: "the scope has no policy" },
      handler: async ({ params: { scope } }) => {
        const [policy] = await listPolicies(context.db, scope);
        if (policy === undefined) throw notFound(`Policy ${scope}`);
        return { status: 200, body: policy };
      },
    }),
    putRoute(context),
  ];
}

function putRoute(context: Pick<ServiceContext, "db" | "transact">): Route {
  return route({
    method: "PUT",
    path: "/v1/policies/{scope}",
    roles: ["operator"],
    summary: "Set the rules of a scope; they hold for decisions from now on",
    params: PARAMS,
    body: RULES,
    responses: { 200: { description: "the policy as it is now", body: POLICY } },
    handler: async ({ params: { scope }, body, actor }) => {
      const misplaced = misplacedRules(scope, body);
      if (misplaced.length > 0) {
        throw invalid(misplaced.map(({ rule, reason }) => ({ field: `body.${rule}`, reason })));
      }
      const stored = await context.transact({}, async (unit) => {
        const policy = await putPolicy(unit, scope, body as Policy, actor.subject);
        unit.publish("PolicyChanged", {
          scope,
          policy: JSON.stringify(policy.rules),
          actor: actor.subject,
          version: policy.version,
        });
        return policy;
      });
      return { status: 200, body: stored };
    },
  });
}
