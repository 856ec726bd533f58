import type { Command, CommandOf, Effect } from '../broker/vocabulary.ts';
import { changed } from './effect-seam.ts';
import type { Apply, Around, EffectSeam } from './fault.ts';

/** What one channel did since it was selected. */
export interface KnownTransaction {
  readonly connection: number;
  readonly channel: number;
  /** How many commits and rollbacks there were. */
  ended: number;
  /** Publications and settlements since the last of them. */
  work: (CommandOf<'publish'> | CommandOf<'settle'>)[];
}

/** Which channels are transacted, and what waits on each. */
export class Transactions {
  readonly #known = new Map<string, KnownTransaction>();

  at({ connection, channel }: { readonly connection: number; readonly channel: number }): KnownTransaction | undefined {
    return this.#known.get(`${connection} ${channel}`);
  }

  /** The other transacted channels of the connection. */
  beside({ connection, channel }: { readonly connection: number; readonly channel: number }): readonly KnownTransaction[] {
    return [...this.#known.values()].filter(each => each.connection === connection && each.channel !== channel);
  }

  /** Those that a command ends without a commit. */
  endedBy(command: CommandOf<'close-channel'> | CommandOf<'disconnect'>): readonly KnownTransaction[] {
    const isGoing = (each: KnownTransaction) => each.connection === command.connection && (command.kind === 'disconnect' || each.channel === command.channel);
    return [...this.#known.values()].filter(isGoing);
  }

  /** Around the core: notes what passes, changes nothing. */
  readonly note: Around = (command, apply) => {
    const effects = apply(command);
    if (effects.some(each => each.kind === 'refused')) return effects;
    if (command.kind === 'select-transaction') this.#selected(command);
    else if (command.kind === 'close-channel' || command.kind === 'disconnect') this.#gone(command);
    else if ('channel' in command) this.#worked(command);
    return effects;
  };

  #selected({ connection, channel }: CommandOf<'select-transaction'>): void {
    if (this.at({ connection, channel }) === undefined) this.#known.set(`${connection} ${channel}`, { connection, channel, ended: 0, work: [] });
  }

  #gone(command: CommandOf<'close-channel'> | CommandOf<'disconnect'>): void {
    for (const { connection, channel } of this.endedBy(command)) this.#known.delete(`${connection} ${channel}`);
  }

  #worked(command: Extract<Command, { readonly channel: number }>): void {
    const known = this.at(command);
    if (known === undefined) return;
    if (command.kind === 'publish' || command.kind === 'settle') known.work.push(command);
    if (command.kind !== 'commit' && command.kind !== 'roll-back') return;
    known.work = [];
    known.ended += 1;
  }
}

/** A seam around the core that knows the transactions from before the command at hand. */
export function knowingTransactions(make: (transactions: Transactions) => Around): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const transactions = new Transactions();
      const around = make(transactions);
      return (command, apply, broker) => around(command, each => (each === command ? transactions.note(each, apply, broker) : apply(each)), broker);
    },
  };
}

/** Commits what a channel has waiting, and keeps the answer to itself. */
export function committed(apply: Apply, { connection, channel }: { readonly connection: number; readonly channel: number }): readonly Effect[] {
  return changed(
    changed(apply({ kind: 'commit', connection, channel }), 'committed', () => []),
    'committing',
    () => [],
  );
}
