import type { FieldTable } from '../spec/amqp091/domains.ts';
import { Core, type CoreSettings } from './core.ts';
import { defaultEntityLimits } from './limits.ts';
import type { Afterlife, Message } from './message.ts';
import { noQuotas } from './quotas.ts';
import { type Readings, textReadings } from './readings.ts';
import type { Command, CommandKind, CommandOf, Effect, EffectKind, EffectOf } from './vocabulary.ts';

/** Defaults of the fields that a test need not say. */
export const nothing = {
  user: 'guest',
  virtualHost: '/',
  cancelNotify: true,
  type: 'direct',
  exchange: '',
  queue: '',
  source: '',
  destination: '',
  routingKey: '',
  consumerTag: '',
  passive: false,
  durable: false,
  exclusive: false,
  autoDelete: false,
  internal: false,
  noWait: false,
  noAck: false,
  noLocal: false,
  ifUnused: false,
  ifEmpty: false,
  mandatory: false,
  immediate: false,
  multiple: false,
  requeue: true,
  global: false,
  prefetchSize: 0,
  prefetchCount: 0,
  outcome: 'accept',
  arguments: [] as FieldTable,
} as const;

type Draft<K extends CommandKind> = Partial<Omit<CommandOf<K>, 'kind' | 'connection' | 'channel'>>;

/** Practice in all that is read in two ways. */
export const practiceReadings: Readings = Object.assign(
  {},
  textReadings,
  ...Object.entries(textReadings).map(([key, value]) => (value === 'text' ? { [key]: 'practice' } : {})),
);

/** A core for tests, spoken to in half sentences. */
export class Testbed {
  readonly core: Core;
  #lastConnection = 0;
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(settings: Partial<CoreSettings> = {}) {
    let names = 0;
    const uniqueName = () => {
      names += 1;
      return `${names}`;
    };
    this.core = new Core({
      virtualHosts: ['/'],
      permissions: {},
      readings: textReadings,
      windowOctets: 1e9,
      memoryOctets: 1e9,
      pageOctets: 1e9,
      overheadOctets: 0,
      limits: defaultEntityLimits,
      quotas: noQuotas,
      uniqueName,
      ...settings,
    });
  }

  apply(command: Command): Effect[] {
    const effects: Effect[] = [];
    if (command.kind === 'tick') this.#wakeAt = Number.POSITIVE_INFINITY;
    this.core.apply(command, effects);
    for (const effect of effects) if (effect.kind === 'wake-at') this.#wakeAt = effect.ms;
    return effects;
  }

  /** A connection with channel 1 open, or as many as said. */
  connection(options: Partial<CommandOf<'connect'>> & { readonly channels?: number } = {}): TestConnection {
    this.#lastConnection += 1;
    const connection = this.#lastConnection;
    this.apply({ ...nothing, kind: 'connect', connection, ...options });
    for (let channel = 1; channel <= (options.channels ?? 1); channel += 1) this.apply({ kind: 'open-channel', connection, channel });
    return new TestConnection(this, connection);
  }

  /** Lets time pass, with a tick at each moment that the core asks for on its way. Effects of the ticks. */
  pass(ms: number): Effect[] {
    const { core } = this;
    const end = core.now + ms;
    const effects: Effect[] = [];
    while (this.#wakeAt <= end) {
      core.now = Math.max(core.now, this.#wakeAt);
      effects.push(...this.apply({ kind: 'tick' }));
    }
    core.now = end;
    return effects;
  }

  /** Bodies of what is ready in a queue, in order. */
  waiting(queue: string): string[] {
    return [...(this.core.virtualHosts.get('/')?.queues.get(queue)?.peek() ?? [])].map(({ message }) => text(message));
  }
}

export class TestConnection {
  readonly bed: Testbed;
  readonly id: number;

  constructor(bed: Testbed, id: number) {
    this.bed = bed;
    this.id = id;
  }

