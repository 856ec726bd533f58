import { type Check, check } from '../../harness/check/check.ts';
import type { Sender10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { encodeMessage } from '../../harness/wire/amqp10/codec.ts';
import { gives, nameOf } from './controller.ts';
import { mapOf, mustHold, stateIn, told } from './suspended.ts';

const tag = Buffer.from('sent once');
const text = 'sent once';
const octets = encodeMessage({ body: { type: 'data', value: [Buffer.from(text)] } });
const second = { rcvSettleMode: 'second' } as const;

interface Sent {
  readonly session: Session10;
  readonly address: string;
  readonly sender: Sender10;
}

/** A link that is suspended after its receiver has told that it accepted a delivery, which its sender has not settled. */
async function accepted(peer: Peer): Promise<Sent> {
  const { address } = await peer.node10();
  const session = await peer.session10();
  const sender = await session.sender(address, second);
  if (sender.attach.rcvSettleMode !== 'second') peer.notApplicable('The broker does not settle second.');
  const { state, settled } = await sender.outcome(await sender.deliver(octets, { tag }));
  peer.require(state?.type === 'accepted', `A message for a queue of our own got ${nameOf(state)}.`);
  if (settled) peer.notApplicable('The broker has settled the delivery already.');
  await sender.detach({ closed: false });
  return { session, address, sender };
}

const again = ({ session, address, sender: { name } }: Sent, tags: readonly Uint8Array[]) =>
  session.sender(address, { name, unsettled: mapOf(tags), ...second });

/** Resuming deliveries where the broker is their receiver: section 2.6.13. */
export const resumeReceiver10Checks: readonly Check[] = [
  check('amqp10/resume/receiver/outcome', {
    title: 'An outcome that its sender may not know of is in the map of the receiver, and holds when the delivery is resumed',
    duties: ['amqp10/2.7.3.unsettled-compared:emit', 'amqp10/2.6.13.resumed-unknown:emit'],
    optional: true,
    async run(peer: Peer) {
      const sent = await accepted(peer);
      const back = await again(sent, [tag]);
      mustHold(peer, back, [tag]);
      const state = stateIn(back, tag);
      peer.require(state?.type === 'accepted', `The map of the receiver has ${nameOf(state)} for what it has accepted.`);
      await back.credited();
      back.transfer({ deliveryId: 1, deliveryTag: tag, messageFormat: 0, resume: true }, octets);
      const { state: outcome } = await back.outcome(1);
      peer.require(outcome?.type === 'accepted', `A delivery that was accepted and is resumed got ${nameOf(outcome)}.`);
      sent.session.send('disposition', { role: 'sender', first: 1, settled: true, state: outcome });
      await back.barrier();
      await gives(peer, sent.session, sent.address, [text]);
    },
  }),
  check('amqp10/resume/receiver/settled', {
    title: 'What its sender holds no more its receiver takes for settled',
    duties: ['amqp10/2.6.13.target-only:emit', 'amqp10/2.6.4.reattached:emit'],
    optional: true,
    async run(peer: Peer) {
      const sent = await accepted(peer);
      const back = await again(sent, []);
      mustHold(peer, back, [tag]);
      await back.detach({ closed: false });
      const map = told(await again(sent, []));
      peer.require(map.size === 0, `The receiver holds ${map.size} deliveries that its sender does not, still.`);
      await gives(peer, sent.session, sent.address, [text]);
    },
  }),
];
