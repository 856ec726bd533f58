import picomatch from 'picomatch';
import type { Check } from '../check/check.ts';
import type { DutyId, ServerDuty } from '../spec/catalogue.ts';
import { chaosFault } from './chaos.ts';
import type { ChaosHooks } from './chaos-moment.ts';
import { type ChaosSpec, chaosVerbs, checkedOptions, parseChaos } from './chaos-options.ts';
import type { Fault } from './fault.ts';
import { basicFaults } from './faults-basic.ts';
import { channelFaults } from './faults-channel.ts';
import { confirmFaults } from './faults-confirm.ts';
import { connectionFaults } from './faults-connection.ts';
import { consumerFaults } from './faults-consumer.ts';
import { contentFaults } from './faults-content.ts';
import { deliveryFaults } from './faults-delivery.ts';
import { exchangeFaults } from './faults-exchange.ts';
import { fieldFaults } from './faults-fields.ts';
import { framingFaults } from './faults-framing.ts';
import { persistenceFaults } from './faults-persistence.ts';
import { publisherFaults } from './faults-publisher.ts';
import { queueFaults } from './faults-queue.ts';
import { queueExtensionFaults } from './faults-queue-extensions.ts';
import { replyFaults } from './faults-reply.ts';
import { securityFaults } from './faults-security.ts';
import { topologyFaults } from './faults-topology.ts';
import { txFaults } from './faults-tx.ts';
import { faults10 } from './faults10.ts';

/** A fault under the name that the command line knows it by. */
export interface NamedFault {
  /** `violation:<duty>`, the second of a duty `violation:<duty>#2` and so on, or `chaos:<verb>`. */
  readonly id: string;
  readonly fault: Fault;
}

/** Every duty of a server that can be shown and violated, of 0-9-1 and of the areas of 1.0 that are judged, with the faults that break it; of 1.0 those of areas that are not judged yet, too. Some duties that only permit have faults too: of falling silent. */
export const faults = {
  ...framingFaults,
  ...fieldFaults,
  ...contentFaults,
  ...connectionFaults,
  ...channelFaults,
  ...exchangeFaults,
  ...queueFaults,
  ...basicFaults,
  ...persistenceFaults,
  ...deliveryFaults,
  ...confirmFaults,
  ...securityFaults,
  ...consumerFaults,
  ...queueExtensionFaults,
  ...replyFaults,
  ...topologyFaults,
  ...publisherFaults,
  ...txFaults,
  ...faults10,
} as const satisfies { readonly [D in ServerDuty]: readonly [Fault, ...Fault[]] };

/** The faults that break one duty, by name; none where the duty has none. */
export function faultsOf(duty: DutyId): readonly NamedFault[] {
  const rows = (faults as Readonly<Partial<Record<DutyId, readonly Fault[]>>>)[duty] ?? [];
  return rows.map((fault, at) => ({ id: `violation:${duty}${at === 0 ? '' : `#${at + 1}`}`, fault }));
}

const throughout: readonly string[] = [
  'amqp*/{properties,pattern,schema,exchange-binding,alternate-exchange,direct-reply-to}/**',
  'amqp*/durability/**',
  'amqp10/{cross,conversion}/**',
  'amqp*/{message-ttl,queue-expiry,queue-length,dead-letter,message-priority,priority,queue-arguments}/**',
];

/** Areas name checks of the protocol that a fault breaks; those of the other meet it where they speak both, or on the core that both share. */
const other = (area: readonly string[]): readonly string[] => ['amqp091/', 'amqp10/'].filter(prefix => !area.some(glob => glob.startsWith(prefix)));

/**
 * Tells of a check's id whether the fault may be felt by it. Properties, patterns, what goes through an outage and what goes from one protocol to the other
 * go through all areas; so do exchanges that lead to others or back to who asked, and queues that give up what they hold.
 */
export function felt({ area }: Fault): (check: string) => boolean {
  const known = matchers.get(area) ?? picomatch([...area, ...throughout, ...other(area).map(prefix => `${prefix}**`)]);
  matchers.set(area, known);
  return known;
}

const matchers = new Map<readonly string[], (check: string) => boolean>();

/** The faults that break a duty of this check and may be felt by it: those that it should find. Told from the tables, without a run. */
export function faultsFor(check: Pick<Check, 'id' | 'duties'>): readonly NamedFault[] {
  return check.duties.flatMap(faultsOf).filter(({ fault }) => felt(fault)(check.id));
}

/** Every fault that breaks a duty. */
export function violationFaults(): readonly NamedFault[] {
  return (Object.keys(faults) as DutyId[]).flatMap(faultsOf);
}

/** Every legal nuisance. */
export function chaosFaults(): readonly NamedFault[] {
  return chaosVerbs.map(verb => ({ id: `chaos:${verb}`, fault: chaosFault(verb) }));
}

/** The ids of all faults, for completion and error messages. */
export function faultIds(): readonly string[] {
  return [...violationFaults(), ...chaosFaults()].map(({ id }) => id);
}

/** The nuisance with these options; undefined for an unknown one. Throws a `FaultOptionError`. */
export function nuisance({ fault, ...options }: ChaosSpec, hooks?: ChaosHooks): Fault | undefined {
  const verb = chaosVerbs.find(each => fault === `chaos:${each}`);
  return verb && chaosFault(verb, checkedOptions(verb, options), hooks);
}

/**
 * The fault of this id; undefined for an unknown one. `violation:<duty>#1` is the first of the duty as well, and a nuisance may have options:
 * `chaos:<verb>:<name>=<value>,…`. Throws a `FaultOptionError`.
 */
export function findFault(id: string, hooks?: ChaosHooks): Fault | undefined {
  const chaos = parseChaos(id);
  if (chaos !== undefined) return chaosFault(chaos.verb, chaos.options, hooks);
  const asked = id.endsWith('#1') ? id.slice(0, -2) : id;
  return violationFaults().find(each => each.id === asked)?.fault;
}

/** The duty that a fault breaks; undefined for a nuisance. */
export function dutyOf(id: string): DutyId | undefined {
  const duty = /^violation:([^#]+)(#\d+)?$/.exec(id)?.[1];
  return duty !== undefined && Object.hasOwn(faults, duty) ? (duty as DutyId) : undefined;
}
