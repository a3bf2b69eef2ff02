import type { Codec, InboundMessage } from "@septet/messaging";
import type { RecordName, RecordOf } from "@septet/stock-contracts";
import type { Move } from "../workload/script.js";
import type { HttpAnswer, HttpRequest } from "./http-call.js";

/** A message as it went into the log, read; `record` is undefined when its bytes say nothing. */
export interface Witnessed {
  readonly message: InboundMessage;
  readonly record:
    | { readonly [N in RecordName]: { readonly name: N; readonly value: RecordOf<N> } }[RecordName]
    | undefined;
}

/** A request of the workload, and all answers that came to it. */
export interface Exchange {
  readonly move: Move;
  readonly service: string;
  readonly path: string;
  readonly method: HttpRequest["method"];
  /** Simulated time of the first sending, epoch ms. */
  readonly askedAt: number;
  readonly answers: HttpAnswer[];
}

/** A piece that vanished without anybody telling; times are epoch ms by the simulation's clock. */
export interface Loss {
  readonly sku: string;
  readonly location: string;
  readonly at: number;
  /** A picker missed it, and the book knows by him. */
  toldAt: number | null;
  /** It turned up again. */
  foundAt: number | null;
  /** An approved count has told of it. */
  counted: boolean;
  /** The latest moment at which a count saw that it is gone; 0 = none has. */
  missedAt: number;
}

/** All that went in and all that came out, in the order in which it did: what an auditor may look at. */
export class History {
  readonly witnessed: Witnessed[] = [];
  readonly exchanges: Exchange[] = [];
  readonly losses: Loss[] = [];
  /** SKUs and locations of which nobody could say what lies there. */
  readonly uncounted = new Set<string>();
  readonly moves: { readonly move: Move; readonly at: number }[] = [];
  readonly #codec: Codec;
  #unread: InboundMessage[] = [];

  constructor(codec: Codec) {
    this.#codec = codec;
  }

  see(message: InboundMessage): void {
    this.#unread.push(message);
  }

  /** Reads what has come since the last time. */
  async digest(): Promise<void> {
    const unread = this.#unread;
    this.#unread = [];
    for (const message of unread) {
      const decoded = await this.#codec.decode(message);
      const record = decoded.ok ? ({ name: decoded.name, value: decoded.value } as Witnessed["record"]) : undefined;
      this.witnessed.push({ message, record });
    }
  }

  /** Records of one kind, in order of arrival; a repeated one as often as it came. */
  records<N extends RecordName>(name: N): { readonly message: InboundMessage; readonly value: RecordOf<N> }[] {
    return this.witnessed.flatMap(({ message, record }) =>
      record?.name === name ? [{ message, value: record.value as RecordOf<N> }] : [],
    );
  }
}
