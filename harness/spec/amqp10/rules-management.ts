import type { Rule10 } from '../rule.ts';
import { bothMust, close, detach, end, extension, may, mayAnswer, must, mustAnswer, mustByEffect, response, should, text } from './phrases.ts';

const draft = extension(
  'AMQP Management 1.0, working draft 16',
  'https://documents.pub/document/advanced-message-queuing-protocol-amqp-management-web-view-using-this-mapping.html',
);
const overHttp = extension('RabbitMQ: management of AMQP 1.0 topologies', 'https://github.com/rabbitmq/rabbitmq-server/pull/10559');
const httpOverAmqp = extension(
  'HTTP semantics and content over AMQP 1.0, working draft 6',
  'https://groups.oasis-open.org/higherlogic/ws/public/document?document_id=65571',
);
const pairing = extension('AMQP Request-Response Messaging with Link Pairing 1.0', 'https://docs.oasis-open.org/amqp/linkpair/v1.0/linkpair-v1.0.html');
const claims = extension('AMQP Claims-based Security 1.0, draft 01', 'https://docs.oasis-open.org/amqp/amqp-cbs/v1.0/csd01/amqp-cbs-v1.0-csd01.html');
const putToken = extension(
  'AMQP in Azure Service Bus: claims-based authorization',
  'https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide#claims-based-authorization',
);

const linkPair = 'LINK_PAIR_V1_0';

/** Link pairing: two links that make one conversation. */
export const pairingRules = {
  'amqp10/link-pair.paired': {
    source: [pairing],
    section: 'link pairing 2',
    statement: 'Two links of one name in one session, one each way, both with the property paired, make a pair.',
    capability: linkPair,
    duties: { emit: must },
  },
  'amqp10/link-pair.either-first': {
    source: [pairing],
    section: 'link pairing 2',
    statement: 'Either link of a pair may be attached first, and nothing is sent on it before the other one is.',
    capability: linkPair,
    duties: { emit: must, 'client-permit': may },
  },
  'amqp10/link-pair.me': {
    source: [pairing],
    section: 'link pairing 2.1',
    statement: 'Replies to a message whose reply-to is $me come over the other link of its pair.',
    capability: linkPair,
    duties: { emit: must },
  },
  'amqp10/link-pair.many': {
    source: [pairing],
    section: 'link pairing 2',
    statement: 'Several pairs on a connection are apart from each other.',
    capability: linkPair,
    duties: { emit: must },
  },
  'amqp10/link-pair.closed': {
    source: [pairing],
    section: 'link pairing 2',
    statement: 'With one link of a pair closed the other one is of no use: requests on it are not answered elsewhere.',
    capability: linkPair,
    duties: { permit: mayAnswer(detach('any'), end('any'), { kind: 'discarded', reading: 'text' }) },
  },
} as const satisfies Readonly<Record<string, Rule10>>;

/** The $management node of the working draft. */
export const managementRules = {
  'amqp10/management.attach': {
    source: [draft],
    section: 'management, nodes',
    statement: 'Links lead to and from the node $management.',
    duties: { emit: must },
  },
  'amqp10/management.response': {
    source: [draft],
    section: 'management, responses',
    statement: 'A response goes to the reply-to of its request, with the correlation-id that was asked for and an integer statusCode.',
    duties: { emit: must },
  },
  'amqp10/management.status-description': {
    source: [draft],
    section: 'management, responses',
    statement: 'A response says in words what its statusCode means.',
    duties: { emit: should },
  },
  'amqp10/management.create': {
    source: [draft],
    section: 'management, CREATE',
    statement: 'CREATE makes an entity of a type with the attributes in its body, and is answered with 201 and the entity.',
    duties: { emit: must },
  },
  'amqp10/management.read': {
    source: [draft],
    section: 'management, READ',
    statement: 'READ is answered with 200 and the attributes of the entity.',
    duties: { emit: must },
  },
  'amqp10/management.update': {
    source: [draft],
    section: 'management, UPDATE',
    statement: 'UPDATE changes attributes as its body says, and is answered with 200 and the entity as it is then.',
    duties: { emit: must },
  },
  'amqp10/management.delete': {
    source: [draft],
    section: 'management, DELETE',
    statement: 'DELETE removes an entity and is answered with 204, or 200.',
    duties: { emit: must },
  },
  'amqp10/management.query': {
    source: [draft],
    section: 'management, QUERY',
    statement: 'QUERY is answered with the names of attributes and a row for each entity of the type, from offset and as many as count.',
    duties: { emit: must },
  },
  'amqp10/management.get-types': {
    source: [draft],
    section: 'management, GET-TYPES',
    statement: 'GET-TYPES is answered with the types that there are and what each extends.',
    duties: { emit: must },
  },
  'amqp10/management.get-attributes': {
    source: [draft],
    section: 'management, GET-ATTRIBUTES',
    statement: 'GET-ATTRIBUTES is answered with the attributes of each type.',
    duties: { emit: must },
  },
  'amqp10/management.get-operations': {
    source: [draft],
    section: 'management, GET-OPERATIONS',
    statement: 'GET-OPERATIONS is answered with the operations of each type and their arguments.',
    duties: { emit: must },
  },
  'amqp10/management.not-found': {
    source: [draft],
    section: 'management, responses',
    statement: 'An entity that is not there is answered with 404.',
    duties: { enforce: mustAnswer(response(404)) },
  },
  'amqp10/management.conflict': {
    source: [draft],
    section: 'management, CREATE',
    statement: 'An entity that is there already, otherwise than asked for, is answered with 409.',
    duties: { enforce: mustAnswer(response(409), response(400)) },
  },
  'amqp10/management.bad-request': {
    source: [draft],
    section: 'management, responses',
    statement: 'A request without operation, or with attributes that cannot be, is answered with 400.',
    duties: { enforce: mustAnswer(response(400)) },
  },
  'amqp10/management.unknown-operation': {
    source: [draft],
    section: 'management, responses',
    statement: 'An operation that the node does not have is answered with 501.',
    duties: { enforce: mustAnswer(response(501), response(400), response(404), response(405)) },
  },
  'amqp10/management.forbidden': {
    source: [draft],
    section: 'management, responses',
    statement: 'Who has no right to an operation is answered with 403, or 401, and it is not done.',
    duties: { enforce: mustAnswer(response(403), response(401)) },
  },
} as const satisfies Readonly<Record<string, Rule10>>;

