import { type Check, check } from '../../harness/check/check.ts';
import { AskingDesk10, type Request10, said } from '../../harness/probe/amqp10-asking.ts';
import { HttpDesk10 } from '../../harness/probe/amqp10-http.ts';
import type { Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';

const everything = { configure: '.*', write: '.*', read: '.*' };
const lifeMs = 150;

interface Claimant {
  readonly at: AskingDesk10;
  readonly session: Session10;
  /** A request that puts this token. */
  put(token: string): Request10;
}

/** A connection that has no rights of its own, with links to the node for tokens. */
async function claimant(peer: Peer): Promise<Claimant> {
  const { login, type } = peer.facility('tokens');
  const session = await peer.session10({ as: login });
  const at = await AskingDesk10.attach(session, '$cbs', peer.name('replies'));
  const put = (value: string): Request10 => ({ properties: { operation: 'put-token', type, name: 'amqp://amqpspec' }, body: { type: 'string', value } });
  return { at, session, put };
}

/** Asks for a link from this address, which is to be refused. */
async function refused(peer: Peer, session: Session10, address: string): Promise<void> {
  session.send('attach', { name: peer.name('link'), handle: 9, role: 'receiver', source: { type: 'source', address }, target: { type: 'target' } });
  await session.answersTo('amqp10/cbs.without-token:enforce');
}

async function granted(peer: Peer, { at, put }: Claimant, token: string): Promise<void> {
  const { status } = await at.ask(put(token));
  peer.require(status === 200 || status === 202, `A token that holds is answered with ${status}.`);
}

/** Claims-based security: tokens over the node $cbs. */
export const claims10Checks: readonly Check[] = [
  check('amqp10/cbs/attach', {
    title: 'Links lead to and from $cbs before any right is granted',
    duties: ['amqp10/cbs.attach:emit'],
    async run(peer: Peer) {
      const { at } = await claimant(peer);
      const { source } = at.receiver.attach;
      peer.require(source?.type === 'source' && source.address === '$cbs', 'The attach does not name $cbs as its source.');
      await at.sender.credited();
    },
  }),
  check('amqp10/cbs/put-token', {
    title: 'A put-token with a valid token is answered with 200 or 202 and the correlation-id of the request',
    duties: ['amqp10/cbs.put-token:emit'],
    async run(peer: Peer) {
      const { at, put } = await claimant(peer);
      const { status, message } = await at.ask({ ...put(peer.facility('tokens').issue(everything)), messageId: 'of ours' });
      peer.require(status === 200 || status === 202, `The token is answered with ${status}.`);
      peer.require(said(message, 'status-code') === status, 'The response has no status-code.');
      peer.require(message.properties?.correlationId?.value === 'of ours', `The correlation-id is ${String(message.properties?.correlationId?.value)}.`);
    },
  }),
  check('amqp10/cbs/reply', {
    title: 'Responses to several requests are correlated by their ids',
    duties: ['amqp10/cbs.reply:emit'],
    async run(peer: Peer) {
      const { at, put } = await claimant(peer);
      await at.send({ ...put(peer.facility('tokens').invalid), messageId: 'wrong' });
      await at.send({ ...put(peer.facility('tokens').issue(everything)), messageId: 'right' });
      const came = [await at.response(), await at.response()];
      const statuses = new Map(came.map(({ status, message }) => [message.properties?.correlationId?.value, status] as const));
      peer.require(statuses.get('right') === 200 || statuses.get('right') === 202, `The valid token is answered with ${statuses.get('right')}.`);
      peer.require((statuses.get('wrong') ?? 0) >= 400, `What is no token is answered with ${statuses.get('wrong')}.`);
    },
  }),
  check('amqp10/cbs/rights', {
    title: 'A token gives the rights of its claims, and no more',
    duties: ['amqp10/cbs.rights:emit'],
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const it = await claimant(peer);
      await granted(peer, it, peer.facility('tokens').issue({ write: '.*' }));
      const outcome = await (await it.session.sender(address)).send('by right of a token');
      peer.require(outcome?.type === 'accepted', `What a token allows to be sent is ${outcome?.type}.`);
      await refused(peer, it.session, address);
    },
  }),
  check('amqp10/cbs/invalid-token', {
    title: 'A token that does not hold is answered with 401 and gives nothing',
    duties: ['amqp10/cbs.invalid-token:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const { at, session, put } = await claimant(peer);
      await at.send(put(peer.facility('tokens').invalid));
      await session.answersTo('amqp10/cbs.invalid-token:enforce');
      await refused(peer, session, address);
    },
  }),
  check('amqp10/cbs/malformed-request', {
    title: 'A request without an operation is answered with a failure',
    duties: ['amqp10/cbs.malformed-request:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { at, session } = await claimant(peer);
      await at.send({ properties: { type: peer.facility('tokens').type, name: 'amqp://amqpspec' } });
      await session.answersTo('amqp10/cbs.malformed-request:enforce');
    },
  }),
  check('amqp10/cbs/malformed-request/operation', {
    title: 'A request for another operation is answered with a failure',
    duties: ['amqp10/cbs.malformed-request:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { at, session, put } = await claimant(peer);
      const { properties, body } = put(peer.facility('tokens').issue(everything));
      await at.send({ properties: { ...properties, operation: 'no-such-operation' }, ...(body !== undefined && { body }) });
      await session.answersTo('amqp10/cbs.malformed-request:enforce');
    },
  }),
  check('amqp10/cbs/without-token', {
    title: 'A link that needs a token is refused with unauthorized-access while there is none',
    duties: ['amqp10/cbs.without-token:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      await refused(peer, await peer.session10({ as: peer.facility('tokens').login }), address);
    },
  }),
  check('amqp10/cbs/expired', {
    title: 'When a token expires and none has come in its place, the links that it allowed are detached',
    duties: ['amqp10/cbs.expired:enforce'],
    departs: true,
    worstMs: 1000,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const it = await claimant(peer);
      const { session } = it;
      await granted(peer, it, peer.facility('tokens').issue(everything, lifeMs));
      const source = { type: 'source', address } as const;
      session.send('attach', { name: peer.name('link'), handle: 9, role: 'receiver', source, target: { type: 'target' } });
      await session.expect('attach', { handle: 9 });
      session.flow();
      await session.answersTo('amqp10/cbs.expired:enforce', { handle: 9, wait: 'close' });
    },
  }),
  check('amqp10/cbs/renewed', {
    title: 'A new token in time lets links go on as if nothing had been',
    duties: ['amqp10/cbs.renewed:emit'],
    worstMs: 1000,
    async run(peer: Peer) {
      const { issue } = peer.facility('tokens');
      const { address } = await peer.node10();
      const { at, put, session } = await claimant(peer);
      for (const token of [issue(everything, lifeMs), issue(everything)]) await at.sender.deliver(at.request(put(token)));
      for (const { status } of [await at.response(), await at.response()])
        peer.require(status === 200 || status === 202, `A token is answered with ${status}.`);
      const receiver = await session.receiver(address);
      receiver.credit(1);
      await peer.quiet(2 * lifeMs, 'for the first token to expire');
      await (await session.sender(address)).send('behind the end of the first token');
      const { text } = await receiver.receive();
      peer.require(text === 'behind the end of the first token', `Expected the message, got ${text}.`);
    },
  }),
  check('amqp10/http-management/token-renewed', {
    title: 'PUT of a token renews the rights of the connection and is answered with 204',
    duties: ['amqp10/http-management.token-renewed:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    async run(peer: Peer) {
      const { login, issue } = peer.facility('tokens');
      const { address } = await peer.node10();
      const session = await peer.session10({ as: login });
      const at = await HttpDesk10.attach(session, peer.name('link'));
      const { status } = await at.ask('PUT', '/auth/tokens', { type: 'binary', value: Buffer.from(issue(everything)) });
      peer.require(status === 204, `PUT of a token is answered with ${status}, not with 204.`);
      await session.receiver(address);
    },
  }),
];
