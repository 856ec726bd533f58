import type { Message } from '../broker/message.ts';
import type { Command, CommandOf, Effect, EffectOf } from '../broker/vocabulary.ts';
import type { Around, EffectSeam } from './fault.ts';
import { knowingHandouts } from './memories.ts';

/** One delivery that is out and can come back. */
export interface Out {
  readonly connection: number;
  readonly channel: number;
  readonly deliveryTag: number;
  readonly message: Message;
}

/** What each channel of a broker holds unsettled, followed through settling, recovering and closing. */
export class Outstanding {
  #out: readonly Out[] = [];

  get all(): readonly Out[] {
    return this.#out;
  }

  /** What a command of a client takes off its channel's hands. */
  takenBy(command: Command): readonly Out[] {
    if (command.kind === 'disconnect') return this.#out.filter(({ connection }) => connection === command.connection);
    if (command.kind === 'close-channel' || command.kind === 'recover') return this.#out.filter(each => isOn(each, command));
    if (command.kind === 'settle') return this.#out.filter(each => isOn(each, command) && isCovered(each, command));
    return [];
  }

  /** Notes what a command brought about. `acknowledged` tells whether a delivery has to be settled. */
  note(command: Command, effects: readonly Effect[], acknowledged: (delivery: EffectOf<'deliver'>) => boolean): void {
    const taken = new Set(this.takenBy(command));
    this.#out = this.#out.filter(each => !taken.has(each));
    for (const effect of effects) {
      if (effect.kind === 'refused')
        this.#out = this.#out.filter(each => !(effect.scope === 'channel' ? isOn(each, effect) : each.connection === effect.connection));
      const kept = (effect.kind === 'got' && command.kind === 'get' && !command.noAck) || (effect.kind === 'deliver' && acknowledged(effect));
      if (kept) this.#out = [...this.#out, effect];
    }
  }
}

function isOn(each: Out, at: { readonly connection: number; readonly channel: number }): boolean {
  return each.connection === at.connection && each.channel === at.channel;
}

function isCovered({ deliveryTag }: Out, settle: CommandOf<'settle'>): boolean {
  return deliveryTag === settle.deliveryTag || (settle.multiple && (settle.deliveryTag === 0 || deliveryTag < settle.deliveryTag));
}

/** A seam around the core that knows what is out before the command at hand. */
export function knowingOutstanding(make: (outstanding: Outstanding) => Around): EffectSeam {
  return knowingHandouts(handouts => {
    const outstanding = new Outstanding();
    const around = make(outstanding);
    const mustBeSettled = ({ connection, channel, consumerTag }: EffectOf<'deliver'>) => handouts.consumer(connection, channel, consumerTag)?.noAck === false;
    return (command, apply, broker) => {
      const effects = around(command, apply, broker);
      outstanding.note(command, effects, mustBeSettled);
      return effects;
    };
  });
}
