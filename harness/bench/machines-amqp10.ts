import { ConnectionMachine } from '../endpoint/amqp10/connection.ts';
import type { ConnectionEvent, LinkEndpoint } from '../endpoint/amqp10/vocabulary.ts';
import { measure, type Print, table } from './measure.ts';

const deliveries = 20_000;
const creditMax = 1_000;
const payload = Buffer.alloc(100, 7);
const accepted = { settled: true, state: { type: 'accepted' } } as const;

/** How the receiver settles: the sender has done it, each delivery by itself, or all of one turn together. */
export type Settling = 'sent settled' | 'one by one' | 'together';

/** What one side has sent and the other one not read. */
class Wire {
  #pieces: Uint8Array[] = [];

  readonly take = (bytes: Uint8Array): void => void this.#pieces.push(bytes);

  /** Carries it over as one chunk, as a socket would. False where there was nothing. */
  carry(to: ConnectionMachine): boolean {
    const pieces = this.#pieces;
    if (pieces.length === 0) return false;
    this.#pieces = [];
    to.receive(Buffer.concat(pieces), 0);
    return true;
  }
}

/** Two machines back to back in memory: the client sends, the server receives. */
class Pair {
  readonly client: ConnectionMachine;
  readonly server: ConnectionMachine;
  received = 0;
  readonly #there = new Wire();
  readonly #back = new Wire();
  readonly #settling: Settling;
  #sender: LinkEndpoint | undefined;
  #receiver: LinkEndpoint | undefined;
  #unsettled: number[] = [];

  constructor(settling: Settling) {
    this.#settling = settling;
    const quiet = { wakeAt: () => {}, close: () => {} };
    const event = (what: ConnectionEvent): void => this.#served(what);
    this.client = new ConnectionMachine({ role: 'client', open: { containerId: 'c' } }, { ...quiet, transmit: this.#there.take, event: () => {} });
    this.server = new ConnectionMachine({ role: 'server', open: { containerId: 's' } }, { ...quiet, transmit: this.#back.take, event });
    this.client.start(0);
    this.client.open(0);
    this.#sender = this.client.attach(this.client.begin(0), { name: 'l', role: 'sender' }, 0);
    this.#turn();
  }

  /** Sends so many deliveries. */
  run(count: number): void {
    const sender = this.#sender as LinkEndpoint;
    for (let sent = 0; sent < count; ) {
      const until = Math.min(count, sent + sender.credit);
      for (; sent < until; sent += 1) {
        const tag = Buffer.allocUnsafe(4);
        tag.writeUInt32BE(sent);
        this.client.deliver(sender, { tag, payload, settled: this.#settling === 'sent settled' }, 0);
      }
      this.#turn();
    }
  }

  /** Unsettled deliveries that are left at either end. */
  get unsettled(): number {
    return [...(this.#sender?.unsettled ?? []), ...(this.#receiver?.unsettled ?? [])].length;
  }

  #turn(): void {
    while (this.#there.carry(this.server)) {
      const receiver = this.#receiver;
      if (receiver !== undefined && this.#unsettled.length > 0) this.server.settle(receiver, this.#unsettled.splice(0), accepted, 0);
      if (receiver !== undefined && receiver.credit * 2 < creditMax) this.server.grant(receiver, { credit: creditMax }, 0);
      this.#back.carry(this.client);
    }
  }

  #served(event: ConnectionEvent): void {
    const { server } = this;
    if (event.kind === 'delivery') {
      this.received += 1;
      if (this.#settling === 'one by one') server.settle(event.link, [event.delivery.deliveryId], accepted, 0);
      else if (this.#settling === 'together') this.#unsettled.push(event.delivery.deliveryId);
    } else if (event.kind === 'opened') server.open(0);
    else if (event.kind === 'session-begun') server.accept(event.session, 0);
    else if (event.kind === 'link-attached') {
      this.#receiver = event.link;
      server.acceptLink(event.link, 0);
      server.grant(event.link, { credit: creditMax }, 0);
    }
  }
}

/**
 * Sends `count` deliveries of 100 octets from one machine to another.
 * @throws where not all came, or one is unsettled in the end.
 */
export function exchange(settling: Settling, count: number): void {
  const pair = new Pair(settling);
  pair.run(count);
  if (pair.received !== count || pair.unsettled > 0) throw new Error(`${pair.received} of ${count} deliveries came, ${pair.unsettled} are unsettled`);
}

/** How many deliveries a second two machines exchange in one thread, by how they are settled. */
export function run(print: Print): void {
  const works = Object.fromEntries((['sent settled', 'together', 'one by one'] as const).map(settling => [settling, () => exchange(settling, deliveries)]));
  const perSecond = (ms: number): string => Math.round((deliveries / ms) * 1000).toLocaleString('en');
  const rows = measure(works, 25).map(({ name, bestMs, medianMs }) => [name, perSecond(bestMs), perSecond(medianMs)]);
  print(table(['two machines of 1.0', 'deliveries/s, best', 'median'], rows));
}
