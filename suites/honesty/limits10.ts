import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { encodeMessage } from '../../harness/wire/amqp10/codec.ts';
import { messageOf, passage, passed } from '../amqp10/passage.ts';

/** Octets of the body; the larger one is a slow truth. */
const bodies = [
  { slug: 'message', mebibytes: 1, thorough: false },
  { slug: 'large-message', mebibytes: 8, thorough: true },
] as const;

/** What stands around the body: a descriptor, a code and a size. */
const around = 8;

/** Octets none of whose places looks like the next. */
const pattern = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, at) => (at * 31) ^ (at >>> 8));

/** What the standard of 1.0 leaves to a server, measured; each check also holds the server to the least that it owes. */
export const limit10Checks: readonly Check[] = bodies.map(({ slug, mebibytes, thorough }) =>
  check(`amqp10/limits/${slug}`, {
    title: `A message of ${mebibytes} MiB, or the largest that the broker says it takes, comes back octet by octet`,
    duties: ['amqp10/3.2.bare-message:emit'],
    worstMs: 3000,
    ...(thorough && { thorough }),
    async run(peer: Peer) {
      const links = await passage(peer, { credit: 1 });
      const most = Number(links.sender.attach.maxMessageSize ?? 0n);
      const wanted = mebibytes << 20;
      const sent = encodeMessage({ body: { type: 'data', value: [pattern((most === 0 ? wanted : Math.min(wanted, most)) - around)] } });
      const before = peer.now();
      const { payload } = await passed(peer, sent, links);
      peer.require(Buffer.compare(messageOf(payload).bare, sent) === 0, `The ${sent.length} octets came back changed.`);
      peer.measure(`1.0 largest message taken, of ${mebibytes} MiB at most`, sent.length, 'octets');
      peer.measure(`1.0 time of a message of ${mebibytes} MiB at most there and back`, Math.round(peer.now() - before), 'ms');
    },
  }),
);
