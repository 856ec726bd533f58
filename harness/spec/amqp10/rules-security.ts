import type { Rule10 } from '../rule.ts';
import {
  bareClose,
  bothMust,
  bothShould,
  close,
  extension,
  headerThenClose,
  may,
  mayAnswer,
  must,
  mustAnswer,
  mustByEffect,
  saslOutcome,
  should,
  shouldAnswer,
  text,
  untestable,
  xml,
} from './phrases.ts';

const plainMechanism = extension('RFC 4616, the SASL mechanism PLAIN', 'https://www.rfc-editor.org/rfc/rfc4616');
const anonymousMechanism = extension('RFC 4505, the SASL mechanism ANONYMOUS', 'https://www.rfc-editor.org/rfc/rfc4505');
const externalMechanism = extension('RFC 4422, the SASL mechanism EXTERNAL', 'https://www.rfc-editor.org/rfc/rfc4422#appendix-A');
const sasl = extension('RFC 4422, SASL', 'https://www.rfc-editor.org/rfc/rfc4422');
const cramMd5 = extension('RFC 2195, the SASL mechanism CRAM-MD5', 'https://www.rfc-editor.org/rfc/rfc2195');
const scram = extension('RFC 5802, SCRAM', 'https://www.rfc-editor.org/rfc/rfc5802');
const scram256 = extension('RFC 7677, SCRAM-SHA-256', 'https://www.rfc-editor.org/rfc/rfc7677');
const secureUse = extension('RFC 9325, Recommendations for Secure Use of TLS', 'https://www.rfc-editor.org/rfc/rfc9325#section-3.1.1');

const failed = mustAnswer(saslOutcome('auth'), bareClose);
/** A frame of SASL that cannot be one: there is no frame to say so in, but an outcome that fails. */
const irrecoverable = [
  bareClose,
  saslOutcome('auth', 'practice'),
  saslOutcome('sys', 'practice'),
  saslOutcome('sys-perm', 'practice'),
  headerThenClose,
] as const;

