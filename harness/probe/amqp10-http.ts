import type { AmqpValue, Message, MessageDraft } from '../wire/amqp10/codec.ts';
import type { Delivery10, Receiver10, Sender10, Session10 } from './amqp10-links.ts';

export type Method10 = 'GET' | 'PUT' | 'POST' | 'DELETE';

/** What came back to a request. */
export interface HttpResponse10 {
  /** 0 where the response tells none. */
  readonly status: number;
  readonly body: AmqpValue | undefined;
  readonly message: Message;
}

const address = '/management';
const credit = 50;

/** Fields of an attach for one of two paired links. */
export const paired = { properties: [['paired', { type: 'boolean', value: true }]] } as const;

/** A request of HTTP over AMQP, whose response is wanted over the other link of its pair. */
export function httpRequest(method: Method10, to: string, body: AmqpValue = { type: 'null', value: null }, id = to): MessageDraft {
  return { properties: { messageId: { type: 'string', value: id }, to, subject: method, replyTo: '$me' }, body: { type: 'amqp-value', value: body } };
}

/** Two paired links to the management of a broker over HTTP semantics. */
export class HttpDesk10 {
  readonly sender: Sender10;
  readonly receiver: Receiver10;
  #last = 0;

  constructor(sender: Sender10, receiver: Receiver10) {
    this.sender = sender;
    this.receiver = receiver;
  }

  /** Attaches both links; those of one name are a pair. */
  static async attach(session: Session10, name: string): Promise<HttpDesk10> {
    const receiver = await session.receiver(
      { address },
      { name, target: { type: 'target', address }, sndSettleMode: 'settled', rcvSettleMode: 'first', ...paired },
    );
    const sender = await session.sender(
      { address },
      { name, source: { type: 'source', address }, sndSettleMode: 'settled', rcvSettleMode: 'first', ...paired },
    );
    receiver.credit(credit);
    return new HttpDesk10(sender, receiver);
  }

  /** Sends a request and answers its message-id. */
  async send(method: Method10, to: string, body?: AmqpValue): Promise<string> {
    this.#last += 1;
    const id = `${this.#last}`;
    await this.sender.deliver(httpRequest(method, to, body, id));
    return id;
  }

  /** Waits for the next response, whichever it answers. */
  async response(): Promise<HttpResponse10> {
    const delivery = await this.receiver.receive();
    if (this.#last % (credit / 2) === 0) this.receiver.credit(credit);
    return responseOf(delivery);
  }

  /** Sends a request and waits for a response. */
  async ask(method: Method10, to: string, body?: AmqpValue): Promise<HttpResponse10> {
    await this.send(method, to, body);
    return this.response();
  }
}

export function responseOf({ message }: Delivery10): HttpResponse10 {
  const { body, properties } = message;
  return { status: Number(properties?.subject ?? 0) || 0, body: body?.type === 'amqp-value' ? body.value : undefined, message };
}

/** A map with strings as its keys. */
export function mapOf10(fields: Readonly<Record<string, AmqpValue>>): AmqpValue {
  return { type: 'map', value: Object.entries(fields).map(([key, value]) => [{ type: 'string', value: key }, value] as const) };
}

/** What a map has under a name. */
export function inMap(value: AmqpValue | undefined, name: string): AmqpValue | undefined {
  return value?.type === 'map' ? value.value.find(([key]) => (key.type === 'string' || key.type === 'symbol') && key.value === name)?.[1] : undefined;
}

/** A number of any type, a text of either or a truth, as itself. */
export function plain(value: AmqpValue | undefined): number | string | boolean | undefined {
  if (value === undefined || value.type === 'described') return undefined;
  const { value: own } = value;
  if (typeof own === 'bigint') return Number(own);
  return typeof own === 'number' || typeof own === 'string' || typeof own === 'boolean' ? own : undefined;
}