/** HTTP over AMQP at /management, as RabbitMQ 4 has it. */
export const httpManagementRules = {
  'amqp10/http-management.attach': {
    source: [overHttp, pairing],
    section: 'management over HTTP',
    statement: 'A pair of links leads to and from the address /management.',
    capability: linkPair,
    duties: { emit: must },
  },
  'amqp10/http-management.unpaired': {
    source: [overHttp],
    section: 'management over HTTP',
    statement: 'A link to that address without its pair, or without paired, is refused.',
    capability: linkPair,
    duties: { permit: mayAnswer(detach('any'), end('any'), close('any')) },
  },
  'amqp10/http-management.response': {
    source: [overHttp, httpOverAmqp],
    section: 'management over HTTP',
    statement: 'A response has the status as its subject, the message-id of its request as its correlation-id, and http:response 1.1 among its properties.',
    capability: linkPair,
    duties: { emit: must },
  },
  'amqp10/http-management.pipelined': {
    source: [overHttp],
    section: 'management over HTTP',
    statement: 'Requests may be sent before others are answered, and are done in their order.',
    capability: linkPair,
    duties: { emit: must, 'client-permit': may },
  },
  'amqp10/http-management.credit': {
    source: [overHttp, text('2.6.7')],
    section: 'management over HTTP',
    statement: 'A response does not come without credit: it waits for that, or the request is refused by the end of link or session.',
    capability: linkPair,
    duties: { emit: must },
  },
  'amqp10/http-management.drain': {
    source: [overHttp, text('2.6.7')],
    section: 'management over HTTP',
    statement: 'Whether a management link can be drained is left to the server.',
    capability: linkPair,
    duties: { permit: mayAnswer({ kind: 'performative', performative: 'flow', reading: 'text' }, end('any'), detach('any')) },
  },
  'amqp10/http-management.token-renewed': {
    source: [extension('RabbitMQ: OAuth 2, token refresh over AMQP 1.0', 'https://www.rabbitmq.com/docs/oauth2')],
    section: 'management over HTTP',
    statement: 'PUT of a token renews the rights of the connection and is answered with 204.',
    capability: linkPair,
    duties: { emit: must },
  },
  'amqp10/http-management.declare-queue': {
    source: [overHttp],
    section: 'management over HTTP',
    statement: 'PUT of a queue makes it and is answered with 201, or with 200 where the same is there.',
    capability: linkPair,
    duties: { emit: must },
  },
  'amqp10/http-management.declare-conflict': {
    source: [overHttp],
    section: 'management over HTTP',
    statement: 'PUT of a queue or an exchange that is there otherwise is answered with 409.',
    capability: linkPair,
    duties: { enforce: mustAnswer(response(409)) },
  },
  'amqp10/http-management.get-queue': {
    source: [overHttp],
    section: 'management over HTTP',
    statement: 'GET of a queue tells its name, kind, arguments, messages and consumers.',
    capability: linkPair,
    duties: { emit: must },
  },
  'amqp10/http-management.get-missing': {
    source: [overHttp],
    section: 'management over HTTP',
    statement: 'GET of a queue that is not there is answered with 404.',
    capability: linkPair,
    duties: { enforce: mustAnswer(response(404)) },
  },
  'amqp10/http-management.purge': {
    source: [overHttp],
    section: 'management over HTTP',
    statement: 'DELETE of the messages of a queue drops those that are ready and tells how many.',
    capability: linkPair,
    duties: { emit: must },
  },
  'amqp10/http-management.delete-queue': {
    source: [overHttp],
    section: 'management over HTTP',
    statement: 'DELETE of a queue removes it and tells how many messages went with it, none where it was not there.',
    capability: linkPair,
    duties: { emit: must },
  },
  'amqp10/http-management.exchange': {
    source: [overHttp],
    section: 'management over HTTP',
    statement: 'PUT and DELETE of an exchange make and remove it, and are answered with 204.',
    capability: linkPair,
    duties: { emit: must },
  },
  'amqp10/http-management.bindings': {
    source: [overHttp],
    section: 'management over HTTP',
    statement: 'POST and DELETE of bindings bind and unbind, to queues and to exchanges, and are answered with 204.',
    capability: linkPair,
    duties: { emit: must },
  },
  'amqp10/http-management.list-bindings': {
    source: [overHttp],
    section: 'management over HTTP',
    statement: 'GET of the bindings between a source and a destination with a key tells each of them and where it can be removed.',
    capability: linkPair,
    duties: { emit: must },
  },
  'amqp10/http-management.bad-request': {
    source: [overHttp],
    section: 'management over HTTP',
    statement: 'What cannot be done as it is asked, as a queue without a name or with a reserved one, is answered with 400 or 403.',
    capability: linkPair,
    duties: { enforce: mustAnswer(response(400), response(403)) },
  },
  'amqp10/http-management.exclusive': {
    source: [overHttp],
    section: 'management over HTTP',
    statement: 'An exclusive queue belongs to the connection that made it and goes with it.',
    capability: linkPair,
    duties: { emit: mustByEffect },
  },
  'amqp10/http-management.forbidden': {
    source: [overHttp],
    section: 'management over HTTP',
    statement: 'Who lacks the right to an operation is told so, by 403 or by the end of the session with unauthorized-access, and it is not done.',
    capability: linkPair,
    duties: { enforce: mustAnswer(response(403), end('amqp:unauthorized-access'), response(401)) },
  },
} as const satisfies Readonly<Record<string, Rule10>>;

