/** One key for what a channel holds of a SKU at a location; none of them can contain the separator. */
export const channelKey = (channel: string, sku: string, location: string): string =>
  `${channel}\u0000${sku}\u0000${location}`;

/** What channels hold in orders and carts while a slice is decided, where a policy gives any of them a share. */
export class ChannelHolds {
  readonly #loaded: ReadonlyMap<string, number> | undefined;
  readonly #changes = new Map<string, number>();

  /** @param loaded pieces by `channelKey`; undefined: no policy asks, and nothing is counted */
  constructor(loaded: ReadonlyMap<string, number> | undefined) {
    this.#loaded = loaded;
  }

  of(channel: string | null, sku: string, location: string): number {
    if (this.#loaded === undefined || channel === null) return 0;
    const key = channelKey(channel, sku, location);
    return (this.#loaded.get(key) ?? 0) + (this.#changes.get(key) ?? 0);
  }

  /** Pieces are promised to a channel or, below 0, taken from its promises. */
  add(channel: string | null, sku: string, location: string, pieces: number): void {
    if (this.#loaded === undefined || channel === null) return;
    const key = channelKey(channel, sku, location);
    this.#changes.set(key, (this.#changes.get(key) ?? 0) + pieces);
  }
}
