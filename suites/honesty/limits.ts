import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { frameOverhead } from '../../harness/spec/amqp091/constants.ts';
import type { FieldValue } from '../../harness/spec/amqp091/domains.ts';
import { fieldTable } from '../../harness/wire/amqp091/codec.ts';
import { contentHeaderOf, nestedTables } from '../../harness/wire/amqp091/craft.ts';
import { bodyFrame, headerFrame, methodFrame, pattern, publishFrame, same, sendFrames } from '../amqp091/frames.ts';
import { lowered } from '../amqp091/limits.ts';
import { hold } from '../amqp091/observations.ts';
import { relayed, requireRelayed } from '../amqp091/relay.ts';
import { frameMaxOf, goesOn, isMethod, most, offeredFrameMax, opensWith, padded, taken } from './trials.ts';

/** Flag of the property headers. */
const headersFlag = 0x2000;

/** A table in a table, so many times over. */
function nested(depth: number): FieldValue {
  let value: FieldValue = { type: 'boolean', value: true };
  for (let at = 0; at < depth; at++) value = { type: 'table', value: [['in', value]] };
  return value;
}

const tuning: readonly Check[] = [
  check('amqp091/limits/frame-max', {
    title: 'The smallest and the largest frame-max with which a connection opens; that of the offer and 8192 are among them',
    duties: ['amqp091/2.3.3.limits-lowered:emit'],
    departs: true,
    worstMs: 4000,
    async run(peer: Peer) {
      const { size, limited } = await offeredFrameMax(peer);
      const beyond = limited ? [size + 1, 2 * size, 0xffffffff] : [0xffffffff];
      const works = await taken([1, 8, 9, 64, 256, 1024, 2048, 4095, 4096, 8192, size, ...beyond], frameMax => opensWith(peer, { frameMax }));
      peer.require(works.includes(size), 'A connection with the frame-max of the offer is not opened.');
      peer.require(size <= 8192 || works.includes(8192), 'A connection with a frame-max of 8192, less than the offer, is not opened.');
      peer.measure('smallest frame-max accepted, of those tried', Math.min(...works), 'octets');
      peer.measure('largest frame-max accepted, of those tried', most(works), 'octets');
    },
  }),
  check('amqp091/limits/oversize-threshold', {
    title: 'By how many octets a body frame may exceed frame-max before it is refused; one of exactly frame-max is taken',
    duties: ['amqp091/2.3.3.limits-lowered:emit'],
    departs: true,
    worstMs: 2000,
    async run(peer: Peer) {
      const works = await taken([0, 1, 2, 4, 7, 8, 9, 16, 64, 1024], async excess => {
        const channel = await (await lowered(peer, { frameMax: 8192 })).channel();
        const queue = await channel.queue();
        const body = pattern(frameMaxOf(channel.connection) - 8 + excess);
        sendFrames(channel, publishFrame(channel.number, queue), headerFrame(channel.number, { bodySize: body.length }), bodyFrame(channel.number, body));
        return goesOn(channel);
      });
      peer.require(works.includes(0), 'A body frame of exactly frame-max octets is refused.');
      peer.measure('octets above frame-max that are taken, of those tried', most(works), 'octets');
    },
  }),
  check('amqp091/limits/channels', {
    title: 'As many channels as the offer says can be open at once, up to 4096',
    duties: ['amqp091/connection.tune.channel-max:emit'],
    worstMs: 4000,
    async run(peer: Peer) {
      const connection = await peer.connection();
      const { channelMax } = connection.limits;
      const wanted = Math.min(channelMax === 0 ? 65_535 : channelMax, 4096);
      for (let number = 1; number <= wanted; number++) connection.send(number, 'channel.open');
      let opened = 0;
      while (opened < wanted && isMethod(await connection.next(), 'channel.open-ok')) opened += 1;
      peer.measure('channels open at once, of 4096 at most', opened);
      peer.require(opened === wanted, 'Not all channels that the offer allows can be open at once.');
    },
  }),
];

