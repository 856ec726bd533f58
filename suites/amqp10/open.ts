import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { compositeAs, frameOf, joined } from '../../harness/wire/amqp10/craft.ts';

const minMaxFrameSize = 512;
/** Nobody can know it. */
const unheardOf = 'amqpspec:nobody-knows-this';

/** Frames whose head is malformed, each of its own kind, behind the headers and before open. */
const malformed: readonly (readonly [slug: string, what: string, octets: Uint8Array])[] = [
  ['size', 'of fewer octets than its head has', frameOf(new Uint8Array(0), { size: 7 })],
  ['doff', 'whose data offset lies within its head', frameOf(new Uint8Array(0), { dataOffset: 1 })],
  ['doff-beyond', 'whose data offset lies beyond its end', frameOf(new Uint8Array(4), { dataOffset: 4 })],
];

const beforeOpen: readonly Check[] = [
  ...malformed.map(([slug, what, octets]) =>
    check(`amqp10/open/malformed-before/${slug}`, {
      title: `A frame ${what}, sent before open, is told by close or ends the connection`,
      duties: ['amqp10/2.4.1.error-before-open:enforce'],
      departs: true,
      worstMs: 6000,
      async run(peer: Peer) {
        const connection = await peer.connection10({ upTo: 'header' });
        connection.sendBytes(octets);
        await connection.answersTo('amqp10/2.4.1.error-before-open:enforce');
      },
    }),
  ),
  ...(['begin', 'flow'] as const).map(name =>
    check(`amqp10/open/first/${name}`, {
      title: `A ${name} before open is told to be wrong by close, or ends the connection`,
      duties: ['amqp10/2.4.1.open-first:enforce'],
      departs: true,
      worstMs: 6000,
      async run(peer: Peer) {
        const connection = await peer.connection10({ upTo: 'header' });
        connection.send(0, name);
        await connection.answersTo('amqp10/2.4.1.open-first:enforce');
      },
    }),
  ),
];

