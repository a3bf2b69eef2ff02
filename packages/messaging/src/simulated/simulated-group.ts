/** One consumer of a group, as the coordinator sees it. */
export interface GroupMember {
  readonly id: string;
  readonly topics: readonly string[];
  /** The partitions were dealt out anew; the member finds out when it gets round to it, and is a zombie until then. */
  dealt(): void;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** The coordinator of a group: who reads which partition, since when (generation), and how far the group has come. */
export class SimulatedGroup {
  readonly #members: GroupMember[] = [];
  readonly #topics = new Set<string>();
  readonly #committed = new Map<string, number>();
  readonly #partitionsOf: (topic: string) => number;
  #owners = new Map<string, string>();
  #generation = 0;

  constructor(partitionsOf: (topic: string) => number) {
    this.#partitionsOf = partitionsOf;
  }

  get generation(): number {
    return this.#generation;
  }

  /** Topics that somebody reads, or has read. */
  get topics(): ReadonlySet<string> {
    return this.#topics;
  }

  join(member: GroupMember): void {
    this.#members.push(member);
    for (const topic of member.topics) this.#topics.add(topic);
    this.deal(0);
  }

  leave(memberId: string): void {
    const index = this.#members.findIndex((member) => member.id === memberId);
    if (index < 0) return;
    this.#members.splice(index, 1);
    this.deal(0);
  }

  /** Deals all partitions out anew, one after the other, beginning with the member at `first`. */
  deal(first: number): void {
    this.#generation += 1;
    this.#owners = new Map();
    let turn = first;
    for (const topic of [...new Set(this.#members.flatMap((member) => [...member.topics]))].sort()) {
      const readers = this.#members.filter((member) => member.topics.includes(topic));
      for (let partition = 0; partition < this.#partitionsOf(topic); partition++) {
        this.#owners.set(`${topic}/${partition}`, readers[turn++ % readers.length]!.id);
      }
    }
    for (const member of this.#members) member.dealt();
  }

  /** The partitions of a member in the present generation. */
  partitionsOf(memberId: string): TopicPartition[] {
    return [...this.#owners].flatMap(([name, owner]) => {
      if (owner !== memberId) return [];
      const slash = name.lastIndexOf("/");
      return [{ topic: name.slice(0, slash), partition: Number(name.slice(slash + 1)) }];
    });
  }

  /** Refuses (false) what a member of an earlier generation says: the partition may be another's by now. */
  commit(generation: number, { topic, partition }: TopicPartition, nextOffset: number): boolean {
    if (generation !== this.#generation) return false;
    this.#committed.set(`${topic}/${partition}`, nextOffset);
    return true;
  }

  committed({ topic, partition }: TopicPartition): number | undefined {
    return this.#committed.get(`${topic}/${partition}`);
  }
}
