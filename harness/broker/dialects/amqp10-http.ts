import type { AmqpValue, MessageDraft, Message as WireMessage } from '../../wire/amqp10/codec.ts';
import type { Binding } from '../exchange.ts';
import { refusedName } from '../names.ts';
import { Queue } from '../queue.ts';
import type { EffectOf } from '../vocabulary.ts';
import type { Claims } from './amqp10-claims.ts';
import { bindingBody, hashOf, queueBody } from './amqp10-http-bodies.ts';
import { pathOf, readBinding, readExchange, readQueue, type WantedBinding } from './amqp10-http-requests.ts';
import type { Port } from './amqp10-port.ts';
import { list, map, nothing, type Reply, string, ulong } from './amqp10-replies.ts';
import { asking, type Plan, type Service, type Step } from './amqp10-requests.ts';

const bad = (text: string): Reply => ({ status: 400, text });
const missing = (what: string): Reply => ({ status: 404, text: `there is no ${what}` });
const noContent: Reply = { status: 204 };

/** Statuses for what the core refuses; 400 for the rest. */
const statuses: Readonly<Record<number, number>> = { 403: 403, 404: 404, 405: 409, 406: 409 };

/** What is done about a request for one kind of path. `names` are its parts that are names. */
type Handler = (names: readonly string[], request: WireMessage) => Plan;

/** Topologies over HTTP semantics at `/management`. https://www.rabbitmq.com/client-libraries/amqp-client-libraries */
export class HttpManagement implements Service {
  readonly address = '/management';
  readonly paired = true;
  readonly #port: Port;
  readonly #claims: Claims | undefined;
  readonly #handlers: Readonly<Record<string, Handler>>;

