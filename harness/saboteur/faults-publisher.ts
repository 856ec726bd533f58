import type { Message } from '../broker/message.ts';
import type { BasicProperties } from '../spec/amqp091/classes.ts';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import { miscoded } from './departures.ts';
import { changed, command } from './effect-seam.ts';
import type { EffectSeam } from './fault.ts';
import { delivered, published } from './messages.ts';
import { type FaultTable, faultsIn } from './row.ts';

const identifying = faultsIn('amqp091/user-id/*');
const copying = faultsIn('amqp091/sender-selected/*');

/** Extensions for publishers. */
export const publisherFaults = {
  'amqp091/user-id.own:emit': [
    identifying(
      'takes the user-id off a message',
      delivered('basic.get-ok', message => message.properties.userId !== undefined && message.with({ properties: withoutUserId(message.properties) })),
    ),
    identifying('loses a message with a user-id behind one without', losesBehindAnonymous()),
  ],
  'amqp091/user-id.other:enforce': [
    identifying('calls a false user-id access refused', miscoded(403, { about: 'basic.publish', code: 406 }), [
      'amqp091/{user-id,sender-selected}/*',
      'amqp091/message-ttl/**',
    ]),
    identifying('queues a message that it refuses for its user-id', queuesRefused()),
  ],
  'amqp091/sender-selected.keys:emit': [
    copying(
      'follows one key of CC and of BCC',
      withHeaders(fields => fields.map(field => (isCopies(field) ? cut(field) : field))),
    ),
    copying('gives each key of CC a message of its own', duplicates()),
    copying(
      'does not mind how CC and BCC are written',
      withHeaders(fields => fields.map(([name, value]) => [/^b?cc$/i.test(name) ? name.toUpperCase() : name, value])),
    ),
  ],
  'amqp091/sender-selected.blind:emit': [
    copying(
      'takes all headers off a message with blind copies',
      delivered(
        'basic.get-ok',
        message =>
          message.properties.headers?.some(([name]) => name === 'before') === true && message.with({ properties: { ...message.properties, headers: [] } }),
      ),
    ),
    copying(
      'takes CC off a message as well',
      delivered(
        'basic.get-ok',
        message =>
          message.properties.messageId !== undefined &&
          message.properties.headers?.some(([name]) => name === 'CC') === true &&
          message.with({ properties: { ...message.properties, headers: [] } }),
      ),
    ),
    copying(
      'shows BCC to receivers',
      delivering(original => original.copies !== undefined && original.copies !== 'malformed' && original.copies.blind),
    ),
  ],
  'amqp091/sender-selected.types:enforce': [
    copying(
      'takes no notice of copies that are no keys',
      withHeaders(fields => fields.filter(field => !isMalformed(field))),
    ),
  ],
} as const satisfies FaultTable;

type Field = FieldTable[number];

function withoutUserId({ userId: _, ...others }: BasicProperties): BasicProperties {
  return others;
}

/** The headers of what clients publish, changed; left alone where nothing changes. */
function withHeaders(change: (fields: FieldTable) => FieldTable) {
  return published(message => {
    const { headers } = message.properties;
    if (headers === undefined) return false;
    const changed = change(headers);
    const same =
      changed.length === headers.length &&
      changed.every((field, at) => field === headers[at] || (field[0] === headers[at]?.[0] && field[1] === headers[at]?.[1]));
    return !same && message.with({ properties: { ...message.properties, headers: changed } });
  });
}

function isCopies([name, value]: Field): boolean {
  return (name === 'CC' || name === 'BCC') && value.type === 'array' && value.value.length > 1;
}

function cut([name, value]: Field): Field {
  return [name, value.type === 'array' ? { type: 'array', value: value.value.slice(0, 1) } : value];
}

function isMalformed([name, value]: Field): boolean {
  return (name === 'CC' || name === 'BCC') && value.type !== 'array';
}

/** What was got is handed out as its sender published it, where it was such a message. */
function delivering(isSuch: (original: Message) => boolean): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      let original: Message | undefined;
      return (each, apply) => {
        if (each.kind === 'publish') original = isSuch(each.message) ? each.message : undefined;
        const shown = original;
        return shown === undefined ? apply(each) : changed(apply(each), 'got', got => [{ ...got, message: shown }]);
      };
    },
  };
}

function losesBehindAnonymous(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      let named = true;
      return (each, apply) => {
        if (each.kind !== 'publish') return apply(each);
        const lost = !named && each.message.userId !== undefined;
        named = each.message.userId !== undefined;
        return lost ? [] : apply(each);
      };
    },
  };
}

/** A message that is refused for what it says of its sender reaches its queue all the same. */
function queuesRefused(): EffectSeam {
  return command('publish', (publish, apply) => {
    const all = apply(publish);
    const isRefused = all.some(one => one.kind === 'refused') && publish.message.userId !== undefined;
    return isRefused ? [...all, ...apply({ kind: 'inject', virtualHost: '/', message: publish.message })] : all;
  });
}

function duplicates(): EffectSeam {
  return command('publish', (publish, apply) => {
    const all = apply(publish);
    const { copies } = publish.message;
    if (copies === undefined || copies === 'malformed' || copies.keys.length < 2) return all;
    return [...all, ...apply({ kind: 'inject', virtualHost: '/', message: publish.message })];
  });
}
