import { announces } from '../../endpoint/amqp091/negotiation.ts';
import type { FieldTable } from '../../spec/amqp091/domains.ts';
import { encodeMethodFrame, fieldTable, method } from '../../wire/amqp091/codec.ts';
import { contentHeaderOf, withArgument } from '../../wire/amqp091/craft.ts';
import type { ClientReaction } from '../client-case.ts';
import { anyReaction, atAnswer, atRequest, breach, type Departs, lawful, type MethodPassing } from './case-kit.ts';
import { ambiguousTypes, brokenTableNames, brokenTables, brokenTableWords, duplicateNames, everyType, longTable, nested } from './tables.ts';

const utf8 = new TextEncoder();
const drops: readonly [ClientReaction] = [{ kind: 'drops' }];

/** Start with other arguments. */
const starting = (change: (start: MethodPassing<'connection.start'>) => Parameters<typeof method<'connection.start'>>[1]): Departs =>
  atAnswer('connection.start', passing => ({
    send: [{ type: 'method', channel: 0, method: method('connection.start', { ...passing.frame.method.args, ...change(passing) }) }],
  }));

const withProperties = (more: FieldTable): Departs => starting(({ frame }) => ({ serverProperties: [...frame.method.args.serverProperties, ...more] }));

const inPlaceOfStart = (octets: Uint8Array): Departs => atAnswer('connection.start', () => ({ send: [octets] }));

const malformed = brokenTableNames.map(name =>
  breach(`handshake/properties/${name}`, {
    title: `Server-properties with ${brokenTableWords[name]} make the client close the socket, since nothing is open yet`,
    duties: ['amqp091/2.2.4.error-before-open:client-enforce', `amqp091/4.2.5.5.${name}:client-enforce`],
    needs: 'connect',
    legal: drops,
    departs: atAnswer('connection.start', ({ frame }) => ({ send: [withArgument(0, frame.method, 'serverProperties', brokenTables[name])] })),
  }),
);

