import type { AmqpValue, Message, MessageDraft } from '../wire/amqp10/codec.ts';
import { statusOf } from './amqp10-expectation.ts';
import { plain } from './amqp10-http.ts';
import type { Receiver10, Sender10, Session10 } from './amqp10-links.ts';

/** What came back to a request. */
export interface Response10 {
  /** 0 where the response tells none. */
  readonly status: number;
  readonly body: AmqpValue | undefined;
  readonly message: Message;
}

/** A request whose particulars are application properties. */
export interface Request10 {
  readonly properties: Readonly<Record<string, string | number>>;
  readonly body?: AmqpValue;
  readonly messageId?: string;
  readonly correlationId?: string;
}

const credit = 50;

/** Links to and from a node that answers requests: its responses come over the link whose target they are addressed to. */
export class AskingDesk10 {
  readonly sender: Sender10;
  readonly receiver: Receiver10;
  readonly replyTo: string;
  #last = 0;
  #answered = 0;

  constructor(sender: Sender10, receiver: Receiver10, replyTo: string) {
    this.sender = sender;
    this.receiver = receiver;
    this.replyTo = replyTo;
  }

  /** Attaches both links; `replyTo` is a name of our own. */
  static async attach(session: Session10, address: string, replyTo: string): Promise<AskingDesk10> {
    const sender = await session.sender(address);
    const receiver = await session.receiver(address, { target: { type: 'target', address: replyTo } });
    receiver.credit(credit);
    return new AskingDesk10(sender, receiver, replyTo);
  }

  /** Sends a request, which is accepted. */
  async send(request: Request10): Promise<void> {
    await this.sender.send(this.request(request));
  }

  /** A request as a message. */
  request({ properties, body = { type: 'map', value: [] }, messageId, correlationId }: Request10): MessageDraft {
    this.#last += 1;
    return {
      properties: {
        messageId: idOf(messageId ?? `${this.#last}`),
        replyTo: this.replyTo,
        ...(correlationId !== undefined && { correlationId: idOf(correlationId) }),
      },
      applicationProperties: Object.entries(properties).map(([key, value]) => [key, ownOf(value)] as const),
      body: { type: 'amqp-value', value: body },
    };
  }

  async response(): Promise<Response10> {
    const delivery = await this.receiver.receive();
    this.#answered += 1;
    if (this.#answered % (credit / 2) === 0) this.receiver.credit(credit);
    if (!delivery.settled) delivery.accept();
    const { message, payload } = delivery;
    const { body } = message;
    return { status: statusOf(payload) ?? 0, body: body?.type === 'amqp-value' ? body.value : undefined, message };
  }

  async ask(request: Request10): Promise<Response10> {
    await this.send(request);
    return this.response();
  }
}

const idOf = (value: string) => ({ type: 'string', value }) as const;

function ownOf(value: string | number): AmqpValue {
  return typeof value === 'string' ? { type: 'string', value } : { type: 'int', value };
}

/** What an application property of a message says. */
export function said(message: Message, name: string): number | string | boolean | undefined {
  return plain(message.applicationProperties?.find(([key]) => key === name)?.[1]);
}