/** Security layers, TLS and SASL: part 5. */
export const securityRules = {
  'amqp10/5.1.layer-ended': {
    source: [xml('security.security-layers#1')],
    section: '5.1',
    statement: 'When a security layer ends, the connection is closed: the outgoing stream first, the other read to its end.',
    duties: bothMust,
  },
  'amqp10/5.1.layers-nested': {
    source: [text('5.1')],
    section: '5.1',
    statement: 'One layer may go over another, as SASL over TLS, each begun by its own header.',
    duties: { emit: must, 'client-permit': may },
  },
  'amqp10/5.2.header': {
    source: [xml('security.tls#1')],
    section: '5.2',
    statement: 'A server may begin TLS behind protocol headers of id 2; one that does not answers them as any others that it does not take.',
    duties: { permit: may, enforce: mustAnswer(headerThenClose), 'client-emit': must },
  },
  'amqp10/5.2.server-name': {
    source: [xml('security.tls#2')],
    section: '5.2',
    statement: 'A TLS client tells the name of the server that it wants.',
    duties: { 'client-emit': should },
  },
  'amqp10/5.2.certificate-validated': {
    source: [xml('security.tls#3')],
    section: '5.2',
    statement: 'A TLS client goes on with a server of a valid certificate only.',
    duties: { 'client-enforce': mustAnswer(bareClose) },
  },
  'amqp10/5.2.one-sided-shutdown': {
    source: [xml('security.tls#4')],
    section: '5.2',
    statement: 'Who ends TLS need not wait for the other one to say the same.',
    duties: { permit: may, 'client-permit': may },
  },
  'amqp10/5.2.1.pure-tls': {
    source: [xml('security.tls.alternative-establishment#1')],
    section: '5.2.1',
    statement: 'A server may take TLS from the first octet, as on port 5671, and speaks AMQP in it as without.',
    duties: { emit: must, permit: may },
  },
  'amqp10/5.2.1.plaintext': {
    source: [text('5.2.1'), secureUse],
    section: '5.2.1',
    statement: 'A protocol header without TLS on a port for TLS alone gets no AMQP answer, and the connection ends.',
    duties: { enforce: mustAnswer(bareClose) },
  },
  'amqp10/5.3.header': {
    source: [xml('security.sasl#1')],
    section: '5.3',
    statement: 'A SASL layer begins with protocol headers of id 3, answered as any others are.',
    duties: bothMust,
  },
  'amqp10/5.3.required': {
    source: [text('5.3'), text('2.2')],
    section: '5.3',
    statement: 'A server that wants SASL answers the plain header with that of SASL and closes.',
    duties: { enforce: mustAnswer(headerThenClose), permit: may },
  },
  'amqp10/5.3.1.reserved-octets': {
    source: [xml('security.sasl.sasl-frames#1')],
    section: '5.3.1',
    statement: 'Octets 6 and 7 of a SASL frame are sent as zero.',
    duties: bothShould,
  },
  'amqp10/5.3.1.doff': {
    source: [xml('security.sasl.sasl-frames#2')],
    section: '5.3.1',
    statement: 'A SASL frame has no extended header.',
    duties: bothShould,
  },
  'amqp10/5.3.1.ignored': {
    source: [text('5.3.1')],
    section: '5.3.1',
    statement: 'Octets 6 and 7 and an extended header of a SASL frame are not looked at.',
    duties: { emit: mustByEffect, 'client-emit': mustByEffect },
  },
  'amqp10/5.3.1.size': {
    source: [text('5.3.1')],
    section: '5.3.1',
    statement: 'A SASL frame has at most 512 octets; whoever takes a longer one reads this as a limit for what it sends.',
    duties: {
      emit: must,
      permit: mayAnswer(...irrecoverable, saslOutcome('ok', 'practice')),
      'client-emit': must,
    },
  },
  'amqp10/5.3.1.body': {
    source: [xml('security.sasl.sasl-frames#3')],
    section: '5.3.1',
    statement: 'A SASL frame has one of the five SASL bodies and nothing else.',
    duties: { emit: must, enforce: mustAnswer(...irrecoverable), 'client-emit': must, 'client-enforce': mustAnswer(bareClose) },
  },
  'amqp10/5.3.1.empty': {
    source: [text('5.3.1')],
    section: '5.3.1',
    statement: 'An empty SASL frame is an error that nothing mends.',
    duties: { enforce: mustAnswer(...irrecoverable), 'client-emit': must, 'client-enforce': mustAnswer(bareClose) },
  },
  'amqp10/5.3.2.mechanisms-announced': {
    source: [
      xml('security.sasl.sasl-negotiation#1'),
      xml('security.sasl-mechanisms.sasl-server-mechanisms@mandatory'),
      xml('security.sasl-mechanisms.sasl-server-mechanisms@multiple'),
    ],
    section: '5.3.2',
    statement: 'The server begins with its mechanisms, one at least.',
    duties: { emit: must },
  },
  'amqp10/5.3.2.mechanism-chosen': {
    source: [xml('security.sasl.sasl-negotiation#2'), xml('security.sasl-init.mechanism@mandatory')],
    section: '5.3.2',
    statement: 'The client names one of the mechanisms that were announced.',
    duties: { enforce: mustAnswer(saslOutcome('auth'), bareClose, saslOutcome('sys-perm', 'practice'), saslOutcome('sys', 'practice')), 'client-emit': must },
  },
  'amqp10/5.3.2.roles': {
    source: [xml('security.sasl.sasl-negotiation#3')],
    section: '5.3.2',
    statement: 'The client of TCP is that of SASL: mechanisms, challenge and outcome of a client are none.',
    duties: { emit: must, enforce: mustAnswer(...irrecoverable), 'client-emit': must },
  },
  'amqp10/5.3.2.sequence': {
    source: [text('5.3.2')],
    section: '5.3.2',
    statement: 'After mechanisms comes init, then challenges and responses by turns, then the outcome.',
    duties: { emit: must, enforce: mustAnswer(...irrecoverable), 'client-emit': must },
  },
  'amqp10/5.3.2.pipelined': {
    source: [text('5.3.2'), text('2.4.2')],
    section: '5.3.2',
    statement: 'A client may send header, init and what follows in one piece, as far as it knows what will do.',
    duties: { emit: must, 'client-permit': may },
  },
  'amqp10/5.3.3.1.anonymous-only': {
    source: [text('5.3.3.1')],
    section: '5.3.3.1',
    statement: 'A server that wants no authentication announces ANONYMOUS alone.',
    duties: { emit: untestable('SHOULD', 'One that lets strangers in may still give more to those who say who they are; what it wants is known to it alone.') },
  },
  'amqp10/5.3.3.2.mechanism-unsupported': {
    source: [xml('security.sasl-init.mechanism#1')],
    section: '5.3.3.2',
    statement: 'A mechanism that the server does not have ends the connection as a failed authentication.',
    duties: { enforce: mustAnswer(saslOutcome('auth'), bareClose, saslOutcome('sys-perm', 'practice'), saslOutcome('sys', 'practice')) },
  },
  'amqp10/5.3.3.2.highest-level': {
    source: [xml('security.sasl-init.mechanism#2')],
    section: '5.3.3.2',
    statement: 'Each peer takes the strongest of the mechanisms that both have.',
    duties: {
      emit: untestable('MUST', 'Of the mechanisms that a server announces the client chooses.'),
      'client-emit': must,
    },
  },
  'amqp10/5.3.3.2.hostname': {
    source: [xml('security.sasl-init.hostname#1')],
    section: '5.3.3.2',
    statement: 'The hostname of init is null, or the one that was told to TLS.',
    duties: { 'client-emit': should },
  },
  'amqp10/5.3.3.3.challenge': {
    source: [xml('security.sasl-challenge.challenge@mandatory')],
    section: '5.3.3.3',
    statement: 'A challenge has its data.',
    duties: { emit: must, 'client-enforce': mustAnswer(bareClose) },
  },
  'amqp10/5.3.3.4.response': {
    source: [xml('security.sasl-response.response@mandatory')],
    section: '5.3.3.4',
    statement: 'A response has its data.',
    duties: { enforce: mustAnswer(...irrecoverable), 'client-emit': must },
  },
  'amqp10/5.3.3.5.headers-again': {
    source: [xml('security.sasl-outcome#1')],
    section: '5.3.3.5',
    statement: 'After an outcome of ok both peers exchange headers anew, for AMQP or another layer.',
    // What a reader of frames says of octets that are no header is as good.
    duties: { emit: must, enforce: mustAnswer(headerThenClose, bareClose, close('amqp:connection:framing-error', 'practice')), 'client-emit': must },
  },
  'amqp10/5.3.3.5.code': {
    source: [xml('security.sasl-outcome.code@mandatory'), xml('security.sasl-code.ok@choice')],
    section: '5.3.3.5',
    statement: 'An outcome has a code, which is ok where the client is let in.',
    duties: { emit: must, 'client-enforce': mustAnswer(bareClose) },
  },
  'amqp10/5.3.3.5.closed-after-failure': {
    source: [text('5.3.3.5'), text('5.1')],
    section: '5.3.3.5',
    statement: 'After an outcome other than ok the connection ends.',
    duties: { emit: must },
  },
  'amqp10/5.3.3.5.no-data-on-failure': {
    source: [text('5.3.3.5')],
    section: '5.3.3.5',
    statement: 'An outcome that fails has no additional data.',
    duties: { emit: must },
  },
  'amqp10/5.3.3.6.auth': {
    source: [xml('security.sasl-code.auth@choice')],
    section: '5.3.3.6',
    statement: 'Credentials that do not hold are answered with an outcome of auth.',
    duties: { enforce: mustAnswer(saslOutcome('auth'), bareClose) },
  },
  'amqp10/5.3.3.6.system-errors': {
    source: [xml('security.sasl-code.sys@choice'), xml('security.sasl-code.sys-perm@choice'), xml('security.sasl-code.sys-temp@choice')],
    section: '5.3.3.6',
    statement: 'The codes sys, sys-perm and sys-temp say that the server itself could not authenticate.',
    duties: { emit: untestable('MUST', 'Nobody outside can make the authentication of a server fail for a reason of its own.') },
  },
  'amqp10/5.3.bypassed': {
    source: [text('5.3'), sasl],
    section: '5.3',
    statement: 'Without a successful outcome nobody who is to authenticate gets to open a connection, whatever else it sends.',
    duties: { enforce: mustAnswer(...irrecoverable) },
  },
  'amqp10/5.3.stalled': {
    source: [text('5.3')],
    section: '5.3',
    statement: 'How long a client may stop in the middle of SASL is for the server to say; meanwhile others are served.',
    duties: { permit: may },
  },
  'amqp10/sasl.plain': {
    source: [plainMechanism],
    section: 'SASL PLAIN',
    statement: 'PLAIN takes an authorisation identity, which may be empty, a user and a password, parted by NUL; no user acts as another.',
    duties: { emit: must, enforce: failed, permit: may },
  },
  'amqp10/sasl.anonymous': {
    source: [anonymousMechanism],
    section: 'SASL ANONYMOUS',
    statement: 'A server that announces ANONYMOUS lets in whoever takes it, with or without a trace.',
    duties: { emit: must },
  },
  'amqp10/sasl.external': {
    source: [externalMechanism],
    section: 'SASL EXTERNAL',
    statement: 'A server that announces EXTERNAL to a client with a certificate lets it in as the user that the certificate names.',
    duties: { emit: must },
  },
  'amqp10/sasl.external-refused': {
    source: [externalMechanism],
    section: 'SASL EXTERNAL',
    statement: 'A client without a certificate, or with one of no known user, is not let in by EXTERNAL.',
    duties: { enforce: mustAnswer(saslOutcome('auth'), bareClose) },
  },
  'amqp10/sasl.cram-md5': {
    source: [cramMd5],
    section: 'SASL CRAM-MD5',
    statement: 'A server that still announces CRAM-MD5 challenges, and lets in whoever answers with the right digest.',
    duties: { permit: may },
  },
  'amqp10/sasl.scram': {
    source: [scram, scram256],
    section: 'SASL SCRAM',
    statement: 'SCRAM lets in whoever proves to know the password, by SHA-256 or SHA-512 as the mechanism is called.',
    duties: { emit: must },
  },
  'amqp10/sasl.scram-server-first': {
    source: [scram],
    section: 'SASL SCRAM',
    statement: 'The first message of the server has a nonce that begins with that of the client, fresh each time, a salt and an iteration count.',
    duties: { emit: must, 'client-enforce': mustAnswer(bareClose) },
  },
  'amqp10/sasl.scram-iterations': {
    source: [scram256],
    section: 'SASL SCRAM',
    statement: 'The iteration count is 4096 at least.',
    duties: { emit: should },
  },
  'amqp10/sasl.scram-server-final': {
    source: [scram, text('5.3.3.5')],
    section: 'SASL SCRAM',
    statement: 'The server proves itself by its signature, in the additional data of the outcome or in a last challenge.',
    duties: { emit: must, 'client-enforce': mustAnswer(bareClose) },
  },
  'amqp10/sasl.scram-wrong-proof': {
    source: [scram],
    section: 'SASL SCRAM',
    statement: 'A proof that does not hold, another nonce or another channel binding than was begun with fails.',
    duties: { enforce: mustAnswer(saslOutcome('auth'), bareClose) },
  },
  'amqp10/sasl.scram-unknown-user': {
    source: [scram],
    section: 'SASL SCRAM',
    statement: 'A user that is not there fails as late and as a wrong password does.',
    duties: { enforce: shouldAnswer(saslOutcome('auth')) },
  },
  'amqp10/sasl.scram-malformed': {
    source: [scram],
    section: 'SASL SCRAM',
    statement: 'A message of SCRAM that cannot be read fails.',
    duties: { enforce: mustAnswer(saslOutcome('auth'), bareClose) },
  },
  'amqp10/sasl.no-secrets': {
    source: [sasl],
    section: 'SASL',
    statement: 'A server that offers mechanisms with the password in the clear does not do so over plain TCP unless it is told to.',
    duties: { permit: may },
  },
} as const satisfies Readonly<Record<string, Rule10>>;
