import { holdsOf } from "./holds.js";
import type { OutsideWorld } from "./outside-world.js";
import type { RightingMove } from "./righting.js";

type Relocation = Extract<RightingMove, { do: "relocate" }>;

/** Whoever moves a hold looks at the latest ones. */
const RECENT_HOLDS = 4;
/** A wish that has met no hold for so many steps is given up. */
const PATIENCE_STEPS = 600;

/** Operators who want something held at another location, and wait until there is a hold that is not. */
export class Movers {
  readonly #outside: OutsideWorld;
  #wishes: { readonly move: Relocation; readonly until: number }[] = [];

  constructor(outside: OutsideWorld) {
    this.#outside = outside;
  }

  wish(move: Relocation): void {
    this.#wishes.push({ move, until: this.#outside.world.scheduler.steps + PATIENCE_STEPS });
    this.work();
  }

  work(): void {
    if (this.#wishes.length === 0) return;
    const { world } = this.#outside;
    const holds = holdsOf(world);
    const late = (until: number) => until < world.scheduler.steps;
    this.#wishes = this.#wishes.filter(({ move, until }) => !this.#move(move, holds) && !late(until));
  }

  /** Asks for it; false where nothing is held elsewhere. */
  #move(move: Relocation, holds: ReturnType<typeof holdsOf>): boolean {
    const { to, quantity, nth } = move;
    const places = holds
      .slice(-RECENT_HOLDS)
      .flatMap(({ orderId, lines }) =>
        lines.flatMap(({ lineId, allocations }) =>
          allocations
            .filter(({ location }) => location !== to)
            .map(({ location, sku }) => ({ orderId, lineId, sku, from: location })),
        ),
      );
    const of = places.at(-1 - (nth % Math.max(1, places.length)));
    if (of === undefined) return false;
    const body = {
      lines: [
        {
          lineId: of.lineId,
          from: of.from,
          to,
          ...(of.sku === null ? {} : { sku: of.sku }),
          ...(quantity === null ? {} : { quantity }),
        },
      ],
    };
    const path = `/v1/reservations/${of.orderId}/move`;
    this.#outside.request({ ...move, of }, "order-reservation", { method: "POST", path, body });
    return true;
  }
}
