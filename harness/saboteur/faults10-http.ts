import type { AmqpAttach, AmqpValue } from '../wire/amqp10/codec.ts';
import type { Conversation10, FrameSeam10, LinkSeen } from './fault10.ts';
import { delivered10 } from './messages10.ts';
import { channelBack, refusedLink } from './refusals10.ts';
import { asked10, edited, rebodied, replied10, restatus, uncorrelated, withEntry } from './requests10.ts';
import { answer10, either10, piece10, remembering10, request10 } from './rewrites10.ts';
import { type FaultTable, faultsIn } from './row.ts';

/** Where queues and exchanges are made over HTTP semantics. */
export const desks10 = ['amqp10/{http-management,link-pair,address-v2}/**', 'amqp10/anonymous-terminus/*', 'amqp10/cbs/*'];

const pairing = faultsIn('amqp10/link-pair/**');
const managing = faultsIn('amqp10/{http-management,address-v2}/**');

const isPaired = ({ properties }: AmqpAttach): boolean => properties?.some(([key]) => key === 'paired') === true;

/** Links whose attach of the client says that they are paired, of all sessions. */
function pairedLinks(at: Conversation10): readonly LinkSeen[] {
  return [...at.sessions].flatMap(({ links }) => [...links]).filter(({ attach }) => attach['to-server'] !== undefined && isPaired(attach['to-server']));
}

const zero = (): AmqpValue => ({ type: 'ulong', value: 0n });

/** Two links that make one conversation. */
export const pairingFaults10 = {
  'amqp10/link-pair.paired:emit': [
    pairing(
      'does not say of a link that it is paired',
      answer10('attach', draft => draft.fields.properties !== undefined && draft.with({ properties: undefined })),
    ),
  ],
  'amqp10/link-pair.either-first:emit': [
    pairing(
      'refuses the link of the requests before that of the responses is there',
      refusedLink('amqp:illegal-state', (attach, at) => attach.role === 'sender' && isPaired(attach) && pairedLinks(at).length === 1),
    ),
    pairing(
      'refuses the link of the responses before that of the requests is there',
      refusedLink('amqp:illegal-state', (attach, at) => attach.role === 'receiver' && isPaired(attach) && pairedLinks(at).length === 1),
      desks10,
    ),
  ],
  'amqp10/link-pair.me:emit': [pairing('answers over another pair of the session', overAnotherPair())],
  'amqp10/link-pair.many:emit': [
    pairing(
      'takes one pair on a connection',
      refusedLink('amqp:illegal-state', (attach, at) => isPaired(attach) && pairedLinks(at).some(({ name }) => name !== attach.name)),
    ),
    pairing('answers over another pair what it was asked over one that is closed', overAnotherPairOnceClosed()),
  ],
} as const satisfies FaultTable;

function overAnotherPair(): FrameSeam10 {
  return delivered10((message, at) => {
    const own = at.link('to-client', message.channel, message.transfer.handle);
    const handle = own && otherOf(own, at)?.handles['to-client'];
    return handle !== undefined && message.with({ handle });
  });
}

/** Another link of responses of the same session. */
function otherOf(own: LinkSeen, at: Conversation10): LinkSeen | undefined {
  const all = pairedLinks(at);
  return all.includes(own) ? all.find(link => link.session === own.session && link.transfersGo === 'to-client' && link !== own) : undefined;
}

/** Whoever detaches the link of the responses hears that it is, and the server hears nothing of it. */
function overAnotherPairOnceClosed(): FrameSeam10 {
  return remembering10(() => {
    const closed = new Set<LinkSeen>();
    return either10(
      request10('detach', (draft, at) => {
        const link = at.link('to-server', draft.channel, draft.fields.handle);
        const [handle, channel] = [link?.handles['to-client'], channelBack(draft, at)];
        if (link?.transfersGo !== 'to-client' || handle === undefined || channel === undefined || otherOf(link, at) === undefined) return false;
        closed.add(link);
        return { back: [piece10({ type: 'detach', handle, closed: true }, channel)] };
      }),
      delivered10((message, at) => {
        const link = [...closed].find(each => each.handles['to-client'] === message.transfer.handle);
        const handle = link && otherOf(link, at)?.handles['to-client'];
        return handle !== undefined && message.with({ handle });
      }),
    );
  });
}

