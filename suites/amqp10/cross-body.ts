import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { decodeMessage, isViolation } from '../../harness/wire/amqp10/codec.ts';
import { carried, crossing, receiverOf, senderOf, to10, to091 } from './crossing.ts';
import { dataOf } from './passage.ts';

const bodyTo10 = 'amqp10/conversion.body-to-10:emit';
const bodyTo091 = 'amqp10/conversion.body-to-091:emit';

const bodies = {
  one: Buffer.from('one body'),
  empty: new Uint8Array(0),
  octets: Uint8Array.from({ length: 256 }, (_, at) => at),
  large: Buffer.alloc(300_000, 'large body '),
} as const;

/** Fails unless octets are those that were sent. */
function requireOctets(peer: Peer, came: Uint8Array | undefined, sent: Uint8Array): void {
  peer.require(came !== undefined, 'The body came in a form that is neither octets nor text.');
  peer.require(Buffer.compare(came, sent) === 0, `A body of ${sent.length} octets came as ${came.length} octets, or as others.`);
}

/** Bodies between the protocols: what both standards imply together. */
export const crossBodyChecks = [
  ...(Object.keys(bodies) as (keyof typeof bodies)[]).flatMap(name => [
    check(`amqp10/cross/body/${name}/to-10`, {
      title: `A body of 0-9-1 (${name}) comes to a receiver of 1.0 octet by octet`,
      duties: [bodyTo10],
      crosses: true,
      async run(peer: Peer) {
        const x = await crossing(peer);
        const { message } = await to10(x, await receiverOf(x), {}, bodies[name]);
        requireOctets(peer, carried(message), bodies[name]);
      },
    }),
    check(`amqp10/cross/body/${name}/to-091`, {
      title: `A data section of 1.0 (${name}) comes to a consumer of 0-9-1 octet by octet`,
      duties: [bodyTo091],
      crosses: true,
      async run(peer: Peer) {
        const x = await crossing(peer);
        await x.channel.consume(x.queue, { noAck: true });
        const { body } = await to091(peer, x, await senderOf(x), { body: { type: 'data', value: [bodies[name]] } });
        requireOctets(peer, body, bodies[name]);
      },
    }),
  ]),
  check('amqp10/cross/body/several/to-091', {
    title: 'Several data sections of 1.0 come to a consumer of 0-9-1 with all of their octets: joined, or as they were encoded',
    duties: [bodyTo091],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      await x.channel.consume(x.queue, { noAck: true });
      const { properties, body } = await to091(peer, x, await senderOf(x), { body: dataOf('one, ', 'two, ', 'three') });
      const held = properties.type === 'amqp-1.0' ? decodeMessage(body) : undefined;
      requireOctets(peer, held === undefined || isViolation(held) ? body : carried(held), Buffer.from('one, two, three'));
    },
  }),
];
