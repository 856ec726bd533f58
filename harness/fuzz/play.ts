import type { Peer, ProbeChannel, ProbeConnection } from '../probe/peer.ts';
import { Stop } from '../probe/stop.ts';
import type { DutyId } from '../spec/catalogue.ts';

/** What one play found out of keeping with its model. */
export interface Disagreement {
  /** In words that are the same for every case: what a deviation is declared by. */
  readonly what: string;
  /** What the model expected in this case and what came, in one sentence. */
  readonly sentence: string;
  readonly duty?: DutyId;
}

/** One case being played, whatever its protocol: its connection and its script as people read it. */
export class Playing<C> {
  readonly peer: Peer;
  /** Shared with the cases before, as long as those went well. */
  readonly connection: C;
  /** One line for each step so far. */
  readonly steps: string[] = [];

  constructor(peer: Peer, connection: C) {
    this.peer = peer;
    this.connection = connection;
  }

  /** Adds a line to the script. */
  step(line: string): void {
    this.steps.push(line);
  }

  /** Ends the case unless the condition holds. */
  require(condition: boolean, { what, sentence, duty }: Disagreement): asserts condition {
    if (condition) return;
    throw new Stop({ kind: 'failed', reaction: what, sentence, ending: { kind: 'open' }, ...(duty !== undefined && { duty }) });
  }
}

/** One case of 0-9-1 being played, with its names. */
export class Play extends Playing<ProbeConnection> {
  readonly #channels: ProbeChannel[] = [];
  readonly #names = new Map<string, string>();

  /** Opens a channel that is closed with the case. */
  async channel(): Promise<ProbeChannel> {
    const channel = await this.connection.channel();
    this.#channels.push(channel);
    return channel;
  }

  /** The script has closed the channel, or was told that it is closed. */
  gone(channel: ProbeChannel): void {
    this.#channels.splice(this.#channels.indexOf(channel), 1);
  }

  /** The name on the target that `alias` stands for in the script; the same each time. */
  name(alias: string): string {
    const name = this.#names.get(alias) ?? this.peer.name(alias);
    this.#names.set(alias, name);
    return name;
  }

  /** Closes what the case has open, and forgets what lies there of it. */
  async end(): Promise<void> {
    const open = this.#channels.splice(0);
    for (const channel of open) channel.send('channel.close', { replyCode: 200, replyText: 'done' });
    for (const channel of open) {
      await channel.expect('channel.close-ok');
      channel.taken();
    }
  }
}
