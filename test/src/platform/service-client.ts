/** An answer that was not wanted: the status, and what the service said. */
export class UnexpectedAnswer extends Error {
  override readonly name = "UnexpectedAnswer";
  readonly status: number;

  constructor(request: string, answer: Answer) {
    super(`${request} was answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 500)}`);
    this.status = answer.status;
  }
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are read where they are used
  readonly body: any;
}

export interface CallOptions {
  /** Sent as it is when text, else as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly idempotencyKey?: string;
  /** Statuses that are answers and no errors; 2xx always are. */
  readonly expect?: readonly number[];
}

export interface ServiceClientOptions {
  readonly service: string;
  /** Every instance of the service; calls go round, and past one that is away. */
  readonly urls: readonly string[];
  readonly token: () => Promise<string>;
  /** How long a service may be away before a call fails. */
  readonly patienceMs?: number;
}

const AWAY_STATUSES = new Set([502, 503, 504]);

/**
 * Speaks to one service. A service that is away (connection refused, cut off, 503) is asked again until patience ends: every
 * POST carries its idempotency key, so asking twice does nothing twice.
 */
export class ServiceClient {
  private readonly options: ServiceClientOptions;
  private turn = 0;

  constructor(options: ServiceClientOptions) {
    this.options = options;
  }

  get(path: string, expect: readonly number[] = []): Promise<Answer> {
    return this.call("GET", path, { expect });
  }

  post(path: string, idempotencyKey: string, body: unknown, expect: readonly number[] = []): Promise<Answer> {
    return this.call("POST", path, { body, idempotencyKey, expect });
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.call("PUT", path, { body });
  }

  /** All items of a cursor page, page after page. */
  async *pages(path: string): AsyncGenerator<Answer["body"]> {
    let cursor: string | null | undefined;
    do {
      const separator = path.includes("?") ? "&" : "?";
      const next = cursor ? `${path}${separator}cursor=${encodeURIComponent(cursor)}` : path;
      const { body } = await this.get(next);
      yield body;
      cursor = body.nextCursor;
    } while (cursor);
  }

  /** @throws UnexpectedAnswer for a status that is neither 2xx nor expected, also when the service stays away. */
  async call(method: string, path: string, options: CallOptions): Promise<Answer> {
    const deadline = Date.now() + (this.options.patienceMs ?? 60_000);
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.once(method, path, options);
      if ("status" in answer) {
        if (answer.status < 300 || options.expect?.includes(answer.status)) return answer;
        if (!AWAY_STATUSES.has(answer.status) || Date.now() > deadline)
          throw new UnexpectedAnswer(`${method} ${this.options.service} ${path}`, answer);
      } else if (Date.now() > deadline) throw answer.away;
      await new Promise((resolve) => setTimeout(resolve, Math.min(50 * 2 ** attempt, 1_000)));
    }
  }

  private async once(method: string, path: string, options: CallOptions): Promise<Answer | { away: unknown }> {
    const { urls } = this.options;
    const url = urls[this.turn++ % urls.length]!;
    const headers: Record<string, string> = { authorization: `Bearer ${await this.options.token()}` };
    if (options.idempotencyKey) headers["idempotency-key"] = options.idempotencyKey;
    const init: RequestInit = { method, headers };
    if (options.body !== undefined) {
      headers["content-type"] = options.contentType ?? "application/json";
      init.body = typeof options.body === "string" ? options.body : JSON.stringify(options.body);
    }
    try {
      const response = await fetch(url + path, init);
      return { status: response.status, body: bodyOf(await response.text()) };
    } catch (away) {
      return { away };
    }
  }
}

function bodyOf(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch (error) {
    if ((error as Error).name === "SyntaxError") return text;
    throw error;
  }
}
