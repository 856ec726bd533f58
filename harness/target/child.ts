import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../net/clock.ts';
import { tcpTransport } from '../net/dial.ts';
import type { Facilities } from '../probe/facilities.ts';
import { arrangementFor, certificateUser, newCertificates } from './arrangement.ts';
import { BrokerProcess } from './broker-process.ts';
import type { Target } from './target.ts';
import { tlsFacility } from './tls-facility.ts';
import { webSocketFacility } from './web-socket-facility.ts';

const host = '127.0.0.1';
const credentials = { user: 'guest', password: 'guest', virtualHost: '/' };

export interface ChildOptions {
  readonly faults?: readonly string[];
  /** What is durable is kept in a folder of its own until the target is disposed of; left out: in the memory of the process. */
  readonly durable?: boolean;
}

/** The reference broker in a process of its own, so that a check may take it down without taking us along. */
export async function referenceTarget({ faults = [], durable = false }: ChildOptions = {}): Promise<Target> {
  const folder = durable ? await mkdtemp(join(tmpdir(), 'amqpspec-')) : undefined;
  const { users, virtualHosts, permissions, facilities } = arrangementFor(credentials);
  const { ca, server, known, unknownUser } = newCertificates([host, 'localhost'], certificateUser);
  const options = {
    users,
    virtualHosts,
    permissions,
    anonymous: credentials.user,
    saslRequired: true,
    tls: { ...server, ca },
    webSocket: {},
    faults,
    ...(folder !== undefined && { data: join(folder, 'data') }),
  };
  let broker = await BrokerProcess.start(options);
  const { port, tlsPort, webSocketPort } = broker;
  const again = {
    ...options,
    port,
    tls: { ...options.tls, ...(tlsPort !== undefined && { port: tlsPort }) },
    webSocket: webSocketPort === undefined ? {} : { port: webSocketPort },
  };
  const tls = tlsPort === undefined ? undefined : tlsFacility({ host, port: tlsPort, ca, certificates: { known, 'unknown-user': unknownUser } });
  const alarm = (raised: boolean) => async (resource: 'memory' | 'disk') => {
    await broker.ask({ kind: 'alarm', resource, raised });
  };
  const arranged: Facilities = {
    ...facilities,
    ...(tls !== undefined && { tls, clientCertificates: { user: certificateUser } }),
    ...(webSocketPort !== undefined && { webSocket: webSocketFacility(`ws://${host}:${webSocketPort}/`) }),
    alarm: { raise: alarm(true), clear: alarm(false) },
  };
  return {
    kind: 'reference',
    name: 'reference',
    url: `amqp://${credentials.user}@${host}:${port}/${encodeURIComponent(credentials.virtualHost)}`,
    credentials,
    transport: tcpTransport({ host, port }),
    clock: systemClock,
    facilities: arranged,
    async restart(how) {
      if (how === 'stop') await broker.stop();
      else await broker.kill();
      broker = await BrokerProcess.start(again);
    },
    pid: () => broker.pid,
    alive: async () => broker.alive,
    async [Symbol.asyncDispose]() {
      await broker.leave();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
