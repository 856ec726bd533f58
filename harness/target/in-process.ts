import { defaultAmqp091Settings } from '../broker/dialects/amqp091-settings.ts';
import { systemClock } from '../net/clock.ts';
import { tcpTransport } from '../net/dial.ts';
import type { Fault } from '../saboteur/fault.ts';
import { readToken } from './arranged-tokens.ts';
import { arrangementFor, type Certificates, certificateUser, newCertificates } from './arrangement.ts';
import { type StartOptions, startBroker } from './reference.ts';
import { sabotaged } from './sabotaged.ts';
import type { Target } from './target.ts';
import { tlsFacility } from './tls-facility.ts';
import { webSocketFacility } from './web-socket-facility.ts';

const host = '127.0.0.1';
const credentials = { user: 'guest', password: 'guest', virtualHost: '/' };

let certificates: Certificates | undefined;

/** The reference broker in this process, on sockets of the loopback address, TLS included. */
export async function inProcessTarget({ fault = [], ...options }: Partial<StartOptions> & { readonly fault?: readonly Fault[] } = {}): Promise<Target> {
  certificates ??= newCertificates([host, 'localhost'], certificateUser);
  const { ca, server, known, unknownUser } = certificates;
  const { users, virtualHosts, permissions, facilities } = arrangementFor(credentials);
  const broker = await startBroker(
    sabotaged({ ...defaultAmqp091Settings, users, virtualHosts, permissions, tokens: readToken, tls: { ...server, ca }, webSocket: {}, ...options }, fault),
  );
  const tls = broker.tlsPort === undefined ? undefined : tlsFacility({ host, port: broker.tlsPort, ca, certificates: { known, 'unknown-user': unknownUser } });
  return {
    kind: 'reference',
    url: broker.url.replace(/:\/\/.*@/, `://${credentials.user}@`),
    credentials,
    transport: tcpTransport({ host, port: broker.port }),
    clock: systemClock,
    facilities: {
      ...facilities,
      ...(tls !== undefined && { tls, clientCertificates: { user: certificateUser } }),
      ...(broker.webSocketPort !== undefined && { webSocket: webSocketFacility(`ws://${host}:${broker.webSocketPort}/`) }),
      alarm: { raise: async resource => broker.alarm(resource), clear: async resource => broker.alarm(resource, false) },
    },
    [Symbol.asyncDispose]: () => broker.close(),
  };
}
