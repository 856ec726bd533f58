import type { BrokerOptions } from '../broker/broker.ts';
import type { Amqp10Settings } from '../broker/dialects/amqp10-settings.ts';
import { type Amqp091Settings, defaultAmqp091Settings } from '../broker/dialects/amqp091-settings.ts';
import type { Resource } from '../broker/vocabulary.ts';
import type { Outage } from '../probe/outage.ts';
import { arm } from '../saboteur/arm.ts';
import type { Fault } from '../saboteur/fault.ts';
import { createSimulation, type SimulationOptions } from '../sim/simulator.ts';
import { crashStore } from '../store/crash.ts';
import { arrangementFor } from './arrangement.ts';
import { SimulatedBroker } from './simulated-broker.ts';
import type { Target } from './target.ts';

export interface SimulatedOptions extends SimulationOptions {
  /** In which ways the broker is broken on purpose. */
  readonly fault?: Fault | readonly Fault[];
  /** Overrides of the broker's limits and time-outs. */
  readonly brokerSettings?: Partial<Amqp091Settings & Pick<Amqp10Settings, 'saslRequired'>>;
  readonly brokerOptions?: Partial<Omit<BrokerOptions, 'store' | 'around'>>;
  /** It can be taken down and comes back with what its store kept: at a kill, what was flushed. */
  readonly restarts?: boolean;
}

/** How long a flush takes, in milliseconds. */
const flushMs = 5;

/** The reference broker behind a simulated network. */
export interface SimulatedTarget extends Target {
  /** Runs what talks to the target, in virtual time; see `Simulation.run`. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** The reference broker in memory, without sockets and in virtual time. The same seed gives the same conversation, octet for octet. */
export function simulatedTarget(options: SimulatedOptions): SimulatedTarget {
  const { seed, fault, brokerSettings = {}, brokerOptions = {}, restarts = false } = options;
  const simulation = createSimulation(options);
  const armed = arm(fault === undefined ? [] : [fault].flat(), { seed });
  const { user, password } = firstUser(brokerSettings.users);
  const credentials = { user, password, virtualHost: '/' };
  const { users, virtualHosts, permissions, facilities } = arrangementFor(credentials);
  const { clock } = simulation;
  const served = new SimulatedBroker({
    clock,
    armed,
    settings: { ...defaultAmqp091Settings, users, ...brokerSettings, ...armed.settings },
    broker: { virtualHosts, permissions, ...brokerOptions },
    ...(restarts && { store: crashStore(done => clock.at(clock.now() + flushMs, done)) }),
  });
  const alarm = (raised: boolean) => async (resource: Resource) => served.broker.submit({ kind: 'alarm', resource, raised });
  return {
    kind: 'simulated',
    url: 'simulated:',
    credentials,
    facilities: { ...facilities, alarm: { raise: alarm(true), clear: alarm(false) } },
    clock,
    transport: simulation.transport(stream => served.accept(stream)),
    ...(restarts && { restart: (how: Outage) => served.restart(how) }),
    run: work => simulation.run(work),
    [Symbol.asyncDispose]: () => served.broker.close(),
  };
}

function firstUser(users: Amqp091Settings['users'] = defaultAmqp091Settings.users): { readonly user: string; readonly password: string } {
  const [user, password] = Object.entries(users)[0] ?? ['guest', 'guest'];
  return { user, password: typeof password === 'string' ? password : '' };
}