const sizes: readonly Check[] = [
  check('amqp091/limits/names', {
    title: 'The longest names that are taken; a queue name of 127 octets is, and comes back whole',
    duties: ['amqp091/queue.declare-ok.name:emit'],
    departs: true,
    async run(peer: Peer) {
      const lengths = [127, 128, 200, 255];
      const queues = await taken(lengths, async length => {
        const [channel, queue] = [await peer.channel(), peer.name().padEnd(length, '-')];
        channel.send('queue.declare', { queue, exclusive: true });
        const seen = await channel.connection.next();
        return seen.kind === 'method' && seen.method.name === 'queue.declare-ok' && seen.method.args.queue === queue;
      });
      const exchanges = await taken(lengths, async length => {
        const channel = await peer.channel();
        channel.send('exchange.declare', { exchange: peer.name().padEnd(length, '-'), type: 'direct' });
        return isMethod(await channel.connection.next(), 'exchange.declare-ok');
      });
      peer.require(queues.includes(127), 'A queue name of 127 octets is refused, or comes back as another.');
      peer.measure('longest queue name taken, of 127, 128, 200 and 255', most(queues), 'octets');
      peer.measure('longest exchange name taken, of 127, 128, 200 and 255', most(exchanges), 'octets');
    },
  }),
  check('amqp091/limits/headers', {
    title: 'The largest content header that is taken; one that fills a frame of 4096 octets is, and comes back whole',
    duties: ['amqp091/3.1.1.properties-intact:emit'],
    departs: true,
    async run(peer: Peer) {
      const { size: whole } = await offeredFrameMax(peer);
      const works = await taken([4096, 8192, Math.floor(whole / 2), whole], async size => {
        const channel = await peer.channel();
        const queue = await channel.queue();
        const header = padded(size, padding => headerFrame(channel.number, { bodySize: 1, properties: { headers: fieldTable({ padding }) } }));
        sendFrames(channel, publishFrame(channel.number, queue), header, bodyFrame(channel.number, pattern(1)));
        if (!(await goesOn(channel))) return false;
        const { raw } = (await hold(peer, channel, queue)).header;
        channel.connection.destroy();
        return raw.length >= header.length - frameOverhead;
      });
      peer.require(works.includes(4096), 'A content header that fills a frame of 4096 octets is refused or comes back cut.');
      peer.measure('largest content header taken, of those tried', most(works), 'octets');
    },
  }),
  check('amqp091/limits/arguments', {
    title: 'The largest table of arguments that is taken; one in a frame of 4096 octets is',
    duties: ['amqp091/2.3.3.limits-lowered:emit'],
    departs: true,
    async run(peer: Peer) {
      const { size: whole } = await offeredFrameMax(peer);
      const works = await taken([4096, 8192, Math.floor(whole / 2), whole], async size => {
        const channel = await peer.channel();
        const queue = await channel.queue();
        const bind = { queue, exchange: 'amq.direct', routingKey: queue };
        channel.connection.sendBytes(padded(size, padding => methodFrame(channel.number, 'queue.bind', { ...bind, arguments: fieldTable({ padding }) })));
        return isMethod(await channel.connection.next('close'), 'queue.bind-ok');
      });
      peer.require(works.includes(4096), 'Arguments that fill a frame of 4096 octets are refused.');
      peer.measure('largest method with arguments taken, of those tried', most(works), 'octets');
    },
  }),
  check('amqp091/limits/nesting', {
    title: 'How deep headers may be nested; 16 tables in each other are taken and come back',
    duties: ['amqp091/4.2.5.5.nesting:emit'],
    departs: true,
    async run(peer: Peer) {
      const works = await taken([16, 64, 256, 1024, 4096, 16_384], async depth => {
        const channel = await peer.channel();
        const queue = await channel.queue();
        const header = contentHeaderOf(channel.number, { flags: [headersFlag], list: nestedTables(depth) });
        if (header.length > frameMaxOf(channel.connection)) return false;
        sendFrames(channel, publishFrame(channel.number, queue), header);
        return goesOn(channel);
      });
      peer.require(works.includes(16), 'Headers of 16 tables in each other are refused.');
      await requireRelayed(peer, await peer.channel(), nested(16));
      peer.measure('deepest nesting of headers taken, of 16 to 16384', most(works), 'tables');
    },
  }),
];

/** Octets of the body; the larger one is a slow truth. */
const bodies = [
  { slug: 'body', mebibytes: 4, thorough: false },
  { slug: 'large-body', mebibytes: 16, thorough: true },
] as const;

const largest: readonly Check[] = bodies.map(({ slug, mebibytes, thorough }) =>
  check(`amqp091/limits/${slug}`, {
    title: `A body of ${mebibytes} MiB comes back unchanged`,
    duties: ['amqp091/3.1.1.body-intact:emit'],
    worstMs: 3000,
    ...(thorough && { thorough }),
    async run(peer: Peer) {
      const body = pattern(mebibytes << 20);
      const before = peer.now();
      const back = await relayed(peer, await peer.channel(), { body });
      peer.require(same(back.body, body), 'The body came back changed.');
      peer.measure(`body of ${mebibytes} MiB there and back`, Math.round(peer.now() - before), 'ms');
    },
  }),
);

/** What the standard leaves to a server, measured; each check also holds the server to the least that it owes. */
export const limitChecks: readonly Check[] = [...tuning, ...sizes, ...largest];
