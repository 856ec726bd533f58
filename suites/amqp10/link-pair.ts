import { type Check, check } from '../../harness/check/check.ts';
import { HttpDesk10, httpRequest, paired, responseOf } from '../../harness/probe/amqp10-http.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { Answer } from '../../harness/spec/rule.ts';

const address = '/management';
const settling = { sndSettleMode: 'settled', rcvSettleMode: 'first' } as const;

/** What a link that answers requests says of itself. */
const responses = { target: { type: 'target', address }, ...settling, ...paired } as const;
const requests = { source: { type: 'source', address }, ...settling, ...paired } as const;

const missing = 404;

/** Request-response messaging with link pairing. Management over HTTP is where brokers have it. */
export const linkPair10Checks: readonly Check[] = [
  check('amqp10/link-pair/paired', {
    title: 'Both attaches of a pair say that they are paired',
    duties: ['amqp10/link-pair.paired:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    async run(peer: Peer) {
      const { sender, receiver } = await HttpDesk10.attach(await peer.session10(), peer.name('link'));
      for (const { attach } of [sender, receiver]) {
        const told = attach.properties?.find(([key]) => key === 'paired')?.[1];
        peer.require(told?.type === 'boolean' && told.value, `The attach of the ${attach.role} does not say that it is paired.`);
      }
    },
  }),
  check('amqp10/link-pair/either-first/receiver', {
    title: 'The link of the responses may be attached first, and the other one then works',
    duties: ['amqp10/link-pair.either-first:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    async run(peer: Peer) {
      const at = await HttpDesk10.attach(await peer.session10(), peer.name('link'));
      const { status } = await at.ask('GET', `/queues/${peer.name()}`);
      peer.require(status === missing, `A request is answered with ${status}, not with 404.`);
    },
  }),
  check('amqp10/link-pair/either-first/sender', {
    title: 'The link of the requests may be attached first, and works once the other one is there',
    duties: ['amqp10/link-pair.either-first:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    async run(peer: Peer) {
      const session = await peer.session10();
      const name = peer.name('link');
      const sender = await session.sender({ address }, { name, ...requests });
      const receiver = await session.receiver({ address }, { name, ...responses });
      receiver.credit(1);
      const { status } = await new HttpDesk10(sender, receiver).ask('GET', `/queues/${peer.name()}`);
      peer.require(status === missing, `A request is answered with ${status}, not with 404.`);
    },
  }),
  check('amqp10/link-pair/me', {
    title: 'The reply to a message whose reply-to is $me comes over the other link of its pair, and over no other',
    duties: ['amqp10/link-pair.me:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    async run(peer: Peer) {
      const session = await peer.session10();
      const [one, other] = [await HttpDesk10.attach(session, peer.name('link')), await HttpDesk10.attach(session, peer.name('link'))];
      await other.ask('GET', `/queues/${peer.name()}`);
      await one.sender.deliver(httpRequest('GET', `/queues/${peer.name()}`, undefined, 'to me'));
      const { message } = responseOf(await one.receiver.receive());
      peer.require(message.properties?.correlationId?.value === 'to me', `The response correlates with ${String(message.properties?.correlationId?.value)}.`);
      await other.receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/link-pair/many', {
    title: 'Pairs on different sessions of a connection are apart from each other',
    duties: ['amqp10/link-pair.many:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const [first, second] = [await connection.session(), await connection.session()];
      const [one, other] = [await HttpDesk10.attach(first, peer.name('link')), await HttpDesk10.attach(second, peer.name('link'))];
      await one.sender.deliver(httpRequest('GET', `/queues/${peer.name()}`, undefined, 'one'));
      await other.sender.deliver(httpRequest('GET', `/queues/${peer.name()}`, undefined, 'other'));
      const ids = [await one.response(), await other.response()].map(({ message }) => message.properties?.correlationId?.value);
      peer.require(ids.join() === 'one,other', `The responses correlate with ${ids.join()}, where one and other were asked.`);
    },
  }),
  check('amqp10/link-pair/closed', {
    title: 'Once the link of the responses is closed, its requests are not answered over another pair',
    duties: ['amqp10/link-pair.many:emit', 'amqp10/link-pair.closed:permit'],
    capabilities: ['LINK_PAIR_V1_0'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      const [one, other] = [await HttpDesk10.attach(session, peer.name('link')), await HttpDesk10.attach(session, peer.name('link'))];
      await one.ask('GET', `/queues/${peer.name()}`);
      await one.receiver.detach();
      await one.sender.deliver(httpRequest('GET', `/queues/${peer.name()}`));
      const answers: readonly Answer[] = [
        { kind: 'detach', condition: 'any', reading: 'text' },
        { kind: 'end', condition: 'any', reading: 'text' },
        { kind: 'discarded', reading: 'text' },
      ];
      const { kind } = await session.connection.answersTo('amqp10/link-pair.many:emit', { channel: session.channel, answers });
      if (kind !== 'end') await other.receiver.barrier(['transfer']);
    },
  }),
];
