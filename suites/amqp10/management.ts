import { type Check, check } from '../../harness/check/check.ts';
import { AskingDesk10, type Request10, type Response10, said } from '../../harness/probe/amqp10-asking.ts';
import { inMap, plain } from '../../harness/probe/amqp10-http.ts';
import type { Connection10Options } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { AmqpValue } from '../../harness/wire/amqp10/codec.ts';
import { optionalSender } from './optional.ts';

const address = '$management';
const text = (value: string): AmqpValue => ({ type: 'string', value });
const texts = (value: AmqpValue | undefined): readonly unknown[] => (value?.type === 'list' ? value.value.map(plain) : []);
const map = (fields: Readonly<Record<string, AmqpValue>>): AmqpValue => ({
  type: 'map',
  value: Object.entries(fields).map(([key, value]) => [text(key), value] as const),
});

/** Links to and from the node for management, and the type that it calls queues by. */
interface Grounds {
  readonly at: AskingDesk10;
  readonly type: string;
  ask(operation: string, properties?: Request10['properties'], body?: AmqpValue): Promise<Response10>;
}

async function grounds(peer: Peer, options: Connection10Options = {}): Promise<Grounds> {
  const session = await peer.session10(options);
  const sender = await optionalSender(peer, session, address, `the node ${address}`);
  const replyTo = peer.name('replies');
  const receiver = await session.receiver(address, { target: { type: 'target', address: replyTo } });
  receiver.credit(50);
  const at = new AskingDesk10(sender, receiver, replyTo);
  const ask: Grounds['ask'] = (operation, properties = {}, body = map({})) => at.ask({ properties: { operation, ...properties }, body });
  const { body, message, status } = await at.ask({ properties: { operation: 'GET-TYPES', type: 'org.amqp.management', name: 'self' } });
  if (status === 0 && said(message, 'operation') !== undefined) peer.unsupported(`${address} is a queue like others: what is sent to it comes back from it.`);
  if (status >= 400) peer.unsupported(`GET-TYPES is answered with ${status}, so that nobody can know what there is to be managed.`);
  const names = body?.type === 'map' ? body.value.map(([key]) => String(plain(key))) : [];
  const type = names.find(each => /(^|\.)queue$/i.test(each));
  peer.require(type !== undefined, `None of the types ${names.join()} is that of queues.`);
  return { at, type, ask };
}

/** Asks for this, and the status is one of those that are due. */
async function due(peer: Peer, response: Promise<Response10>, what: string, ...statuses: readonly number[]): Promise<AmqpValue | undefined> {
  const { status, body } = await response;
  peer.require(statuses.includes(status), `${what} is answered with ${status}, not with ${statuses.join(' or ')}.`);
  return body;
}

/** A queue of the check's own. */
async function created(peer: Peer, { ask, type }: Grounds): Promise<string> {
  const name = peer.name();
  await due(peer, ask('CREATE', { type, name }, map({ name: text(name) })), 'CREATE', 201);
  return name;
}

