/** One wrong field of a request: where and why. */
export interface FieldProblem {
  readonly field: string;
  readonly reason: string;
}

/** Where the `type` of every problem lives; the last segment is the stable slug. */
export const PROBLEM_BASE = "https://septet.dev/problems/";

/** What every problem is sent as, thrown, told or told again. */
export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** A refusal as RFC 9457 says it; thrown by handlers, answered as application/problem+json. */
export class Problem extends Error {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly FieldProblem[] | undefined;
  readonly headers: Record<string, string>;
  /** Members of its own, e.g. `reasons` of a refused reservation. */
  readonly extra: Record<string, unknown>;

  /** @param o.type a stable kebab-case slug; callers rely on it, so it never changes. */
  constructor(o: {
    status: number;
    type: string;
    title: string;
    detail?: string | undefined;
    errors?: readonly FieldProblem[] | undefined;
    headers?: Record<string, string>;
    extra?: Record<string, unknown>;
  }) {
    super(o.detail === undefined ? o.title : `${o.title}: ${o.detail}`);
    this.name = "Problem";
    this.status = o.status;
    this.type = PROBLEM_BASE + o.type;
    this.title = o.title;
    this.detail = o.detail;
    this.errors = o.errors;
    this.headers = o.headers ?? {};
    this.extra = o.extra ?? {};
  }

  /** The body of the answer. */
  body(): Record<string, unknown> {
    return {
      ...this.extra,
      type: this.type,
      title: this.title,
      status: this.status,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      ...(this.errors === undefined ? {} : { errors: this.errors }),
    };
  }
}

/** 404 for a thing that the path names and nobody has. */
export function notFound(what: string): Problem {
  return new Problem({ status: 404, type: "not-found", title: "Not found", detail: `${what} does not exist` });
}

/** 409 with a slug of its own. */
export function conflict(type: string, title: string, extra: Record<string, unknown> = {}): Problem {
  return new Problem({ status: 409, type, title, extra });
}

/** 400 for fields that are wrong. */
export function invalid(errors: readonly FieldProblem[], detail?: string): Problem {
  return new Problem({ status: 400, type: "invalid-request", title: "The request is not valid", detail, errors });
}

/** How a refusal by the domain is told over HTTP. */
export interface RefusalProblem {
  readonly status: number;
  readonly type: string;
  readonly title: string;
}

/** The problem that tells of a refusal by the domain: its fields are the body's, `code` is its name for programs. */
export function problemOfRefusal(
  problem: RefusalProblem,
  refusal: { readonly code: string; readonly detail: string; readonly errors: readonly FieldProblem[] },
  extra: Record<string, unknown> = {},
): Problem {
  const { code, detail } = refusal;
  const errors = refusal.errors.map(({ field, reason }) => ({ field: `body.${field}`, reason }));
  return new Problem({ ...problem, detail, ...(errors.length === 0 ? {} : { errors }), extra: { code, ...extra } });
}
