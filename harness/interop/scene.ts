import type { RuleId } from '../spec/catalogue.ts';
import type { Part10 } from '../target/amqp10-facts.ts';
import { type ClientProcess, LackingError } from './client-process.ts';
import type { Delivery, Destination, Message, Operation, Operations, Settlement, Values } from './protocol.ts';
import { messageUnlike } from './values.ts';

/** Which pairs a case is played with: two clients of one protocol, or of both. */
export type PairKind = '0-9-1' | '1.0' | 'across';

/** What is shown on the broker by two clients. */
export interface Case {
  /** As `settle/released`: area and slug. */
  readonly id: string;
  readonly title: string;
  /**
   * The rule that decides in each kind of pair. A kind with `observed` has no standard that says anything, one with `consumer` is decided by that of the protocol
   * in which the message comes; one that is left out is not played.
   */
  readonly rules: Readonly<Partial<Record<PairKind, RuleId | 'observed' | 'consumer'>>>;
  run(scene: Scene): Promise<void>;
}

/** What decides for a pair. */
export function ruleFor({ rules }: Case, kind: PairKind, consumes: '0-9-1' | '1.0'): RuleId | 'observed' {
  const [rule, its] = [rules[kind], rules[consumes]];
  if (rule !== 'consumer') return rule ?? 'observed';
  return its === undefined || its === 'consumer' ? 'observed' : its;
}

/** The broker, or one of the clients, did other than the case wants. The message says what. */
export class UnlikeError extends Error {}

/** A queue, by the names that the two protocols have for it. */
export interface Place {
  readonly queue: string;
  readonly address: string;
}

/** One client, with a process that publishes and one that consumes. */
export interface Cast {
  readonly name: string;
  readonly protocol: '0-9-1' | '1.0';
  readonly publishing: ClientProcess;
  readonly consuming: ClientProcess;
}

/** An address of 1.0, with the capability that source and target ask for. */
export interface Topic {
  readonly address: string;
  readonly capability?: string;
}

export interface Stage {
  readonly publisher: Cast;
  readonly consumer: Cast;
  readonly kind: PairKind;
  /** The queue of this pair. */
  readonly place: Place;
  /** Another queue, or an exchange's name, of this case alone. */
  readonly name: (what: string) => string;
  /** Where each of all receivers gets every message, if the broker is known to have such addresses. */
  readonly topic: Topic | undefined;
  /** Parts of 1.0 that the broker is known to lack. */
  readonly without: readonly Part10[];
  /** The login, as octets of a user-id. */
  readonly user: string;
}

/** How long a message that should come may take, and one that should not. */
const comesMs = 5_000;

/** What a case's script sees. */
export class Scene {
  readonly stage: Stage;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  /** Where a client publishes to and receives from. */
  to({ protocol }: Cast, place: Place = this.stage.place): Destination {
    return protocol === '0-9-1' ? { queue: place.queue } : { address: place.address };
  }

  from({ protocol }: Cast, place: Place = this.stage.place): string {
    return protocol === '0-9-1' ? place.queue : place.address;
  }

  asPublisher<Op extends Operation>(op: Op, asks: Operations[Op]['asks']): Promise<Operations[Op]['answers']> {
    return told(`${this.stage.publisher.name} publishing`, this.stage.publisher.publishing.ask(op, asks));
  }

  asConsumer<Op extends Operation>(op: Op, asks: Operations[Op]['asks']): Promise<Operations[Op]['answers']> {
    return told(`${this.stage.consumer.name} consuming`, this.stage.consumer.consuming.ask(op, asks));
  }

  /** Publishes to the pair's queue and answers the outcomes. */
  async publish(messages: readonly Message[], options: { readonly settled?: boolean; readonly transaction?: boolean } = {}): Promise<readonly string[]> {
    return (await this.asPublisher('publish', { to: this.to(this.stage.publisher), messages, ...options })).outcomes;
  }

  /** Publishes, and wants each message accepted. */
  async send(...messages: readonly Message[]): Promise<void> {
    const outcomes = await this.publish(messages);
    const other = outcomes.find(outcome => outcome !== 'accepted');
    if (other !== undefined) throw new UnlikeError(`a message to a queue that is there was ${other}, not accepted`);
  }

  /** Receives so many messages from the pair's queue, or what comes within the time. */
  async receive(count: number, options: { readonly settled?: boolean; readonly waitMs?: number } = {}): Promise<readonly Delivery[]> {
    const { waitMs = comesMs, ...more } = options;
    return (await this.asConsumer('receive', { from: this.from(this.stage.consumer), count, waitMs, ...more })).deliveries;
  }

  /** Receives one message, which has to come. */
  async take(options: { readonly settled?: boolean } = {}): Promise<Delivery> {
    const [delivery] = await this.receive(1, options);
    if (delivery === undefined) throw new UnlikeError(`a message did not come within ${comesMs / 1000} s`);
    return delivery;
  }

  async settle(
    delivery: Delivery,
    outcome: Settlement,
    more: { readonly failed?: boolean; readonly annotations?: Values; readonly transaction?: boolean } = {},
  ) {
    await this.asConsumer('settle', { delivery: delivery.delivery, outcome, ...more });
  }

  /** Receives a message, holds it against what was sent, and accepts it. */
  async takeAs(sent: Message): Promise<void> {
    const delivery = await this.take();
    this.wantAs(sent, delivery);
    await this.settle(delivery, 'accepted');
  }

  wantAs(sent: Message, { message }: Delivery): void {
    const unlike = messageUnlike(sent, message);
    if (unlike !== undefined) throw new UnlikeError(unlike);
  }

  want(truth: boolean, otherwise: string): void {
    if (!truth) throw new UnlikeError(otherwise);
  }

  /** The case needs this part of 1.0. */
  needs(part: Part10): void {
    if (this.stage.kind === '1.0' && this.stage.without.includes(part)) this.lacks(`the broker is known to lack it: ${part}`);
  }

  /** The case needs what is not there. */
  lacks(what: string): never {
    throw new LackingError(what);
  }
}

/** Says with an error whose it is. */
async function told<T>(who: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error) error.message = `${who}: ${error.message}`;
    throw error;
  }
}

/** A short body of text. */
export const text = (content: string): Message => ({ body: { data: [Buffer.from(content).toString('hex')] } });

/** What the body of a message says, where it is text or data. */
export function textOf({ message: { body } }: Delivery): string {
  if ('data' in body) return Buffer.from(body.data.join(''), 'hex').toString();
  return 'value' in body ? String(body.value[1]) : '';
}