  constructor(port: Port, claims: Claims | undefined) {
    this.#port = port;
    this.#claims = claims;
    this.#handlers = {
      'GET queues/*': ([name = '']) => this.#getQueue(name),
      'PUT queues/*': ([name = ''], request) => this.#putQueue(name, request),
      'DELETE queues/*': ([name = '']) => this.#deleteQueue(name),
      'DELETE queues/*/messages': ([queue = '']) =>
        asking(
          at => ({ kind: 'purge-queue', ...at, queue, noWait: false }),
          'queue-purged',
          ({ messageCount }) => countReply(messageCount),
        ),
      'PUT exchanges/*': ([name = ''], request) => this.#putExchange(name, request),
      'DELETE exchanges/*': ([name = '']) => this.#deleteExchange(name),
      'POST bindings': (_, request) => this.#bind(request),
      'DELETE bindings/*': ([binding = '']) => this.#unbind(binding),
      'GET bindings': (_, request) => this.#bindings(request),
      'PUT auth/tokens': (_, request) => this.#putToken(request),
    };
  }

  plan(request: WireMessage): Plan {
    const { subject, to = '', replyTo } = request.properties ?? {};
    if (replyTo !== '$me') return bad('a request wants its response over the other link of its pair, $me');
    const asked = pathOf(subject ?? '', to);
    if (asked === undefined) return bad(`${to.slice(0, 80)} is no path`);
    const handler = this.#handlers[asked.pattern];
    return handler === undefined ? missing(`${asked.pattern.slice(0, 80)} here`) : handler(asked.names, request);
  }

  refused({ code, text }: EffectOf<'refused'>): Reply {
    return { status: statuses[code] ?? 400, text };
  }

  response({ status, body, text }: Reply): MessageDraft {
    const value: AmqpValue = body ?? (text === undefined ? nothing : string(text));
    return { properties: { subject: `${status}` }, applicationProperties: [['http:response', string('1.1')]], body: { type: 'amqp-value', value } };
  }

  get #host() {
    return this.#port.broker.core.virtualHosts.get(this.#port.virtualHost);
  }

  #getQueue(name: string): Reply {
    const queue = this.#host?.queues.get(name);
    return queue === undefined ? missing(`queue ${name.slice(0, 80)}`) : { status: 200, body: queueBody(queue) };
  }

  #putQueue(name: string, request: WireMessage): Plan {
    const asked = readQueue(request);
    if (asked === undefined || name === '') return bad('no queue can be so');
    const refusal = refusedName('queue', name, this.#port.broker.core.settings.readings);
    if (refusal !== undefined) return { status: refusal.code === 403 ? 403 : 400, text: refusal.text };
    const status = this.#host?.queues.has(name) === true ? 200 : 201;
    return asking(
      at => ({ kind: 'declare-queue', ...at, queue: name, passive: false, noWait: false, ...asked }),
      'queue-declared',
      () => ({ ...this.#getQueue(name), status }),
    );
  }

  #deleteQueue(queue: string): Plan {
    if (this.#host?.queues.has(queue) !== true) return countReply(0);
    return asking(
      at => ({ kind: 'delete-queue', ...at, queue, ifUnused: false, ifEmpty: false, noWait: false }),
      'queue-deleted',
      ({ messageCount }) => countReply(messageCount),
    );
  }

  #putExchange(exchange: string, request: WireMessage): Plan {
    const asked = readExchange(request);
    if (asked === undefined || exchange === '') return bad('no exchange can be so');
    return asking(
      at => ({ kind: 'declare-exchange', ...at, exchange, passive: false, noWait: false, ...asked }),
      'exchange-declared',
      () => noContent,
    );
  }

  #deleteExchange(exchange: string): Plan {
    if (exchange !== '' && this.#host?.exchanges.has(exchange) !== true) return noContent;
    return asking(
      at => ({ kind: 'delete-exchange', ...at, exchange, ifUnused: false, noWait: false }),
      'exchange-deleted',
      () => noContent,
    );
  }

  #bind(request: WireMessage): Plan {
    const asked = readBinding(request);
    return asked === undefined ? bad('no binding can be so') : wire('bind', asked);
  }

  /** Bindings between two, by the query of a path or the name of one of them. */
  #between(wanted: ReadonlyMap<string, string>): readonly Binding[] {
    const [source, queue, exchange] = ['src', 'dstq', 'dste'].map(name => wanted.get(name));
    const host = this.#host;
    const destination = queue === undefined ? host?.exchanges.get(exchange ?? '') : host?.queues.get(queue);
    const all = [...(host?.exchanges.get(source ?? '')?.bindings() ?? [])];
    return all.filter(each => each.destination === destination && each.routingKey === wanted.get('key'));
  }

  #bindings(request: WireMessage): Plan {
    const { query } = pathOf('GET', request.properties?.to ?? '') ?? {};
    const whole = query?.has('src') === true && query.has('key') && query.has('dstq') !== query.has('dste');
    if (query === undefined || !whole) return bad('bindings are between src and either dstq or dste, with key');
    return { status: 200, body: list(this.#between(query).map(bindingBody)) };
  }

  #unbind(segment: string): Plan {
    const parts = new Map(segment.split(';').map(part => [part.slice(0, part.indexOf('=')), decodeURIComponent(part.slice(part.indexOf('=') + 1))]));
    const found = this.#between(parts).find(each => hashOf(each) === (parts.get('args') ?? ''));
    if (found === undefined) return noContent;
    const { exchange, destination, routingKey, arguments: args } = found;
    return wire('unbind', { source: exchange.name, destination: destination.name, toQueue: destination instanceof Queue, routingKey, arguments: args });
  }

  #putToken({ body }: WireMessage): Plan {
    const token = body?.type === 'amqp-value' && body.value.type === 'binary' ? Buffer.from(body.value.value).toString() : undefined;
    if (token === undefined || this.#claims === undefined) return bad('no tokens are taken here');
    return this.#claims.put({ type: 'jwt', name: '', token }).then(valid => (valid ? noContent : { status: 401, text: 'the token does not hold' }));
  }
}

/** Binds or unbinds. */
function wire(verb: 'bind' | 'unbind', { source, destination, toQueue, routingKey, arguments: args }: WantedBinding): Step {
  const shared = { routingKey, arguments: args, noWait: false };
  const bind = verb === 'bind';
  if (toQueue)
    return asking(
      at => ({ kind: bind ? 'bind-queue' : 'unbind-queue', ...at, queue: destination, exchange: source, ...shared }),
      bind ? 'queue-bound' : 'queue-unbound',
      () => noContent,
    );
  return asking(
    at => ({ kind: bind ? 'bind-exchange' : 'unbind-exchange', ...at, source, destination, ...shared }),
    bind ? 'exchange-bound' : 'exchange-unbound',
    () => noContent,
  );
}

const countReply = (count: number): Reply => ({ status: 200, body: map({ message_count: ulong(count) }) });