/** Claims-based security: tokens over the node $cbs. */
export const claimsRules = {
  'amqp10/cbs.attach': {
    source: [claims, putToken],
    section: 'claims-based security',
    statement: 'Links lead to and from the node $cbs before any right is granted.',
    duties: { emit: must },
  },
  'amqp10/cbs.put-token': {
    source: [putToken],
    section: 'claims-based security',
    statement: 'A put-token with a valid token is answered with a status-code of 200 or 202 and the correlation-id of the request.',
    duties: { emit: must },
  },
  'amqp10/cbs.rights': {
    source: [claims, putToken],
    section: 'claims-based security',
    statement: 'A token gives the rights of its claims to its connection, and no more.',
    duties: { emit: mustByEffect },
  },
  'amqp10/cbs.invalid-token': {
    source: [putToken],
    section: 'claims-based security',
    statement: 'A token that does not hold is answered with 401 and gives nothing.',
    duties: { enforce: mustAnswer(response(401), response(403), response(400)) },
  },
  'amqp10/cbs.malformed-request': {
    source: [putToken],
    section: 'claims-based security',
    statement: 'A request without operation, type or name, or with another operation, is answered with 400 or another failure.',
    duties: { enforce: mustAnswer(response(400), response(404), response(501), response(500)) },
  },
  'amqp10/cbs.without-token': {
    source: [claims, putToken],
    section: 'claims-based security',
    statement: 'A link that needs a token is refused with unauthorized-access while there is none.',
    duties: { enforce: mustAnswer(detach('amqp:unauthorized-access'), end('amqp:unauthorized-access')) },
  },
  'amqp10/cbs.expired': {
    source: [claims, putToken],
    section: 'claims-based security',
    statement: 'When a token expires and none has come in its place, the links that it allowed are detached with unauthorized-access.',
    duties: { enforce: mustAnswer(detach('amqp:unauthorized-access'), end('amqp:unauthorized-access'), close('amqp:unauthorized-access')) },
  },
  'amqp10/cbs.renewed': {
    source: [claims, putToken],
    section: 'claims-based security',
    statement: 'A new token in time lets links go on as if nothing had been.',
    duties: { emit: mustByEffect },
  },
  'amqp10/cbs.reply': {
    source: [putToken],
    section: 'claims-based security',
    statement: 'Request and response are correlated by message-id and correlation-id.',
    duties: bothMust,
  },
} as const satisfies Readonly<Record<string, Rule10>>;
