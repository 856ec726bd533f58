import type { BasicProperties, Method } from '../spec/amqp091/classes.ts';
import type { FieldTable, FieldValue } from '../spec/amqp091/domains.ts';
import { Stop } from './stop.ts';

/** Something on the broker that a method of ours reaches, or tries to. */
export interface Touch {
  readonly kind: 'queue' | 'exchange' | 'user' | 'virtual host';
  readonly verb: 'look at' | 'create' | 'delete' | 'purge' | 'bind' | 'unbind' | 'publish to' | 'read from' | 'log in as' | 'open';
  /** Empty: the queue that was declared last, or one that the server is to name; the default exchange. */
  readonly name: string;
}

/** A touch, and whether it stays among what is ours. */
export interface Step extends Touch {
  readonly ours: boolean;
}

const utf8 = new TextDecoder();

/** Exchanges of the server through which a message of ours reaches ours alone, as long as its routing key is ours; and those from which ours alone reaches us. */
const byKey: ReadonlySet<string> = new Set(['', 'amq.direct']);
const bindable: ReadonlySet<string> = new Set([...byKey, 'amq.topic']);
const replyQueue = 'amq.rabbitmq.reply-to';

/**
 * Keeps a run among its own: every name begins with one prefix. What would create, delete, purge, read, bind or publish to anything else is not sent, and
 * ends the check as not run. Looking at other names is let through. What is sent as octets is judged as far as it spells whole methods.
 */
export class Fence {
  readonly prefix: string;
  readonly #hear: (touch: Touch) => void;
  /** Queues that the server named for us. */
  readonly #given = new Set<string>();

  /** `hear` is told of every touch that is let through. */
  constructor(prefix: string, hear: (touch: Touch) => void = () => {}) {
    this.prefix = prefix;
    this.#hear = hear;
  }

  /** The server named a queue of ours. */
  given(name: string): void {
    this.#given.add(name);
  }

  /** Whether the name can be nobody's but ours. */
  owns(name: string): boolean {
    return name.startsWith(this.prefix) || this.#given.has(name);
  }