/** From the protocol header to open-ok. */
export const handshakeCases = [
  breach('handshake/version', {
    title: 'A start of version 8-0 makes the client close the socket',
    duties: ['amqp091/connection.start.client-support:client-enforce'],
    needs: 'connect',
    departs: starting(() => ({ versionMajor: 8, versionMinor: 0 })),
  }),
  breach('handshake/header', {
    title: 'A server that answers with the header of another version, and ends, is left',
    duties: ['amqp091/4.2.2.version-detection:client-permit'],
    needs: 'connect',
    legal: [{ kind: 'drops' }, { kind: 'goes-on' }],
    ends: true,
    departs: atAnswer('connection.start', () => ({ send: [Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 1, 1, 0, 10)], finish: 'end' })),
  }),
  breach('handshake/not-amqp', {
    title: 'A server that speaks another protocol is left',
    duties: ['amqp091/2.2.4.error-before-open:client-enforce', 'amqp091/4.2.3.frame-type:client-enforce'],
    needs: 'connect',
    legal: drops,
    departs: inPlaceOfStart(utf8.encode('HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n400 Bad Request')),
  }),
  lawful('handshake/mechanism', {
    title: 'A client that is offered no mechanism that it knows chooses none that was not offered',
    duties: ['amqp091/connection.start-ok.mechanism-validity:client-emit'],
    needs: 'connect',
    legal: drops,
    departs: starting(() => ({ mechanisms: utf8.encode('X-AMQPSPEC-NONE') })),
  }),
  lawful('handshake/locale', {
    title: 'A client chooses one of the locales that the server lists, or leaves',
    duties: ['amqp091/connection.start-ok.locale:client-emit'],
    needs: 'connect',
    legal: [{ kind: 'goes-on' }, { kind: 'drops' }],
    departs: starting(() => ({ locales: utf8.encode('de_DE') })),
  }),
  lawful('handshake/locales-many', {
    title: 'A client takes a list of several locales and mechanisms apart',
    duties: ['amqp091/connection.start-ok.locale:client-emit', 'amqp091/connection.start-ok.mechanism-validity:client-emit'],
    needs: 'connect',
    departs: starting(() => ({ locales: utf8.encode('de_DE en_US fr_FR'), mechanisms: utf8.encode('X-OTHER PLAIN AMQPLAIN X-MORE') })),
  }),
  lawful('handshake/properties/every-type', {
    title: 'Server-properties with a value of every type are taken',
    duties: ['amqp091/4.2.5.5.field-types:client-emit'],
    needs: 'connect',
    departs: withProperties(everyType),
  }),
  lawful('handshake/properties/ambiguous-types', {
    title: 'Server-properties with types whose tags are read in several ways',
    duties: ['amqp091/4.2.5.5.field-types:client-emit'],
    level: 'MAY',
    needs: 'connect',
    departs: withProperties(ambiguousTypes),
  }),
  lawful('handshake/properties/nested', {
    title: 'Server-properties with tables in tables, 20 deep, are taken',
    duties: ['amqp091/4.2.5.5.nesting:client-emit'],
    needs: 'connect',
    departs: withProperties(nested(20)),
  }),
  lawful('handshake/properties/long', {
    title: 'Server-properties with a name of 128 characters and a value of 2,000 octets are taken',
    duties: ['amqp091/4.9.table-size:client-emit'],
    needs: 'connect',
    departs: withProperties(longTable),
  }),
  lawful('handshake/properties/few', {
    title: 'A server that says nothing of itself but what it is capable of is taken',
    duties: ['amqp091/4.2.5.5.field-types:client-emit'],
    needs: 'connect',
    departs: starting(({ frame }) => ({ serverProperties: frame.method.args.serverProperties.filter(([name]) => name === 'capabilities') })),
  }),
  breach('handshake/properties/duplicate-names', {
    title: 'Server-properties with a name twice bring nobody down',
    duties: ['amqp091/4.2.5.5.duplicate-fields:client-emit'],
    needs: 'connect',
    legal: anyReaction,
    departs: withProperties(duplicateNames),
  }),
  ...malformed,
  breach('handshake/challenge', {
    title: 'A challenge of the server is answered, or the client leaves',
    duties: ['amqp091/connection.secure.challenge:client-emit'],
    needs: 'connect',
    legal: [{ kind: 'says', name: 'connection.secure-ok' }, { kind: 'drops' }],
    departs: challenged,
  }),
  breach('handshake/start-twice', {
    title: 'A second start in the opening makes the client close the socket',
    duties: ['amqp091/connection.sequence-before-open:client-enforce'],
    needs: 'connect',
    departs: atRequest('connection.start-ok', () => ({ back: [{ type: 'method', channel: 0, method: method('connection.start', startArguments) }] })),
  }),
  breach('handshake/open-ok-early', {
    title: 'An open-ok in place of tune makes the client close the socket',
    duties: ['amqp091/connection.sequence-before-open:client-enforce'],
    needs: 'connect',
    departs: atAnswer('connection.tune', () => ({ send: [encodeMethodFrame(0, method('connection.open-ok'))] })),
  }),
  breach('handshake/content', {
    title: 'A content frame in the opening makes the client close the socket',
    duties: ['amqp091/2.2.4.error-before-open:client-enforce'],
    needs: 'connect',
    departs: atAnswer('connection.tune', () => ({ send: [contentHeaderOf(1, {})] })),
  }),
  lawful('handshake/refused', {
    title: 'A close for wrong credentials is answered with close-ok by a client that asked to be told',
    duties: ['amqp091/connection.close.close-ok:client-emit'],
    needs: 'connect',
    legal: [{ kind: 'says', name: 'connection.close-ok' }],
    departs: atRequest('connection.start-ok', ({ frame }, _at, scene) => {
      if (announces(frame.method.args.clientProperties, 'authentication_failure_close'))
        return { back: [{ type: 'method', channel: 0, method: method('connection.close', { replyCode: 403, replyText: 'ACCESS_REFUSED' }) }] };
      scene.excused('the client does not announce authentication_failure_close');
      return false;
    }),
  }),
  lawful('handshake/not-opened', {
    title: 'A close in place of open-ok is answered with close-ok',
    duties: ['amqp091/connection.close.close-ok:client-emit'],
    needs: 'connect',
    legal: [{ kind: 'says', name: 'connection.close-ok' }],
    departs: atAnswer('connection.open-ok', () => ({
      send: [{ type: 'method', channel: 0, method: method('connection.close', { replyCode: 530, replyText: 'NOT_ALLOWED', classId: 10, methodId: 40 }) }],
    })),
  }),
];

const startArguments = {
  versionMajor: 0,
  versionMinor: 9,
  serverProperties: fieldTable({ product: 'amqpspec' }),
  mechanisms: utf8.encode('PLAIN AMQPLAIN'),
  locales: utf8.encode('en_US'),
};

/** The client's start-ok waits at the tap; a challenge comes first, and what the client answers is not needed. */
function challenged(scene: Parameters<Departs>[0]): ReturnType<Departs> {
  let startOk: Uint8Array | undefined;
  return passing => {
    if (passing.direction !== 'to-server' || passing.what !== 'frame' || passing.frame.type !== 'method') return 'pass';
    const { method: asked } = passing.frame;
    if (asked.name === 'connection.start-ok' && startOk === undefined) {
      startOk = passing.bytes;
      scene.departed();
      return { back: [{ type: 'method', channel: 0, method: method('connection.secure', { challenge: utf8.encode('who goes there?') }) }] };
    }
    if (asked.name !== 'connection.secure-ok' || startOk === undefined) return 'pass';
    if (asked.args.response.length === 0) scene.broke('amqp091/connection.secure-ok.response-notnull:client-emit', 'secure-ok with an empty response');
    return { send: [startOk] };
  };
}
