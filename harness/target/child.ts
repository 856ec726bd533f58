import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../net/clock.ts';
import { tcpTransport } from '../net/dial.ts';
import type { Facilities } from '../probe/facilities.ts';
import { arrangementFor, certificateUser, newCertificates } from './arrangement.ts';
import type { FromBroker, ToBroker } from './reference-messages.ts';
import { type Target, TargetError } from './target.ts';
import { tlsFacility } from './tls-facility.ts';

const host = '127.0.0.1';
const credentials = { user: 'guest', password: 'guest', virtualHost: '/' };

/** Asks the child one thing after the other. */
class Line {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(child: ChildProcess, gone: Promise<unknown>) {
    this.#child = child;
    this.#gone = gone;
  }

  ask(message: ToBroker): Promise<FromBroker> {
    const answer = this.#turn.then(() => this.#ask(message));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async #ask(message: ToBroker): Promise<FromBroker> {
    const answered = once(this.#child, 'message');
    if (this.#child.connected) this.#child.send(message);
    const answer = await Promise.race([answered, this.#gone.then(() => undefined)]);
    if (answer === undefined) throw new TargetError('The embedded reference broker has ended; its own words, if any, stand above.');
    return answer[0] as FromBroker;
  }
}

function facilitiesOf(line: Line, arranged: Facilities, tls: Facilities['tls']): Facilities {
  const alarm = (raised: boolean) => async (resource: 'memory' | 'disk') => {
    await line.ask({ kind: 'alarm', resource, raised });
  };
  return {
    ...arranged,
    ...(tls !== undefined && { tls, clientCertificates: { user: certificateUser } }),
    alarm: { raise: alarm(true), clear: alarm(false) },
  };
}

/** The reference broker in a process of its own, so that a check may take it down without taking us along. */
export async function referenceTarget(options: { readonly faults?: readonly string[] } = {}): Promise<Target> {
  const extension = import.meta.url.endsWith('.ts') ? '../../dist/harness/target/reference-process.js' : './reference-process.js';
  const child = fork(fileURLToPath(new URL(extension, import.meta.url)), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const gone = once(child, 'exit');
  const line = new Line(child, gone);
  const { users, virtualHosts, permissions, facilities } = arrangementFor(credentials);
  const { ca, server, known, unknownUser } = newCertificates([host, 'localhost'], certificateUser);
  const started = await line.ask({
    kind: 'start',
    options: { users, virtualHosts, permissions, anonymous: credentials.user, tls: { ...server, ca }, faults: options.faults ?? [] },
  });
  if (started.kind !== 'accepting') {
    child.kill('SIGKILL');
    throw new TargetError(`The embedded reference broker did not start: ${started.kind === 'refused' ? started.why : 'it gave no address'}`);
  }
  const { port, tlsPort } = started;
  const tls = tlsPort === undefined ? undefined : tlsFacility({ host, port: tlsPort, ca, certificates: { known, 'unknown-user': unknownUser } });
  return {
    kind: 'reference',
    name: 'reference',
    url: `amqp://${credentials.user}@${host}:${port}/${encodeURIComponent(credentials.virtualHost)}`,
    credentials,
    transport: tcpTransport({ host, port }),
    clock: systemClock,
    facilities: facilitiesOf(line, facilities, tls),
    async alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    async [Symbol.asyncDispose]() {
      // The broker ends by itself when this channel does, also when we are killed.
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
