import type { Answer, Problem } from "@septet/service-kit";

/** A refusal as an answer, for work that is settled with others and so cannot throw it. */
export const problemAnswer = (problem: Problem): Answer => ({
  status: problem.status,
  body: problem.body(),
  headers: { ...problem.headers, "content-type": "application/problem+json" },
});