  /** Throws a `Stop` where the method would reach out. */
  pass(method: Method, properties: BasicProperties = {}): void {
    this.admit(this.#steps(method, properties));
  }

  /** Throws a `Stop` where one of these steps would reach out. */
  admit(steps: readonly Step[]): void {
    const beyond = steps.find(({ ours }) => !ours);
    if (beyond !== undefined) {
      const what = `${beyond.verb} the ${beyond.kind} ${beyond.name === '' ? 'without a name' : beyond.name}`;
      throw new Stop({ kind: 'not-run', why: `Left out by --safe: it would ${what}, which may concern others than this run.` });
    }
    for (const { kind, verb, name } of steps) this.#hear({ kind, verb, name });
  }

  #steps(method: Method, properties: BasicProperties): readonly Step[] {
    switch (method.name) {
      case 'connection.start-ok':
        return [{ kind: 'user', verb: 'log in as', name: userOf(method.args.mechanism, method.args.response), ours: true }];
      case 'connection.open':
        return [{ kind: 'virtual host', verb: 'open', name: method.args.virtualHost, ours: true }];
      case 'queue.declare':
        if (method.args.passive) return [{ kind: 'queue', verb: 'look at', name: method.args.queue, ours: true }];
        return [this.#queue('create', method.args.queue), ...this.#arguments(method.args.arguments)];
      case 'queue.delete':
        return [this.#queue('delete', method.args.queue)];
      case 'queue.purge':
        return [this.#queue('purge', method.args.queue)];
      case 'basic.get':
      case 'basic.consume':
        return [this.#queue('read from', method.args.queue)];
      case 'queue.bind':
      case 'queue.unbind': {
        const { queue, exchange, routingKey } = method.args;
        const verb = method.name === 'queue.bind' ? 'bind' : 'unbind';
        return [this.#queue(verb, queue), { kind: 'exchange', verb, name: exchange, ours: this.#bindsOurs(exchange, routingKey) }];
      }
      case 'exchange.declare':
        if (method.args.passive) return [{ kind: 'exchange', verb: 'look at', name: method.args.exchange, ours: true }];
        return [this.#exchange('create', method.args.exchange), ...this.#arguments(method.args.arguments)];
      case 'exchange.delete':
        return [this.#exchange('delete', method.args.exchange)];
      case 'exchange.bind':
      case 'exchange.unbind': {
        const verb = method.name === 'exchange.bind' ? 'bind' : 'unbind';
        return [this.#exchange(verb, method.args.source), this.#exchange(verb, method.args.destination)];
      }
      case 'basic.publish':
        return this.#publish(method.args.exchange, [method.args.routingKey, ...otherKeys(properties)]);
      default:
        return [];
    }
  }

  #queue(verb: Touch['verb'], name: string): Step {
    const pseudo = verb === 'read from' && name.startsWith(replyQueue);
    return { kind: 'queue', verb, name, ours: name === '' || this.owns(name) || pseudo };
  }

  #exchange(verb: Touch['verb'], name: string): Step {
    return { kind: 'exchange', verb, name, ours: this.owns(name) };
  }

  #publish(exchange: string, keys: readonly string[]): readonly Step[] {
    if (exchange === '') return keys.map(key => ({ ...this.#queue('publish to', key), ours: this.#isKey(key) }));
    return keys.map(key => ({ kind: 'exchange', verb: 'publish to', name: exchange, ours: this.#leadsToOurs(exchange, key) }));
  }

  /** What goes through this exchange under this key comes to nobody else. */
  #leadsToOurs(exchange: string, key: string): boolean {
    return this.owns(exchange) || (byKey.has(exchange) && this.#isKey(key));
  }

  /** What comes through this binding is of nobody else. */
  #bindsOurs(exchange: string, key: string): boolean {
    return this.owns(exchange) || (bindable.has(exchange) && this.#isKey(exchange === 'amq.topic' ? (key.split('.')[0] ?? '') : key));
  }

  #isKey(key: string): boolean {
    return key.includes(this.prefix) || this.owns(key) || key.startsWith(replyQueue);
  }

  /** Where an argument sends messages that were not asked for by a publisher. */
  #arguments(args: FieldTable): readonly Step[] {
    const text = (name: string) => textOf(args.find(([key]) => key === name)?.[1]);
    const alternate = text('alternate-exchange');
    const graveyard = text('x-dead-letter-exchange');
    const key = text('x-dead-letter-routing-key');
    return [
      ...(alternate === undefined ? [] : [this.#exchange('publish to', alternate)]),
      ...(graveyard === undefined ? [] : [{ ...this.#exchange('publish to', graveyard), ours: this.#leadsToOurs(graveyard, key ?? '') }]),
    ];
  }
}

function textOf(value: FieldValue | undefined): string | undefined {
  return value?.type === 'long-string' ? utf8.decode(value.value) : undefined;
}

/** The keys that RabbitMQ's extension takes from the headers besides the routing key. */
function otherKeys({ headers = [] }: BasicProperties): readonly string[] {
  const lists = headers.filter(([name]) => name === 'CC' || name === 'BCC').map(([, value]) => value);
  return lists.flatMap(value => (value.type === 'array' ? value.value.flatMap(each => textOf(each) ?? []) : []));
}

/** The user in a SASL response, as far as its mechanism is known to us. */
function userOf(mechanism: string, response: Uint8Array): string {
  const text = Buffer.from(response).toString('latin1');
  if (mechanism === 'PLAIN') return Buffer.from(text.split('\0')[1] ?? '', 'latin1').toString();
  const login = mechanism === 'AMQPLAIN' ? text.indexOf('LOGINS') : -1;
  if (login < 0) return `whom ${mechanism} stands for`;
  const at = login + 'LOGINS'.length + 4;
  return Buffer.from(text.slice(at, at + Buffer.from(response).readUInt32BE(at - 4)), 'latin1').toString();
}
