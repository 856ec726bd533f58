import type { VerdictRecord } from '../../harness/check/record-verdicts.ts';
import { reasonWords, visible } from '../words.ts';

/** A feature that a broker was seen to lack, and how. */
export interface Lack {
  /** Verdicts of the same key lack the same thing. */
  readonly key: string;
  /** The feature; left out where the rule's own words have to do. */
  readonly heading?: string;
  /** How the broker shows that it is not there. */
  readonly shown: string;
  /** What that means to an application. */
  readonly means?: string;
}

interface Told {
  readonly heading: string;
  readonly means: string;
}

const capabilities: Readonly<Record<string, Told>> = {
  authentication_failure_close: {
    heading: 'A reason for a refused login',
    means: 'Clients cannot count on being told that user or password was wrong.',
  },
  'basic.nack': {
    heading: 'basic.nack',
    means: 'Consumers that refuse messages by nack, as most client libraries do, have to use basic.reject, one message at a time.',
  },
  'connection.blocked': { heading: 'Notice of alarms (connection.blocked)', means: 'Publishers that are held back are not told: they just wait.' },
  consumer_cancel_notify: {
    heading: 'Notice of lost consumers (basic.cancel from the server)',
    means: 'A consumer whose queue is deleted is not told, and waits for ever.',
  },
  consumer_priorities: { heading: 'Consumer priorities (x-priority)', means: 'Stand-by consumers are served like all others.' },
  direct_reply_to: { heading: 'Direct reply-to (amq.rabbitmq.reply-to)', means: 'Clients of remote procedures need a queue of their own for replies.' },
  exchange_exchange_bindings: {
    heading: 'Bindings between exchanges (exchange.bind)',
    means: 'Topologies that chain exchanges have to bind queues to each of them instead.',
  },
  per_consumer_qos: {
    heading: 'Prefetch for each consumer',
    means: 'A prefetch limit holds for the whole channel; consumers that need their own want a channel each.',
  },
  publisher_confirms: {
    heading: 'Publisher confirms (confirm.select)',
    means:
      'Client libraries that look for the capability refuse to turn confirms on. Without them only transactions tell a publisher that its message is safe.',
  },
};

const arguments_: Readonly<Record<string, Told>> = {
  'alternate-exchange': { heading: 'Alternate exchanges (argument alternate-exchange)', means: 'Nothing catches unroutable messages.' },
  'x-dead-letter-exchange': { heading: 'Dead-lettering (argument x-dead-letter-exchange)', means: 'Retry and parking queues built on it do not work.' },
  'x-expires': { heading: 'Queues that expire (argument x-expires)', means: 'Queues that nobody uses stay until somebody deletes them.' },
  'x-max-length': { heading: 'Queue length limits (argument x-max-length)', means: 'Queues grow without this bound.' },
  'x-max-length-bytes': { heading: 'Queue size limits (argument x-max-length-bytes)', means: 'Queues grow without this bound.' },
  'x-max-priority': { heading: 'Message priorities (argument x-max-priority)', means: 'Priority queues are not had by this argument.' },
  'x-message-ttl': {
    heading: 'Message lifetimes (argument x-message-ttl)',
    means: 'Messages are not expired by their queue, and delays built on it do not work.',
  },
  'x-single-active-consumer': {
    heading: 'Single active consumer (argument x-single-active-consumer)',
    means: 'Consumers of a queue share it: nothing keeps their messages in one order.',
  },
};

function byCapability(reason: string): Lack | undefined {
  const name = /^The peer does not advertise (\S+?)(?: and .*)?\.$/.exec(reason)?.[1];
  if (name === undefined) return undefined;
  const plain = name.replaceAll('_', ' ');
  return {
    key: `capability ${name}`,
    heading: `${plain[0]?.toUpperCase()}${plain.slice(1)}`,
    ...capabilities[name],
    shown: `does not announce the capability ${name}; whether it works unannounced was not tried`,
  };
}

/** The request that is refused for its arguments, and with what. */
function byArgument(reason: string): Lack | undefined {
  const [, request, names, code] = /^The peer answers (\S+) with ([\w, -]+) with (\d{3})/.exec(reason) ?? [];
  const [name] = names?.split(', ') ?? [];
  if (request === undefined || name === undefined) return undefined;
  const shown = `refuses ${request} with it (${code})`;
  if (!name.startsWith('amqpspec-')) return { key: `argument ${name}`, heading: `The argument ${name}`, ...arguments_[name], shown };
  return {
    key: 'argument',
    heading: 'Arguments that the broker does not know',
    shown,
    means: 'Declarations that carry arguments meant for other brokers or plugins fail.',
  };
}

/** What is refused by 540, in the broker's own words without their numbers. */
function byRefusal(area: string, reason: string): Lack | undefined {
  const quoted = /540 not-implemented \("([^"]*)"\)/.exec(reason)?.[1];
  if (quoted === undefined) return undefined;
  const what = quoted.replace(/^NOT_IMPLEMENTED - /, '').replace(/ \(\d+\)$/, '');
  return { key: `refused ${area} ${what}`, shown: `answers 540 not-implemented (${visible(what)})` };
}

/** What a verdict that says unsupported lacks. */
export function lackOf(verdict: VerdictRecord, area: string): Lack | undefined {
  if (verdict.outcome !== 'unsupported') return undefined;
  const { reason = '' } = verdict;
  const words = reasonWords(verdict);
  return byCapability(reason) ?? byArgument(reason) ?? byRefusal(area, words) ?? { key: `unsupported ${area} ${words}`, shown: visible(words) };
}
