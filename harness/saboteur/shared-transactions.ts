import type { Command, CommandOf, Effect } from '../broker/vocabulary.ts';
import { changed } from './effect-seam.ts';
import type { Apply, Around, EffectSeam } from './fault.ts';

/** A transaction that channels of a connection share, as a fault knows it. */
export interface OpenTransaction {
  readonly connection: number;
  /** Of the control link. */
  readonly channel: number;
  readonly transaction: number;
  /** Settled in it so far. */
  readonly settled: CommandOf<'settle'>[];
  /** Channels that worked in it, in order. */
  readonly channels: Set<number>;
  /** Messages so far. */
  published: number;
}

/** Transactions that were begun and not discharged, of all connections. */
export class SharedTransactions {
  #open: OpenTransaction[] = [];

  /** Around the core: notes what passes, changes nothing. */
  readonly note: Around = (command, apply) => {
    const effects = apply(command);
    if (command.kind === 'begin-transaction') this.#open.push({ ...command, settled: [], channels: new Set(), published: 0 });
    else if (command.kind === 'publish' || command.kind === 'settle') this.#worked(command);
    for (const each of effects) if (each.kind === 'discharged') this.#open = this.#open.filter(one => one !== this.of(each));
    const ended = this.endedBy(command);
    this.#open = this.#open.filter(each => !ended.includes(each));
    return effects;
  };

  of({ connection, transaction }: { readonly connection: number; readonly transaction?: number }): OpenTransaction | undefined {
    return this.#open.find(each => each.connection === connection && each.transaction === transaction);
  }

  on(connection: number): readonly OpenTransaction[] {
    return this.#open.filter(each => each.connection === connection);
  }

  /** Those whose control link ends with this command. */
  endedBy(command: Command): readonly OpenTransaction[] {
    if (command.kind === 'disconnect') return this.on(command.connection);
    return command.kind === 'close-channels' ? this.on(command.connection).filter(({ channel }) => command.channels.includes(channel)) : [];
  }

  #worked(command: CommandOf<'publish'> | CommandOf<'settle'>): void {
    const open = this.of(command);
    open?.channels.add(command.channel);
    if (command.kind === 'settle') open?.settled.push(command);
    else if (open !== undefined) open.published += 1;
  }
}

/** A seam around the core that knows the shared transactions; what it lets pass is noted. */
export function sharing(make: (known: SharedTransactions) => (command: Command, apply: Apply) => readonly Effect[]): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const known = new SharedTransactions();
      const around = make(known);
      return (command, apply, surroundings) => around(command, each => known.note(each, apply, surroundings));
    },
  };
}

/** A discharge ends the other way, and says that it ended as it was asked to. */
export function dischargedOtherwise(fail: boolean): EffectSeam {
  return sharing(() => (command, apply) => {
    if (command.kind !== 'discharge' || command.fail !== fail) return apply(command);
    const outcome = fail ? 'rolled-back' : 'committed';
    return changed(apply({ ...command, fail: !fail }), 'discharged', each => [{ ...each, outcome }]);
  });
}

/** What a transaction publishes or settles is done at once, where `when` holds. */
export function atOnce(when: (work: CommandOf<'publish'> | CommandOf<'settle'>, known: SharedTransactions) => boolean): EffectSeam {
  return sharing(known => (command, apply) => {
    if ((command.kind !== 'publish' && command.kind !== 'settle') || command.transaction === undefined || !when(command, known)) return apply(command);
    const { transaction: _transaction, ...plain } = command;
    return apply(plain as Command);
  });
}
