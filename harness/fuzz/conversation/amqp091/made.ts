import type { Entity } from '../../../probe/names.ts';
import type { Method } from '../../../spec/amqp091/classes.ts';

/** What a conversation may leave on the server: what it declares and what is not exclusive to its connection. */
export class Made {
  readonly entities: Entity[] = [];
  /** Of the declarations on each channel that are answered: whether what they make goes with the connection. */
  readonly #asked = new Map<number, boolean[]>();

  sent(channel: number, { name, args }: Method): void {
    if (name !== 'queue.declare' && name !== 'exchange.declare') return;
    if (name === 'exchange.declare') {
      if (!args.passive) this.#add('exchange', args.exchange);
      return;
    }
    const passing = args.exclusive || args.passive;
    if (!passing) this.#add('queue', args.queue);
    if (args.noWait) return;
    const asked = this.#asked.get(channel);
    if (asked === undefined) this.#asked.set(channel, [passing]);
    else asked.push(passing);
  }

  heard(channel: number, told: Method): void {
    if (told.name !== 'queue.declare-ok') return;
    if (this.#asked.get(channel)?.shift() === false) this.entities.push({ kind: 'queue', name: told.args.queue, exclusive: false });
  }

  #add(kind: Entity['kind'], name: string): void {
    if (name !== '' && !name.startsWith('amq.')) this.entities.push({ kind, name, exclusive: false });
  }
}
