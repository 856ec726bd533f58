import type { Rule091 } from '../rule.ts';
import { bareClose, channelClose, extension, may, must, mustAnswer, mustByEffect, should, text, xml } from './phrases.ts';

const accessControl = extension('Authentication, Authorisation, Access Control', 'https://www.rabbitmq.com/docs/access-control');
const tlsSupport = extension('TLS Support', 'https://www.rabbitmq.com/docs/ssl');
const alarms = extension('Memory and Disk Alarms', 'https://www.rabbitmq.com/docs/alarms');
const blockedNotice = extension('Blocked Connection Notifications', 'https://www.rabbitmq.com/docs/connection-blocked');
const secureUse = extension('RFC 9325, Recommendations for Secure Use of TLS', 'https://www.rfc-editor.org/rfc/rfc9325#section-3.1.1');
const oldVersions = extension('RFC 8996, Deprecating TLS 1.0 and TLS 1.1', 'https://www.rfc-editor.org/rfc/rfc8996');
const externalMechanism = extension('RFC 4422, the SASL mechanism EXTERNAL', 'https://www.rfc-editor.org/rfc/rfc4422#appendix-A');
const plainMechanism = extension('RFC 4616, the SASL mechanism PLAIN', 'https://www.rfc-editor.org/rfc/rfc4616');

const forbidden = mustAnswer(channelClose(403));

/** Users, permissions, virtual hosts, TLS, alarms. */
export const securityRules = {
  'amqp091/tls.version-1-2': {
    source: [secureUse],
    section: 'TLS',
    statement: 'A server that speaks TLS speaks TLS 1.2.',
    duties: { emit: must },
  },
  'amqp091/tls.version-1-3': {
    source: [secureUse],
    section: 'TLS',
    statement: 'A server that speaks TLS speaks TLS 1.3.',
    duties: { emit: should },
  },
  'amqp091/tls.old-versions': {
    source: [oldVersions],
    section: 'TLS',
    statement: 'Which versions below 1.2, that nobody is to speak any more, a server still speaks is observed.',
    duties: { permit: may },
  },
  'amqp091/tls.same-protocol': {
    source: [tlsSupport],
    section: 'TLS',
    statement: 'Within TLS everything is as without: handshake, methods, content of any size and the end.',
    duties: { emit: must },
  },
  'amqp091/tls.plaintext': {
    source: [tlsSupport, secureUse],
    section: 'TLS',
    statement: 'A protocol header without TLS on a port for TLS gets no AMQP answer, and the connection ends.',
    duties: { enforce: mustAnswer(bareClose) },
  },
  'amqp091/tls.stalled-handshake': {
    source: [tlsSupport],
    section: 'TLS',
    statement: 'A client that stops in the middle of the TLS handshake holds up nobody else.',
    duties: { emit: mustByEffect, permit: may },
  },
  'amqp091/tls.client-certificate': {
    source: [tlsSupport],
    section: 'TLS',
    statement: 'A client that shows a certificate signed by an authority the server trusts is let in, by any mechanism.',
    duties: { emit: must },
  },
  'amqp091/tls.foreign-authority': {
    source: [tlsSupport],
    section: 'TLS',
    statement: 'A client certificate of an authority that the server does not trust ends the connection before AMQP begins.',
    duties: { enforce: mustAnswer(bareClose) },
  },
  'amqp091/sasl.external': {
    source: [externalMechanism, tlsSupport],
    section: 'connection.start-ok',
    statement: 'A server that offers EXTERNAL to a client with a certificate lets it in as the user that the certificate names.',
    duties: { emit: must },
  },
  'amqp091/sasl.external-unknown-user': {
    source: [externalMechanism, text('2.2.4')],
    section: 'connection.start-ok',
    statement: 'A server that knows no user of the name in a certificate does not let its client in by EXTERNAL.',
    duties: { enforce: mustAnswer(bareClose) },
  },
  'amqp091/sasl.external-without-certificate': {
    source: [externalMechanism, text('2.2.4')],
    section: 'connection.start-ok',
    statement: 'A client that showed no certificate is not let in by EXTERNAL, whether that was offered or not.',
    duties: { enforce: mustAnswer(bareClose) },
  },
  'amqp091/sasl.plain-message': {
    source: [plainMechanism, text('2.2.4')],
    section: 'connection.start-ok',
    statement: 'A PLAIN response is an authorisation identity, which may be empty, a user and a password, parted by NUL; no user acts as another.',
    duties: { enforce: mustAnswer(bareClose) },
  },
  'amqp091/permission.configure': {
    source: [xml('constant.access-refused'), accessControl],
    section: 'access control',
    statement: 'Who may not configure a queue or an exchange may neither declare nor delete it.',
    duties: { enforce: forbidden },
  },
  'amqp091/permission.write': {
    source: [xml('constant.access-refused'), accessControl],
    section: 'access control',
    statement:
      'Who may not write may not publish to an exchange, the default one included, nor bind or unbind what is bound to, nor have messages go on to an exchange.',
    duties: { enforce: forbidden },
  },
  'amqp091/permission.read': {
    source: [xml('constant.access-refused'), accessControl],
    section: 'access control',
    statement: 'Who may not read may not get, consume or purge, nor bind or unbind an exchange as a source, nor have messages of a queue or an exchange go on.',
    duties: { enforce: forbidden },
  },
  'amqp091/permission.granted': {
    source: [accessControl],
    section: 'access control',
    statement: 'What a user has permission for is done although others are lacking; passive declares need none.',
    duties: { emit: must },
  },
  'amqp091/permission.without-effect': {
    source: [xml('constant.access-refused'), accessControl],
    section: 'access control',
    statement: 'What is refused for lack of permission is not done.',
    duties: { emit: mustByEffect },
  },
  'amqp091/permission.channel-alone': {
    source: [xml('constant.access-refused'), text('4.8.2')],
    section: 'access control',
    statement: 'A lack of permission costs the channel, not the connection: other channels go on.',
    duties: { emit: must },
  },
  'amqp091/connection.blocked.publishing': {
    source: [xml('connection.blocked'), alarms],
    section: 'connection.blocked',
    statement: 'A server that has told a connection that it is blocked takes no publishes of it until it is unblocked, and then those that waited.',
    capability: 'connection.blocked',
    duties: { emit: mustByEffect },
  },
  'amqp091/connection.blocked.consuming': {
    source: [alarms],
    section: 'connection.blocked',
    statement: 'Connections that do not publish are served during an alarm.',
    capability: 'connection.blocked',
    duties: { emit: must },
  },
  'amqp091/connection.blocked.announced': {
    source: [blockedNotice],
    section: 'connection.blocked',
    statement: 'A client that did not announce connection.blocked is not told, and is held back all the same.',
    capability: 'connection.blocked',
    duties: { emit: must },
  },
  'amqp091/connection.blocked.once': {
    source: [blockedNotice],
    section: 'connection.blocked',
    statement: 'A second alarm is not told again; unblocked is told when the last one has ended.',
    capability: 'connection.blocked',
    duties: { emit: must },
  },
  'amqp091/connection.update-secret.goes-on': {
    source: [xml('connection.update-secret'), xml('connection.update-secret-ok')],
    section: 'connection.update-secret',
    statement: 'After update-secret-ok the connection goes on with the channels and rights that it had.',
    duties: { emit: must },
  },
} as const satisfies Readonly<Record<string, Rule091>>;
