import { z } from "zod";
import type { Route } from "./route.js";

/** OpenAPI 3.1 of the route table; schemas are those that requests are checked with. */
export function openApiDocument(o: {
  service: string;
  version: string;
  routes: readonly Route[];
}): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of o.routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: `Septet ${o.service}`, version: o.version },
    paths,
    security: [{ bearer: [] }],
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
      schemas: { Problem: PROBLEM_SCHEMA },
    },
  };
}

const PROBLEM_SCHEMA = {
  type: "object",
  required: ["type", "title", "status"],
  properties: {
    type: { type: "string", format: "uri", description: "stable; ends in the problem's slug" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string", description: "urn of the request" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["field", "reason"],
        properties: { field: { type: "string" }, reason: { type: "string" } },
      },
    },
  },
};

function operation(route: Route): Record<string, unknown> {
  return {
    summary: route.summary,
    description: [route.description, `Roles: ${route.roles.join(", ")}.`].filter(Boolean).join("\n\n"),
    operationId: operationId(route),
    "x-roles": route.roles,
    parameters: parameters(route),
    ...requestBody(route),
    responses: responses(route),
  };
}

function operationId(route: Route): string {
  const words = route.path.split(/[/{}_-]+/).filter((word) => word !== "" && word !== "v1");
  return route.method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
}

function parameters(route: Route): unknown[] {
  const named = [...route.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]!);
  const params = route.params === undefined ? {} : propertiesOf(route.params);
  const list: unknown[] = named.map((name) => ({
    name,
    in: "path",
    required: true,
    schema: params[name] ?? { type: "string" },
  }));
  if (route.query !== undefined) {
    const schema = jsonSchema(route.query) as { required?: string[] };
    for (const [name, property] of Object.entries(propertiesOf(route.query))) {
      list.push({ name, in: "query", required: schema.required?.includes(name) ?? false, schema: property });
    }
  }
  if (route.method === "POST") {
    list.push({
      name: "Idempotency-Key",
      in: "header",
      required: true,
      schema: { type: "string", minLength: 1, maxLength: 200 },
      description: "the same key and body gets the same answer for 7 days",
    });
  }
  return list;
}

function propertiesOf(schema: z.ZodType): Record<string, unknown> {
  return (jsonSchema(schema) as { properties?: Record<string, unknown> }).properties ?? {};
}

function requestBody(route: Route): Record<string, unknown> {
  const content: Record<string, unknown> = {};
  if (route.body !== undefined) content["application/json"] = { schema: jsonSchema(route.body) };
  for (const type of route.bulk) content[type] = { schema: { type: "string" } };
  return Object.keys(content).length === 0 ? {} : { requestBody: { required: true, content } };
}

function responses(route: Route): Record<string, unknown> {
  const problem = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  const described = Object.entries(route.responses).map(([status, response]) => {
    const description = typeof response === "string" ? response : response.description;
    const body = typeof response === "string" ? undefined : response.body;
    const json = body === undefined ? {} : { content: { "application/json": { schema: jsonSchema(body, "output") } } };
    return [
      status,
      Number(status) >= 400 && body === undefined ? { description, content: problem } : { description, ...json },
    ];
  });
  return { ...Object.fromEntries(described), default: { description: "A problem", content: problem } };
}

function jsonSchema(schema: z.ZodType, io: "input" | "output" = "input"): unknown {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Record<string, unknown>;
  return rest;
}