/** The working draft of AMQP management: its node, its operations and their status codes. */
export const management10Checks: readonly Check[] = [
  check('amqp10/management/attach', {
    title: 'Links lead to and from $management',
    duties: ['amqp10/management.attach:emit'],
    async run(peer: Peer) {
      const { at } = await grounds(peer);
      const { source } = at.receiver.attach;
      peer.require(source?.type === 'source' && source.address === address, 'The attach does not name $management as its source.');
    },
  }),
  check('amqp10/management/response', {
    title: 'A response has the correlation-id that was asked for and an integer statusCode',
    duties: ['amqp10/management.response:emit'],
    async run(peer: Peer) {
      const { at, type } = await grounds(peer);
      const { message } = await at.ask({ properties: { operation: 'READ', type, name: peer.name() }, correlationId: 'asked for' });
      peer.require(message.properties?.correlationId?.value === 'asked for', `The correlation-id is ${String(message.properties?.correlationId?.value)}.`);
      const status = message.applicationProperties?.find(([key]) => key === 'statusCode')?.[1];
      peer.require(status?.type === 'int' || status?.type === 'long' || status?.type === 'uint', `The statusCode is ${status?.type ?? 'not there'}.`);
    },
  }),
  check('amqp10/management/status-description', {
    title: 'A response says in words what its statusCode means',
    duties: ['amqp10/management.status-description:emit'],
    async run(peer: Peer) {
      const { ask, type } = await grounds(peer);
      const { message } = await ask('READ', { type, name: peer.name() });
      const words = said(message, 'statusDescription');
      peer.require(typeof words === 'string' && words.length > 0, 'The response has no statusDescription.');
    },
  }),
  check('amqp10/management/create', {
    title: 'CREATE makes an entity and is answered with 201 and the entity',
    duties: ['amqp10/management.create:emit'],
    async run(peer: Peer) {
      const { at, ask, type } = await grounds(peer);
      const name = peer.name();
      const body = await due(peer, ask('CREATE', { type, name }, map({ name: text(name) })), 'CREATE', 201);
      peer.require(plain(inMap(body, 'name')) === name, `The entity is told with the name ${plain(inMap(body, 'name'))}.`);
      await at.sender.session.sender(name);
      await ask('DELETE', { type, name });
    },
  }),
  check('amqp10/management/read', {
    title: 'READ is answered with 200 and the attributes of the entity',
    duties: ['amqp10/management.read:emit'],
    async run(peer: Peer) {
      const it = await grounds(peer);
      const name = await created(peer, it);
      const body = await due(peer, it.ask('READ', { type: it.type, name }), 'READ', 200);
      peer.require(plain(inMap(body, 'name')) === name, `The entity is told with the name ${plain(inMap(body, 'name'))}.`);
      await it.ask('DELETE', { type: it.type, name });
    },
  }),
  check('amqp10/management/update', {
    title: 'UPDATE changes attributes and is answered with 200 and the entity as it is then',
    duties: ['amqp10/management.update:emit'],
    async run(peer: Peer) {
      const it = await grounds(peer);
      const name = await created(peer, it);
      const body = await due(peer, it.ask('UPDATE', { type: it.type, name }, map({ description: text('changed') })), 'UPDATE', 200);
      peer.require(plain(inMap(body, 'description')) === 'changed', `The description is told as ${plain(inMap(body, 'description'))}.`);
      const later = await due(peer, it.ask('READ', { type: it.type, name }), 'READ', 200);
      peer.require(plain(inMap(later, 'description')) === 'changed', `The description is then ${plain(inMap(later, 'description'))}.`);
      await it.ask('DELETE', { type: it.type, name });
    },
  }),
  check('amqp10/management/delete', {
    title: 'DELETE removes an entity and is answered with 204, or 200',
    duties: ['amqp10/management.delete:emit'],
    async run(peer: Peer) {
      const it = await grounds(peer);
      const name = await created(peer, it);
      await due(peer, it.ask('DELETE', { type: it.type, name }), 'DELETE', 204, 200);
      await due(peer, it.ask('READ', { type: it.type, name }), 'READ of what was deleted', 404);
    },
  }),
  check('amqp10/management/query', {
    title: 'QUERY is answered with the names of attributes and a row for each entity, from offset and as many as count',
    duties: ['amqp10/management.query:emit'],
    async run(peer: Peer) {
      const it = await grounds(peer);
      const names = [await created(peer, it), await created(peer, it)];
      const query = map({ attributeNames: { type: 'list', value: [text('name')] } });
      const body = await due(peer, it.ask('QUERY', { type: 'org.amqp.management', name: 'self', entityType: it.type }, query), 'QUERY', 200);
      peer.require(texts(inMap(body, 'attributeNames')).join() === 'name', 'The attributes are not those that were asked for.');
      const results = inMap(body, 'results');
      const rows = results?.type === 'list' ? results.value.map(row => texts(row)[0]) : [];
      for (const each of names) peer.require(rows.includes(each), `There is no row for ${each}.`);
      const one = await it.ask('QUERY', { type: 'org.amqp.management', name: 'self', entityType: it.type, offset: 1, count: 1 }, query);
      const part = inMap(one.body, 'results');
      peer.require(part?.type === 'list' && part.value.length === 1, `One row was asked for, and ${part?.type === 'list' ? part.value.length : 'none'} came.`);
      for (const name of names) await it.ask('DELETE', { type: it.type, name });
    },
  }),
  check('amqp10/management/get-types', {
    title: 'GET-TYPES is answered with the types that there are and what each extends',
    duties: ['amqp10/management.get-types:emit'],
    async run(peer: Peer) {
      const { ask, type } = await grounds(peer);
      const body = await due(peer, ask('GET-TYPES', { type: 'org.amqp.management', name: 'self' }), 'GET-TYPES', 200);
      peer.require(inMap(body, type)?.type === 'list', `What ${type} extends is not told.`);
    },
  }),
  check('amqp10/management/get-attributes', {
    title: 'GET-ATTRIBUTES is answered with the attributes of each type',
    duties: ['amqp10/management.get-attributes:emit'],
    async run(peer: Peer) {
      const { ask, type } = await grounds(peer);
      const body = await due(peer, ask('GET-ATTRIBUTES', { type: 'org.amqp.management', name: 'self' }), 'GET-ATTRIBUTES', 200);
      peer.require(texts(inMap(body, type)).includes('name'), `That ${type} has a name is not told.`);
    },
  }),
  check('amqp10/management/get-operations', {
    title: 'GET-OPERATIONS is answered with the operations of each type',
    duties: ['amqp10/management.get-operations:emit'],
    async run(peer: Peer) {
      const { ask, type } = await grounds(peer);
      const body = await due(peer, ask('GET-OPERATIONS', { type: 'org.amqp.management', name: 'self' }), 'GET-OPERATIONS', 200);
      peer.require(inMap(inMap(body, type), 'READ') !== undefined, `That ${type} can be read is not told.`);
    },
  }),
  check('amqp10/management/not-found', {
    title: 'An entity that is not there is answered with 404',
    duties: ['amqp10/management.not-found:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { ask, type } = await grounds(peer);
      await due(peer, ask('READ', { type, name: peer.name() }), 'READ of what is not there', 404);
    },
  }),
  check('amqp10/management/conflict', {
    title: 'CREATE of an entity that is there already is answered with 409',
    duties: ['amqp10/management.conflict:enforce'],
    departs: true,
    async run(peer: Peer) {
      const it = await grounds(peer);
      const name = await created(peer, it);
      await due(peer, it.ask('CREATE', { type: it.type, name }, map({ name: text(name) })), 'CREATE of what is there', 409, 400);
      await it.ask('DELETE', { type: it.type, name });
    },
  }),
  check('amqp10/management/bad-request', {
    title: 'CREATE with attributes that cannot be is answered with 400',
    duties: ['amqp10/management.bad-request:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { ask, type } = await grounds(peer);
      const name = peer.name();
      await due(peer, ask('CREATE', { type, name }, map({ name: text(name), durable: map({}) })), 'CREATE of what cannot be', 400);
    },
  }),
  check('amqp10/management/unknown-operation', {
    title: 'An operation that the node does not have is answered with 501',
    duties: ['amqp10/management.unknown-operation:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { ask } = await grounds(peer);
      await due(peer, ask('NO-SUCH-OPERATION', { type: 'org.amqp.management', name: 'self' }), 'An operation that there is not', 501, 400, 404, 405);
    },
  }),
  check('amqp10/management/forbidden', {
    title: 'Who has no right to an operation is answered with 403, or 401, and it is not done',
    duties: ['amqp10/management.forbidden:enforce'],
    departs: true,
    async run(peer: Peer) {
      const login = peer.facility('logins')['no-configure'];
      const own = await grounds(peer);
      const { ask, type } = await grounds(peer, { as: login });
      const name = peer.name();
      await due(peer, ask('CREATE', { type, name }, map({ name: text(name) })), 'CREATE without the right to it', 403, 401);
      await due(peer, own.ask('READ', { type, name }), 'READ of what was not to be made', 404);
    },
  }),
];
