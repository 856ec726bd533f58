import { methodFacts } from '../../../endpoint/amqp091/method-facts.ts';
import type { Progress } from '../../../endpoint/amqp091/progress.ts';
import { type ConnectionMethodName, connectionTransitions } from '../../../endpoint/amqp091/transitions.ts';
import type { Method } from '../../../spec/amqp091/classes.ts';
import type { Owed } from './owed.ts';

/**
 * What we sent, as a client that waits for each answer would have sent it: each step is taken when its turn has come by what the server has said. So the
 * server's words are judged by the tables also where we sent everything in one write.
 */
export class OwnSteps {
  readonly #progress: Progress;
  readonly #owed: Owed;
  readonly #connection: Method[] = [];
  readonly #channels = new Map<number, Method[]>();

  constructor(progress: Progress, owed: Owed) {
    this.#progress = progress;
    this.#owed = owed;
  }

  /** A method of ours of class connection or channel. */
  sent(channel: number, method: Method): void {
    if (method.name.startsWith('connection.')) this.#connection.push(method);
    else if (method.name.startsWith('channel.')) {
      const queue = this.#channels.get(channel);
      if (queue === undefined) this.#channels.set(channel, [method]);
      else queue.push(method);
    }
  }

  /** Takes the steps whose turn has come. */
  apply(): void {
    for (let head = this.#connection[0]; head !== undefined && this.#isDue(head); head = this.#connection[0]) this.#take(0, this.#connection);
    if (this.#channels.size === 0) return;
    for (const [number, queue] of this.#channels) {
      for (let head = queue[0]; head !== undefined && this.#isDueOn(number, head); head = queue[0]) this.#take(number, queue);
      if (queue.length === 0) this.#channels.delete(number);
    }
  }

  #take(number: number, queue: Method[]): void {
    const method = queue.shift();
    if (method === undefined) return;
    this.#progress.follow(number, method, methodFacts(method.name), 'client');
    if (method.name === 'channel.flow') this.#progress.channels.get(number)?.askedFlow();
  }

  /** Our close counts from where it is answered next: what was asked before it is answered first. */
  #isDue({ name }: Method): boolean {
    if (connectionTransitions[this.#progress.state].client?.[name as ConnectionMethodName] === undefined) return false;
    return name !== 'connection.close' || this.#owed.onlyOwes('connection.close-ok');
  }

  #isDueOn(number: number, { name }: Method): boolean {
    const state = this.#progress.channels.get(number)?.state ?? 'closed';
    if (name === 'channel.open') return state === 'closed';
    if (name === 'channel.close') return this.#owed.next(number) === 'channel.close-ok' || state === 'server-close';
    if (name === 'channel.close-ok') return state === 'server-close' || state === 'both-close';
    return state === 'open' || state === 'opening';
  }
}
