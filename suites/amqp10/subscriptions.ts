import { type Check, check } from '../../harness/check/check.ts';
import type { LinkDraft, Receiver10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { addressOf, needCapability, nonsense, optionalReceiver, refuses } from './optional.ts';

const topic = 'topic';
const sharing = ['SHARED-SUBS'];

interface Wanted {
  readonly shared?: boolean;
  readonly global?: boolean;
  readonly durable?: boolean;
}

/** A subscription to a topic, on a link of this name. */
async function subscribe(peer: Peer, session: Session10, address: string, name: string, { shared, global, durable }: Wanted = {}): Promise<Receiver10> {
  const capabilities = [topic, nonsense, ...(shared === true ? ['shared'] : []), ...(global === true ? ['global'] : [])];
  const lasting = durable === true ? ({ durable: 'unsettled-state', expiryPolicy: 'never' } as const) : {};
  const attach: LinkDraft = { name };
  const receiver = await optionalReceiver(peer, session, { address, capabilities, ...lasting }, 'a topic', attach);
  needCapability(peer, receiver, topic);
  if (shared === true) needCapability(peer, receiver, 'shared');
  return receiver;
}

/** Publishes texts to a topic. */
async function publish(peer: Peer, address: string, ...texts: readonly string[]): Promise<void> {
  const sender = await (await peer.session10()).sender({ address, capabilities: [topic] });
  for (const each of texts) {
    const outcome = await sender.send(each);
    peer.require(outcome?.type === 'accepted', `A message to a topic is ${outcome?.type}.`);
  }
}

/** The next texts that come. */
async function come(receiver: Receiver10, count: number): Promise<readonly (string | undefined)[]> {
  const texts: (string | undefined)[] = [];
  for (let left = count; left > 0; left -= 1) {
    const delivery = await receiver.receive();
    delivery.accept();
    texts.push(delivery.text);
  }
  return texts;
}

/** A broker that makes dynamic nodes for those only who say what for knows what a temporary queue is, whether it tells so or not. */
async function refusesDynamic(peer: Peer): Promise<boolean> {
  return refuses(async () => (await peer.session10()).receiver({ dynamic: true }));
}

/** Topics, subscriptions and temporary queues, as the mapping of JMS has them. */
export const subscription10Checks: readonly Check[] = [
  check('amqp10/jms/volatile-subscription', {
    title: 'A subscription gets what is published while it stands, each message once, and nothing from before',
    duties: ['amqp10/jms.volatile-subscription:emit'],
    async run(peer: Peer) {
      const address = peer.name('topic');
      const [one, other] = [await peer.session10(), await peer.session10()];
      const first = await subscribe(peer, one, address, peer.name('sub'));
      await publish(peer, address, 'before');
      const second = await subscribe(peer, other, address, peer.name('sub'));
      await publish(peer, address, 'while');
      first.credit(3);
      second.credit(3);
      const texts = [(await come(first, 2)).join(), (await come(second, 1)).join()];
      peer.require(texts.join(';') === 'before,while;while', `The two subscriptions get ${texts.join(' and ')}.`);
      for (const each of [first, second]) await each.barrier(['transfer']);
    },
  }),
  check('amqp10/jms/durable-subscription', {
    title: 'A durable subscription keeps what comes while its link is detached, until that is closed',
    duties: ['amqp10/jms.durable-subscription:emit'],
    async run(peer: Peer) {
      const [address, name] = [peer.name('topic'), peer.name('sub')];
      const session = await peer.session10();
      const first = await subscribe(peer, session, address, name, { durable: true });
      await first.detach({ closed: false });
      await publish(peer, address, 'meanwhile');
      const second = await subscribe(peer, session, address, name, { durable: true });
      second.credit(1);
      const [text] = await come(second, 1);
      peer.require(text === 'meanwhile', `Expected what came meanwhile, got ${text}.`);
      await second.barrier();
      await second.detach();
      await publish(peer, address, 'closed');
      const third = await subscribe(peer, session, address, name, { durable: true });
      third.credit(1);
      await third.barrier(['transfer']);
      await third.detach();
    },
  }),
  check('amqp10/jms/shared-subscription', {
    title: 'Links that share a subscription share its messages, and each goes to one of them',
    duties: ['amqp10/jms.shared-subscription:emit'],
    capabilities: sharing,
    async run(peer: Peer) {
      const [address, name] = [peer.name('topic'), peer.name('sub')];
      const session = await peer.session10();
      const [one, other] = [
        await subscribe(peer, session, address, `${name}|1`, { shared: true }),
        await subscribe(peer, session, address, `${name}|2`, { shared: true }),
      ];
      one.credit(1);
      other.credit(1);
      await session.barrier();
      await publish(peer, address, 'first', 'second');
      const texts = [...(await come(one, 1)), ...(await come(other, 1))].sort();
      peer.require(texts.join() === 'first,second', `Two links with credit for one each get ${texts.join()}.`);
      one.credit(5);
      other.credit(5);
      for (const each of [one, other]) await each.barrier(['transfer']);
    },
  }),
  check('amqp10/jms/global-subscription', {
    title: 'With global a shared subscription is one for all containers, and without it one for each',
    duties: ['amqp10/jms.global-subscription:emit'],
    capabilities: sharing,
    async run(peer: Peer) {
      const [address, name] = [peer.name('topic'), peer.name('sub')];
      const [one, other] = [await peer.session10(), await peer.session10()];
      const global = [
        await subscribe(peer, one, address, `${name}|global1`, { shared: true, global: true }),
        await subscribe(peer, other, address, `${name}|global2`, { shared: true, global: true }),
      ];
      for (const each of global) needCapability(peer, each, 'global');
      const own = [
        await subscribe(peer, one, address, `${name}-own|1`, { shared: true }),
        await subscribe(peer, other, address, `${name}-own|1`, { shared: true }),
      ];
      for (const each of [...global, ...own]) each.credit(1);
      for (const each of [one, other]) await each.barrier();
      await publish(peer, address, 'first', 'second');
      const shared = (await Promise.all(global.map(each => come(each, 1)))).flat().sort();
      peer.require(shared.join() === 'first,second', `The links of two containers that share globally get ${shared.join()}.`);
      for (const each of own) each.credit(1);
      const apart = await Promise.all(own.map(each => come(each, 2)));
      for (const texts of apart) peer.require(texts.join() === 'first,second', `The link of one container, not shared with the other, gets ${texts.join()}.`);
    },
  }),
  check('amqp10/jms/subscription-in-use', {
    title: 'A subscription that is not shared and in use is locked, or taken over',
    duties: ['amqp10/jms.subscription-in-use:enforce'],
    departs: true,
    async run(peer: Peer) {
      const [address, name] = [peer.name('topic'), peer.name('sub')];
      const connection = await peer.connection10();
      await subscribe(peer, await connection.session(), address, name, { durable: true });
      const second = await connection.session();
      const source = { type: 'source', address, capabilities: [topic], durable: 'unsettled-state', expiryPolicy: 'never' } as const;
      second.send('attach', { name, handle: 0, role: 'receiver', source, target: { type: 'target' } });
      await connection.answersTo('amqp10/jms.subscription-in-use:enforce');
    },
  }),
  check('amqp10/jms/temporary-queue-owner', {
    title: 'From a temporary queue its own connection receives and no other, while all may send',
    duties: ['amqp10/jms.temporary-queue-owner:enforce'],
    departs: true,
    async run(peer: Peer) {
      const own = await optionalReceiver(peer, await peer.session10(), { dynamic: true, capabilities: ['temporary-queue', nonsense] }, 'a temporary queue');
      if (!(await refusesDynamic(peer))) needCapability(peer, own, 'temporary-queue');
      const { connection } = await peer.session10();
      const [sending, receiving] = [await connection.session(), await connection.session()];
      own.credit(1);
      await (await sending.sender(addressOf(own))).send('to the owner');
      const [text] = await come(own, 1);
      peer.require(text === 'to the owner', `Expected the message, got ${text}.`);
      const source = { type: 'source', address: addressOf(own) } as const;
      receiving.send('attach', { name: peer.name('link'), handle: 0, role: 'receiver', source, target: { type: 'target' } });
      await receiving.answersTo('amqp10/jms.temporary-queue-owner:enforce');
    },
  }),
];
