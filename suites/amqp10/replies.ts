import { type Check, check } from '../../harness/check/check.ts';
import type { Receiver10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { describedOf, type MessageDraft } from '../../harness/wire/amqp10/codec.ts';
import { addressOf, nonsense, optionalReceiver } from './optional.ts';

const volatileQueue = {
  dynamic: true,
  durable: 'none',
  expiryPolicy: 'link-detach',
  timeout: 0,
  dynamicNodeProperties: [['lifetime-policy', describedOf({ type: 'delete-on-close' })]],
  // A second one, since not everybody reads a list of one as the standard allows it to be written.
  capabilities: ['rabbitmq:volatile-queue', 'queue', nonsense],
} as const;

const reply: MessageDraft = { body: { type: 'data', value: [Buffer.from('a reply')] } };

/** A link on a connection of its own to which replies can be sent. */
async function requester(peer: Peer): Promise<Receiver10> {
  const session = await peer.session10();
  const receiver = await optionalReceiver(peer, session, volatileQueue, 'a volatile queue', { sndSettleMode: 'settled' });
  const { source } = receiver.attach;
  const told = source?.type === 'source' ? (source.capabilities ?? []) : [];
  // Who tells what nobody can know repeats what it was asked for.
  const known = (told.includes('rabbitmq:volatile-queue') && !told.includes(nonsense)) || addressOf(receiver).includes('amq.rabbitmq.reply-to');
  if (!known) peer.unsupported('The source that the broker tells of is no volatile queue.');
  peer.require(addressOf(receiver).length > 0, 'The attach of a volatile queue tells no address.');
  return receiver;
}

/** Direct reply-to, and what requests and responses need in general. */
export const reply10Checks: readonly Check[] = [
  check('amqp10/direct-reply-to/address', {
    title: 'A volatile queue has an address that others can send to',
    duties: ['amqp10/direct-reply-to.address:emit'],
    async run(peer: Peer) {
      const receiver = await requester(peer);
      const sender = await (await peer.session10()).sender(addressOf(receiver));
      const { target } = sender.attach;
      peer.require(target?.type === 'target' && target.address === addressOf(receiver), 'The link to the requester leads to another address.');
    },
  }),
  check('amqp10/direct-reply-to/delivered', {
    title: 'A reply goes straight to the requester that has credit, settled',
    duties: ['amqp10/direct-reply-to.delivered:emit'],
    async run(peer: Peer) {
      const receiver = await requester(peer);
      receiver.credit(1);
      await receiver.session.barrier();
      const outcome = await (await peer.session10()).sender(addressOf(receiver)).then(sender => sender.send(reply));
      peer.require(outcome?.type === 'accepted', `The reply is ${outcome?.type}.`);
      const { text, settled } = await receiver.receive();
      peer.require(text === 'a reply', `Expected the reply, got ${text}.`);
      peer.require(settled, 'The reply is delivered unsettled.');
    },
  }),
  check('amqp10/direct-reply-to/without-credit', {
    title: 'A reply to a requester without credit is dropped, and costs the replier nothing',
    duties: ['amqp10/direct-reply-to.gone:emit', 'amqp10/direct-reply-to.gone:permit'],
    async run(peer: Peer) {
      const receiver = await requester(peer);
      const sender = await (await peer.session10()).sender(addressOf(receiver));
      const first = await sender.send(reply);
      peer.require(first?.type === 'accepted' || first?.type === 'released', `The reply is ${first?.type}.`);
      receiver.credit(1);
      await receiver.barrier(['transfer']);
      await sender.send({ body: { type: 'data', value: [Buffer.from('with credit')] } });
      const { text } = await receiver.receive();
      peer.require(text === 'with credit', `Expected the reply that there was credit for, got ${text}.`);
    },
  }),
  check('amqp10/direct-reply-to/unguessable', {
    title: 'Each requester has an address of its own, which another cannot receive from',
    duties: ['amqp10/direct-reply-to.unguessable:emit'],
    departs: true,
    async run(peer: Peer) {
      const [one, other] = [await requester(peer), await requester(peer)];
      peer.require(addressOf(one) !== addressOf(other), 'Two requesters have the same address.');
      const { session } = other;
      const source = { type: 'source', address: addressOf(one) } as const;
      session.send('attach', { name: peer.name('link'), handle: 9, role: 'receiver', source, target: { type: 'target' } });
      const answers = [
        { kind: 'detach', condition: 'any', reading: 'text' },
        { kind: 'end', condition: 'any', reading: 'text' },
      ] as const;
      await session.connection.answersTo('amqp10/direct-reply-to.unguessable:emit', { channel: session.channel, answers });
    },
  }),
  check('amqp10/request-response/correlation', {
    title: 'Reply-to, correlation-id and message-id of a request arrive as they were sent',
    duties: ['amqp10/request-response.correlation:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const properties = { messageId: { type: 'string', value: 'request' }, correlationId: { type: 'string', value: 'correlated' }, replyTo: 'back' } as const;
      await (await session.sender(address)).send({ properties, body: { type: 'data', value: [Buffer.from('a request')] } });
      const receiver = await session.receiver(address);
      receiver.credit(1);
      const came = (await receiver.receive()).message.properties;
      const told = [came?.messageId?.value, came?.correlationId?.value, came?.replyTo].join();
      peer.require(told === 'request,correlated,back', `Message-id, correlation-id and reply-to arrive as ${told}.`);
    },
  }),
  check('amqp10/request-response/dynamic-reply', {
    title: 'A dynamic source serves as the address of replies',
    duties: ['amqp10/request-response.dynamic-reply:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const asking = await optionalReceiver(peer, await peer.session10(), { dynamic: true }, 'a dynamic source');
      asking.credit(1);
      const replyTo = addressOf(asking);
      await (await asking.session.sender(address)).send({ properties: { replyTo }, body: { type: 'data', value: [Buffer.from('a request')] } });
      const answering = await (await peer.session10()).receiver(address);
      answering.credit(1);
      const request = await answering.receive();
      const back = request.message.properties?.replyTo ?? '';
      request.accept();
      await (await answering.session.sender(back)).send(reply);
      const { text } = await asking.receive();
      peer.require(text === 'a reply', `Expected the reply, got ${text}.`);
    },
  }),
];
