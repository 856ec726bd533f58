import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { FieldTable, FieldValue } from '../../harness/spec/amqp091/domains.ts';
import { encodeMethodFrame, fieldValue, method } from '../../harness/wire/amqp091/codec.ts';

const utf8 = new TextDecoder();

const words = (list: Uint8Array): readonly string[] =>
  utf8
    .decode(list)
    .split(' ')
    .filter(word => word !== '');

const required = ['product', 'version', 'platform', 'information'];

/** Every table in a table, itself first. */
function tablesIn(table: FieldTable): readonly FieldTable[] {
  return [table, ...table.flatMap(([, value]) => tablesOf(value))];
}

function tablesOf(value: FieldValue): readonly FieldTable[] {
  if (value.type === 'table') return tablesIn(value.value);
  return value.type === 'array' ? value.value.flatMap(tablesOf) : [];
}

/** Method connection.start. */
export const startChecks = [
  check('amqp091/start/version', {
    title: 'Start carries version 0.9',
    duties: ['amqp091/connection.start.version:emit'],
    async run(peer: Peer) {
      const { versionMajor, versionMinor } = (await peer.connection({ upTo: 'start' })).start;
      peer.require(versionMajor === 0 && versionMinor === 9, `Start carries version ${versionMajor}.${versionMinor}.`);
    },
  }),
  check('amqp091/start/mechanisms', {
    title: 'Start lists at least one security mechanism',
    duties: ['amqp091/connection.start.mechanisms-notnull:emit'],
    async run(peer: Peer) {
      const { mechanisms } = (await peer.connection({ upTo: 'start' })).start;
      peer.require(words(mechanisms).length > 0, 'The list of mechanisms is empty.');
    },
  }),
  check('amqp091/start/locales', {
    title: 'Start lists the locale en_US',
    duties: ['amqp091/connection.start.locales-required-support:emit'],
    async run(peer: Peer) {
      const { locales } = (await peer.connection({ upTo: 'start' })).start;
      peer.require(words(locales).includes('en_US'), `The locales are "${utf8.decode(locales)}".`);
    },
  }),
  check('amqp091/start/server-properties', {
    title: 'Server-properties name product, version, platform and information',
    duties: ['amqp091/connection.start.server-properties-required-fields:emit'],
    async run(peer: Peer) {
      const { serverProperties } = await peer.connection({ upTo: 'start' });
      const missing = required.filter(name => fieldValue(serverProperties, name) === undefined);
      peer.require(missing.length === 0, `Server-properties lack ${missing.join(', ')}.`);
    },
  }),
  check('amqp091/start/field-names', {
    title: 'Names in server-properties begin with a letter, $ or # and have at most 128 characters',
    duties: ['amqp091/4.2.5.5.field-name:emit'],
    async run(peer: Peer) {
      const { serverProperties } = await peer.connection({ upTo: 'start' });
      const names = tablesIn(serverProperties).flatMap(table => table.map(([name]) => name));
      const wrong = names.filter(name => !/^[\p{L}$#]/u.test(name) || [...name].length > 128);
      peer.require(wrong.length === 0, `Server-properties hold the names ${wrong.join(', ')}.`);
    },
  }),
  check('amqp091/start/no-duplicates', {
    title: 'No table in server-properties holds a name twice',
    duties: ['amqp091/4.2.5.5.duplicate-fields:emit'],
    async run(peer: Peer) {
      const { serverProperties } = await peer.connection({ upTo: 'start' });
      const twice = tablesIn(serverProperties).filter(table => new Set(table.map(([name]) => name)).size < table.length);
      peer.require(twice.length === 0, 'A table of server-properties holds a name twice.');
    },
  }),
  check('amqp091/start/size', {
    title: 'Start fits into the 4096 octets of a frame before negotiation',
    duties: ['amqp091/connection.tune.frame-max-minimum:emit'],
    async run(peer: Peer) {
      const { start } = await peer.connection({ upTo: 'start' });
      const size = encodeMethodFrame(0, method('connection.start', start)).length;
      peer.require(size <= 4096, `Start is a frame of ${size} octets.`);
    },
  }),
];
