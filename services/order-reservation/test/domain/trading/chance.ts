/** Repeatable chance (xorshift): the same seed makes the same day. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 17) >>> 0 || 1;
  }

  #next(): number {
    let x = this.#state;
    x = (x ^ (x << 13)) >>> 0;
    x ^= x >>> 17;
    x = (x ^ (x << 5)) >>> 0;
    this.#state = x;
    return x / 2 ** 32;
  }

  /** 0 … below − 1 */
  upTo(below: number): number {
    return Math.floor(this.#next() * below);
  }

  is(probability: number): boolean {
    return this.#next() < probability;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.upTo(choices.length)]!;
  }
}