/** Opening connections: sections 2.4.1, 2.4.2 and 2.7.1. */
export const open10Checks: readonly Check[] = [
  ...beforeOpen,
  check('amqp10/open/answered', {
    title: 'The first frame of the broker is one open, on channel 0, that names its container',
    duties: [
      'amqp10/2.4.1.open-first:emit',
      'amqp10/2.4.1.open-channel:emit',
      'amqp10/2.4.1.open-once:emit',
      'amqp10/2.7.1.container-id:emit',
      'amqp10/2.7.1.max-frame-size-minimum:emit',
    ],
    async run(peer: Peer) {
      const connection = await peer.connection10({ upTo: 'open-sent' });
      const first = await connection.next('handshake');
      peer.require(first.kind === 'frame' && first.performative.type === 'open', 'The first frame of the broker is no open.', 'amqp10/2.4.1.open-first:emit');
      peer.require(first.channel === 0, `The open came on channel ${first.channel}.`, 'amqp10/2.4.1.open-channel:emit');
      // An open without container-id is a breach; one that is empty names a container all the same.
      const { maxFrameSize = minMaxFrameSize } = first.performative;
      peer.require(maxFrameSize >= minMaxFrameSize, `The max-frame-size is ${maxFrameSize}.`, 'amqp10/2.7.1.max-frame-size-minimum:emit');
      await connection.session();
      await connection.close();
    },
  }),
  check('amqp10/open/smallest', {
    title: 'To a peer whose frames have at most 512 octets the open of the broker is no larger',
    duties: ['amqp10/2.4.1.limits-before-open:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10({ open: { maxFrameSize: minMaxFrameSize } });
      await connection.session();
    },
  }),
  check('amqp10/open/container-id', {
    title: 'An open without container-id is refused',
    duties: ['amqp10/2.7.1.container-id:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await peer.connection10({ upTo: 'header' });
      connection.sendBytes(frameOf(compositeAs('open', { hostname: 'localhost' })));
      await connection.answersTo('amqp10/2.7.1.container-id:enforce');
    },
  }),
  check('amqp10/open/pipelined', {
    title: 'What is sent in one piece with open is served as if it had waited',
    duties: ['amqp10/2.4.2.pipelined-open:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10({ upTo: 'header' });
      const begin = compositeAs('begin', { nextOutgoingId: 0, incomingWindow: 2048, outgoingWindow: 2048 });
      connection.sendBytes(joined(frameOf(compositeAs('open', { containerId: peer.name() })), frameOf(begin)));
      await connection.expect('open');
      await connection.expect('begin', { channel: 0 });
    },
  }),
  check('amqp10/open/pipelined-life', {
    title: 'Open, begin, end and close may be sent at once, and are answered one by one',
    duties: ['amqp10/2.4.2.pipelined-open:emit', 'amqp10/2.4.3.close-channel-pipelined:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10({ upTo: 'open-sent' });
      connection.send(0, 'begin');
      connection.send(0, 'end');
      connection.send(0, 'close');
      await connection.expect('open');
      await connection.expect('begin');
      await connection.expect('end');
      const { channel } = await connection.expect('close');
      peer.require(channel === 0, `The close came on channel ${channel}.`, 'amqp10/2.4.3.close-channel-pipelined:emit');
    },
  }),
  check('amqp10/open/close-pipelined', {
    title: 'An open and a close that are sent at once are answered with open and close, on channel 0',
    duties: ['amqp10/2.4.3.close-channel-pipelined:emit', 'amqp10/2.4.2.pipelined-open:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10({ upTo: 'open-sent' });
      connection.send(0, 'close');
      await connection.expect('open');
      const { channel } = await connection.expect('close');
      peer.require(channel === 0, `The close came on channel ${channel}.`, 'amqp10/2.4.3.close-channel-pipelined:emit');
    },
  }),
  check('amqp10/open/channel', {
    title: 'An open on channel 1 is refused',
    duties: ['amqp10/2.4.1.open-channel:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await peer.connection10({ upTo: 'header' });
      connection.send(1, 'open', { containerId: peer.name() });
      await connection.answersTo('amqp10/2.4.1.open-channel:enforce');
    },
  }),
  check('amqp10/open/once', {
    title: 'A second open closes the connection',
    duties: ['amqp10/2.4.1.open-once:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.send(0, 'open', { containerId: peer.name() });
      await connection.answersTo('amqp10/2.4.1.open-once:enforce');
    },
  }),
  check('amqp10/open/hostname-default', {
    title: 'An open without hostname is one to the default host',
    duties: ['amqp10/2.7.1.hostname-default:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10({ upTo: 'open-sent', open: { hostname: undefined } });
      await connection.expect('open');
      await connection.session();
    },
  }),
  check('amqp10/open/hostname-unknown', {
    title: 'A hostname of nobody is refused as such, or not looked at',
    duties: ['amqp10/2.7.1.hostname-unknown:permit'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10({ upTo: 'open-sent', open: { hostname: 'vhost:amqpspec-nowhere.invalid' } });
      await connection.expect('open', { wait: 'close' });
      connection.send(0, 'begin');
      const seen = await connection.next();
      const error = seen.kind === 'frame' && seen.performative.type === 'close' ? seen.performative.error : undefined;
      const served = seen.kind === 'frame' && seen.performative.type === 'begin';
      peer.require(served || error !== undefined, 'An open with a hostname of nobody is neither served nor refused with an error.');
      peer.measure('a hostname of nobody', served ? 'is not looked at' : `is refused: ${error?.condition}`);
    },
  }),
  check('amqp10/open/locales', {
    title: 'Locales may be told, one or several',
    duties: ['amqp10/2.7.1.locale-lists:emit'],
    async run(peer: Peer) {
      for (const locales of [['en-US'], ['de-DE', 'fr-FR', 'en-US']]) {
        const connection = await peer.connection10({ open: { outgoingLocales: locales, incomingLocales: locales } });
        await connection.session();
      }
    },
  }),
  check('amqp10/open/desired-capabilities', {
    title: 'A capability that nobody knows is desired in vain, and without harm',
    duties: ['amqp10/2.7.1.desired-capabilities:emit'],
    async run(peer: Peer) {
      for (const desiredCapabilities of [[unheardOf], [unheardOf, `${unheardOf}-either`]]) {
        const connection = await peer.connection10({ open: { desiredCapabilities } });
        peer.require(!connection.capability(unheardOf), 'The broker offers a capability that was made up for this check.');
        await connection.session();
      }
    },
  }),
  check('amqp10/open/offered-capabilities', {
    title: 'Capabilities and properties that a client offers do no harm',
    duties: ['amqp10/2.7.1.desired-capabilities:emit'],
    async run(peer: Peer) {
      const properties = [
        ['product', { type: 'string', value: 'amqpspec' }],
        [
          unheardOf,
          {
            type: 'map',
            value: [
              [
                { type: 'symbol', value: 'depth' },
                { type: 'uint', value: 1 },
              ],
            ],
          },
        ],
      ] as const;
      const connection = await peer.connection10({ open: { offeredCapabilities: [unheardOf], desiredCapabilities: [unheardOf], properties } });
      await connection.session();
    },
  }),
];
