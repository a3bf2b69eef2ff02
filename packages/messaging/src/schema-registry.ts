import confluent from "@kafkajs/confluent-schema-registry";
import { messageOf, TransientError } from "./errors.js";
import type { Logger } from "./logger.js";
import { backoffMs, wait } from "./wait.js";

const { COMPATIBILITY, SchemaRegistry, SchemaType } = confluent;
const RULE = COMPATIBILITY.FULL_TRANSITIVE;
const REQUEST_TIMEOUT_MS = 5_000;
const REGISTER_WITHIN_MS = 60_000;
/** An id nobody knows is asked for again after this, so that a flood of bad messages is not one of requests. */
const UNKNOWN_ID_MS = 10_000;
const MAX_UNKNOWN_IDS = 10_000;
/** Ids are signed in every registry; beyond this it is asked for nothing, and answers as it likes. */
const MAX_ID = 0x7fffffff;

export interface Registry {
  /** Registers the text under FULL_TRANSITIVE and answers its id; waits for a registry that is not up yet. */
  register(subject: string, schemaText: string): Promise<number>;
  /** The Avro text of an id, or undefined when the registry has none. Throws TransientError when it is away. */
  schemaText(id: number): Promise<string | undefined>;
}

export interface RegistryOptions {
  readonly registryUrl: string;
  readonly logger: Logger;
  readonly registerWithinMs?: number;
}

export function createRegistry(options: RegistryOptions): Registry {
  const { base, headers, auth } = addressOf(options.registryUrl);
  const client = new SchemaRegistry({ host: base, ...(auth === undefined ? {} : { auth }) });
  const unknownUntil = new Map<number, number>();
  const pending = new Map<number, Promise<string | undefined>>();

  const registerOnce = async (subject: string, schema: string): Promise<number> => {
    // Before the subject exists, so that of two instances that start at once neither registers under a laxer rule.
    await requireFullTransitive(`${base}/config/${encodeURIComponent(subject)}`, headers);
    const { id } = await client.register({ type: SchemaType.AVRO, schema }, { subject, compatibility: RULE });
    return id;
  };

  const register = async (subject: string, schemaText: string): Promise<number> => {
    const deadline = Date.now() + (options.registerWithinMs ?? REGISTER_WITHIN_MS);
    for (let attempt = 0; ; attempt++) {
      try {
        return await registerOnce(subject, schemaText);
      } catch (error) {
        if (isRefusal(error)) throw new Error(`the registry refuses ${subject}: ${messageOf(error)}`, { cause: error });
        if (Date.now() >= deadline) throw new TransientError(`the registry is away: ${messageOf(error)}`);
        options.logger.debug({ subject, attempt, error: messageOf(error) }, "the schema registry does not answer yet");
        await wait(backoffMs(attempt, 100, 2_000));
      }
    }
  };

  const fetchText = async (id: number): Promise<string | undefined> => {
    const response = await request(`${base}/schemas/ids/${id}`, { headers });
    if (response.status === 404) {
      // All at once: rubbish whose every message has another id must not fill the memory.
      if (unknownUntil.size >= MAX_UNKNOWN_IDS) unknownUntil.clear();
      unknownUntil.set(id, Date.now() + UNKNOWN_ID_MS);
      return undefined;
    }
    if (!response.ok) throw new TransientError(`the registry answers ${response.status} for schema ${id}`);
    const body = (await response.json()) as { schema: string; schemaType?: string };
    return body.schema;
  };

  const schemaText = (id: number): Promise<string | undefined> => {
    if (id > MAX_ID) return Promise.resolve(undefined);
    if ((unknownUntil.get(id) ?? 0) > Date.now()) return Promise.resolve(undefined);
    unknownUntil.delete(id);
    let asked = pending.get(id);
    if (asked === undefined) {
      asked = fetchText(id).finally(() => pending.delete(id));
      pending.set(id, asked);
    }
    return asked;
  };

  return { register, schemaText };
}

/**
 * Sets the rule of a subject. Of several who do so at once Apicurio (3.0.9) answers all but the first with 409 ("A rule named
 * 'COMPATIBILITY' already exists"), also when the rule that is there is the one they want.
 */
async function requireFullTransitive(url: string, headers: Record<string, string>): Promise<void> {
  const response = await request(url, {
    method: "PUT",
    headers: { ...headers, "content-type": "application/vnd.schemaregistry.v1+json" },
    body: JSON.stringify({ compatibility: RULE }),
  });
  await response.arrayBuffer();
  if (response.ok || (response.status === 409 && (await ruleAt(url, headers)) === RULE)) return;
  throw new TransientError(`the registry answers ${response.status} to the compatibility rule`);
}

async function ruleAt(url: string, headers: Record<string, string>): Promise<string | undefined> {
  const response = await request(url, { headers });
  if (!response.ok) throw new TransientError(`the registry answers ${response.status} for the compatibility rule`);
  const { compatibilityLevel } = (await response.json()) as { compatibilityLevel?: string };
  return compatibilityLevel;
}

async function request(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
    throw new TransientError(`the registry does not answer: ${cause}`);
  }
}

/** 409: incompatible with an earlier version; 422: not Avro. Everything else may pass. */
function isRefusal(error: unknown): boolean {
  const status = (error as { status?: unknown } | null)?.status;
  return status === 409 || status === 422;
}

function addressOf(registryUrl: string) {
  const url = new URL(registryUrl);
  const auth =
    url.username === ""
      ? undefined
      : { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  url.username = "";
  url.password = "";
  const headers: Record<string, string> = {};
  if (auth !== undefined) {
    headers.authorization = `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString("base64")}`;
  }
  return { base: url.href.replace(/\/+$/, ""), headers, auth };
}