  /** Sends a command on a channel, 1 unless said, and answers its effects. */
  do<K extends CommandKind>(kind: K, draft: Draft<K> = {}, channel = 1): Effect[] {
    return this.bed.apply({ ...nothing, ...draft, kind, connection: this.id, channel } as unknown as Command);
  }

  queue(queue: string, draft: Draft<'declare-queue'> = {}): string {
    return one(this.do('declare-queue', { queue, ...draft }), 'queue-declared').queue;
  }

  publish(routingKey: string, body: string, draft: Partial<Message> & { readonly mandatory?: boolean; readonly channel?: number } = {}): Effect[] {
    const { mandatory = false, channel = 1, ...rest } = draft;
    return this.do('publish', { message: message({ routingKey, publisher: this.id, ...rest }, body), mandatory }, channel);
  }

  consume(queue: string, draft: Draft<'consume'> = {}, channel = 1): Effect[] {
    return this.do('consume', { queue, ...draft }, channel);
  }

  settle(deliveryTag: number, outcome: CommandOf<'settle'>['outcome'] = 'accept', draft: Draft<'settle'> = {}): Effect[] {
    return this.do('settle', { deliveryTag, outcome, ...draft });
  }

  /** Bodies that are got from a queue without acknowledgement until it is empty. */
  drain(queue: string): string[] {
    const bodies: string[] = [];
    for (;;) {
      const [effect] = all(this.do('get', { queue, noAck: true }), 'got');
      if (effect === undefined) return bodies;
      bodies.push(text(effect.message));
    }
  }
}

/** The client with a queue `q` that holds these messages. */
export function filled(client: TestConnection, ...bodies: readonly string[]): TestConnection {
  client.queue('q');
  for (const body of bodies) client.publish('q', body);
  return client;
}

export function message(draft: Partial<Message>, body = ''): Message {
  const octets = Buffer.from(body);
  const header = new Uint8Array(0);
  const fixed = { exchange: '', routingKey: '', dialect: 'test', publisher: 0, persistent: false, priority: 0, headers: undefined, replyTo: undefined };
  const addressing = {
    userId: undefined,
    copies: undefined,
    under: (routingKey: string) => message({ ...draft, routingKey }, body),
    withoutBlindCopies: () => message(draft, body),
  };
  const answerTo = (replyTo: string) => message({ ...draft, replyTo }, body);
  const mortal = { ttlMs: undefined, expiration: undefined, routingKeys: [draft.routingKey ?? ''], deaths: [] };
  const afterDeath = ({ exchange, routingKey, deaths }: Afterlife) =>
    message({ ...draft, exchange, routingKey: routingKey ?? draft.routingKey ?? '', deaths, ttlMs: undefined }, body);
  return { ...fixed, ...mortal, ...addressing, header, body: [octets], size: octets.length, answerTo, afterDeath, ...draft };
}

export function text({ body }: Message): string {
  return Buffer.concat(body).toString();
}

/** The effects of one kind. */
export function all<K extends EffectKind>(effects: readonly Effect[], kind: K): EffectOf<K>[] {
  return effects.filter((each): each is EffectOf<K> => each.kind === kind);
}

/** The only effect of this kind. */
export function one<K extends EffectKind>(effects: readonly Effect[], kind: K): EffectOf<K> {
  const [first, ...more] = all(effects, kind);
  if (first === undefined || more.length > 0) throw new Error(`not one ${kind} but: ${kinds(effects).join(', ')}`);
  return first;
}

export function kinds(effects: readonly Effect[]): string[] {
  return effects.map(({ kind }) => kind);
}

/** Bodies delivered, in order, each with its consumer: `c1:body`. */
export function delivered(effects: readonly Effect[]): string[] {
  return all(effects, 'deliver').map(({ consumerTag, redelivered, message: sent }) => `${consumerTag}:${text(sent)}${redelivered ? '!' : ''}`);
}

/** `404 channel` and the like. */
export function refusal(effects: readonly Effect[]): string {
  const { code, scope } = one(effects, 'refused');
  return `${code} ${scope}`;
}