/** HTTP semantics at /management. */
export const httpManagementFaults10 = {
  'amqp10/http-management.attach:emit': [
    managing(
      'has no node /management',
      refusedLink('amqp:not-found', ({ target, source }) =>
        [target, source].some(each => each !== undefined && 'address' in each && each.address === '/management'),
      ),
      desks10,
    ),
  ],
  'amqp10/http-management.response:emit': [
    managing('does not say which request over HTTP semantics it answers', uncorrelated({ to: /^\// }), desks10),
    managing(
      'does not say that a response is one of HTTP',
      replied10({ to: /^\// }, message => edited(message, ({ applicationProperties: _, ...draft }) => draft)),
    ),
  ],
  'amqp10/http-management.pipelined:emit': [
    managing(
      'loses a request that comes before another is answered',
      asked10({ when: ({ behindAnother }) => behindAnother }, () => ({})),
      ['amqp10/{http-management,link-pair,cbs,management}/**'],
    ),
  ],
  'amqp10/http-management.credit:emit': [
    managing(
      'sends a response for which there is no credit',
      request10('flow', (draft, at) => {
        const { handle, linkCredit } = draft.fields;
        const link = handle === undefined ? undefined : at.link('to-server', draft.channel, handle);
        const attach = link?.attach['to-server'];
        return linkCredit === 0 && attach !== undefined && isPaired(attach) && draft.with({ linkCredit: 1 });
      }),
    ),
  ],
  'amqp10/http-management.token-renewed:emit': [managing('takes no tokens', restatus({ to: /^\/auth/ }, 204, 400))],
  'amqp10/http-management.declare-queue:emit': [
    managing('takes a new queue for one that was there', restatus({ verb: 'PUT', to: /^\/queues/ }, 201, 200)),
    managing('takes a queue that was there for a new one', restatus({ verb: 'PUT', to: /^\/queues/ }, 200, 201)),
  ],
  'amqp10/http-management.declare-conflict:enforce': [managing('takes what is there for what was asked for', restatus({ verb: 'PUT' }, 409, 200))],
  'amqp10/http-management.get-queue:emit': [
    managing(
      'tells of a queue that it has no messages',
      replied10({ verb: 'GET', to: /^\/queues/ }, message => rebodied(message, body => withEntry(body, 'message_count', zero))),
    ),
    managing(
      'tells of a queue that it has no consumers',
      replied10({ verb: 'GET', to: /^\/queues/ }, message => rebodied(message, body => withEntry(body, 'consumer_count', zero))),
    ),
  ],
  'amqp10/http-management.get-missing:enforce': [managing('tells of a queue that is not there', restatus({ verb: 'GET', to: /^\/queues/ }, 404, 200), desks10)],
  'amqp10/http-management.purge:emit': [
    managing(
      'tells that it dropped no messages',
      replied10({ verb: 'DELETE', to: /messages$/ }, message => rebodied(message, body => withEntry(body, 'message_count', zero))),
    ),
    managing(
      'drops no messages of a queue',
      asked10({ verb: 'DELETE', to: /messages$/ }, message =>
        edited(message, draft => ({ ...draft, properties: { ...draft.properties, to: draft.properties?.to?.replace('/messages', '') ?? '', subject: 'GET' } })),
      ),
    ),
  ],
  'amqp10/http-management.delete-queue:emit': [
    managing(
      'tells that no messages went with a queue',
      replied10({ verb: 'DELETE', to: /^\/queues\/[^/]*$/ }, message => rebodied(message, body => withEntry(body, 'message_count', zero))),
    ),
    managing('tells that a queue is not there which was to be deleted', restatus({ verb: 'DELETE', to: /^\/queues/ }, 200, 404)),
  ],
  'amqp10/http-management.exchange:emit': [
    managing(
      'keeps an exchange that was deleted',
      asked10({ verb: 'DELETE', to: /^\/exchanges/ }, message =>
        edited(message, draft => ({ ...draft, properties: { ...draft.properties, to: `${draft.properties?.to}.` } })),
      ),
    ),
    managing('answers a new exchange with 201', restatus({ verb: 'PUT', to: /^\/exchanges/ }, 204, 201)),
  ],
  'amqp10/http-management.bindings:emit': [
    managing(
      'binds with another key',
      asked10({ verb: 'POST' }, message => rebodied(message, body => withEntry(body, 'binding_key', () => ({ type: 'string', value: 'other' })))),
    ),
    managing(
      'keeps a binding that was to be removed',
      asked10({ verb: 'DELETE', to: /^\/bindings/ }, message =>
        edited(message, draft => ({ ...draft, properties: { ...draft.properties, to: draft.properties?.to?.replace('key=', 'key=other') ?? '' } })),
      ),
    ),
  ],
  'amqp10/http-management.list-bindings:emit': [
    managing(
      'tells the first of several bindings only',
      replied10({ verb: 'GET', to: /^\/bindings/ }, message =>
        rebodied(message, body => body.type === 'list' && body.value.length > 1 && { type: 'list', value: body.value.slice(0, 1) }),
      ),
    ),
  ],
  'amqp10/http-management.bad-request:enforce': [
    managing('says that it made a queue which cannot be', restatus({ verb: 'PUT', to: /^\/queues\/amq\./ }, 403, 201)),
    managing('says that it made an exchange which cannot be', restatus({ verb: 'PUT', to: /^\/exchanges/ }, 400, 204)),
  ],
  'amqp10/http-management.exclusive:emit': [
    managing(
      'lets others use an exclusive queue',
      asked10({ verb: 'PUT' }, message => rebodied(message, body => withEntry(body, 'exclusive', () => ({ type: 'boolean', value: false })))),
    ),
  ],
  'amqp10/http-management.forbidden:enforce': [
    managing('says that it did by HTTP semantics what its client has no right to', restatus({ verb: 'PUT' }, 403, 201)),
  ],
} as const satisfies FaultTable;
