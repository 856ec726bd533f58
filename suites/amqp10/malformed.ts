import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { frameOf } from '../../harness/wire/amqp10/craft.ts';
import { beginning, flowing, performativeFrame, relay } from './frames.ts';
import { type Case, frownedUpon, type Spoilt, undecodable, unfitting } from './spoilt.ts';

/** Sends it where it belongs, on a connection in use, and judges the answer. */
async function answered(peer: Peer, spoilt: Spoilt, duty: DutyId): Promise<void> {
  if (spoilt.in === 'begin' || spoilt.in === 'body') {
    const connection = await peer.connection10();
    // Where it may be, the channel is none on which a session of our own would be begun afterwards.
    const channel = Math.min(connection.limits.channelMax, 1);
    const { in: where } = spoilt;
    connection.sendBytes(
      where === 'body' ? frameOf(spoilt.octets, { channel }) : performativeFrame('begin', beginning, { fields: spoilt.fields }, { channel }),
    );
    await connection.answersTo(duty);
    return;
  }
  const { address } = await peer.node10();
  const session = await peer.session10();
  const attach = { name: peer.name(), handle: 0, role: 'receiver', source: { type: 'source', address }, target: { type: 'target' } };
  const values = spoilt.in === 'flow' ? flowing(session) : attach;
  session.connection.sendBytes(performativeFrame(spoilt.in, values, { fields: spoilt.fields }, { channel: session.channel }));
  await session.answersTo(duty);
}

const checksOf = (cases: readonly Case[], does: string): readonly Check[] =>
  cases.map(({ slug, what, rule, spoilt }) => {
    const duty = `amqp10/${rule}:enforce` as DutyId;
    return check(`amqp10/types/${slug}`, { title: `${what} ${does}`, duties: [duty], departs: true, run: (peer: Peer) => answered(peer, spoilt, duty) });
  });

/** Values that are wrong: part 1. */
export const malformedValue10Checks: readonly Check[] = [
  ...checksOf(undecodable, 'is refused as what cannot be decoded'),
  ...checksOf(unfitting, 'is refused'),
  ...checksOf(frownedUpon, 'should be refused'),
  check('amqp10/types/server-values', {
    title: 'In a healthy conversation every value of the server is well formed and of the type that is due',
    duties: [
      'amqp10/1.2.constructor:emit',
      'amqp10/1.2.truncated:emit',
      'amqp10/1.2.network-order:emit',
      'amqp10/1.2.2.variable-size:emit',
      'amqp10/1.2.3.compound-size:emit',
      'amqp10/1.2.3.compound-count:emit',
      'amqp10/1.2.4.array-size:emit',
      'amqp10/1.2.4.array-constructor:emit',
      'amqp10/1.3.4.mandatory:emit',
      'amqp10/1.3.4.multiple:emit',
      'amqp10/1.3.4.multiple-mandatory:emit',
      'amqp10/1.3.5.choice:emit',
      'amqp10/1.4.list:emit',
      'amqp10/1.4.field-type:emit',
      'amqp10/1.4.too-many-fields:emit',
      'amqp10/1.6.2.boolean-octet:emit',
      'amqp10/1.6.20.string-utf8:emit',
      'amqp10/1.6.21.symbol-ascii:emit',
      'amqp10/1.6.23.map-even:emit',
      'amqp10/1.6.23.map-distinct-keys:emit',
    ],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const first = await connection.session();
      if (connection.limits.channelMax > 0) await connection.session();
      const { sender, receiver, session } = await relay(peer, first);
      await sender.send('hello');
      (await receiver.receive()).accept();
      await receiver.barrier();
      await receiver.detach();
      await session.end();
      await connection.close();
    },
  }),
];
