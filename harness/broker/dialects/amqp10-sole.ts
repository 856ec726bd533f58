import type { AmqpError, AmqpOpen, SymbolMap } from '../../wire/amqp10/codec.ts';
import type { Broker } from '../broker.ts';
import { errorOf } from './amqp10-errors.ts';

/** The capability of https://docs.oasis-open.org/amqp/soleconn/v1.0/soleconn-v1.0.html: one connection at a time for each container that wants that. */
export const soleCapability = 'sole-connection-for-container';

type Policy = 'refuse-connection' | 'close-existing';

/** Uints of the enforcement policy, in their order; the first is the default. */
const policies: readonly Policy[] = ['refuse-connection', 'close-existing'];

/** We see every connection that there is: detection is strong. */
const strong: SymbolMap[number] = ['sole-connection-detection-policy', { type: 'uint', value: 0 }];
const failing: SymbolMap[number] = ['amqp:connection-establishment-failed', { type: 'boolean', value: true }];

interface Holder {
  readonly policy: Policy | undefined;
  readonly end: (error: AmqpError) => void;
}

/** What becomes of a connection that asks for a container: it may open, saying so, or is refused behind an open that says it will be. */
export interface Admission {
  readonly properties: SymbolMap;
  readonly refusal: AmqpError | undefined;
  /** The connection is over. */
  leave(): void;
}

const containers = new WeakMap<Broker, Map<string, Set<Holder>>>();

/** Enters a connection among those of its container. `end` closes it for another one of the same container that wants to be alone. */
export function admitted(broker: Broker, virtualHost: string, open: AmqpOpen, end: Holder['end']): Admission {
  const policy = policyOf(open);
  const table = containers.get(broker) ?? new Map<string, Set<Holder>>();
  containers.set(broker, table);
  const key = JSON.stringify([virtualHost, open.containerId]);
  const others = [...(table.get(key) ?? [])];
  const holding = others.length === 0 ? undefined : (policy ?? others.find(other => other.policy !== undefined)?.policy);
  const told = policy === undefined ? [] : [strong];
  if (holding === 'refuse-connection') {
    const refusal = errorOf('amqp:invalid-field', 'the container has a connection already', [['invalid-field', { type: 'symbol', value: 'container-id' }]]);
    return { properties: [...told, failing], refusal, leave: () => {} };
  }
  if (holding === 'close-existing') {
    const error = errorOf('amqp:resource-locked', 'a newer connection of the container wants to be the only one', [
      ['sole-connection-enforcement', { type: 'boolean', value: true }],
    ]);
    for (const other of others) other.end(error);
  }
  return { properties: told, refusal: undefined, leave: entered(table, key, { policy, end }) };
}

/** Notes a holder; the answer strikes it out again. */
function entered(table: Map<string, Set<Holder>>, key: string, holder: Holder): () => void {
  const holders = table.get(key) ?? new Set<Holder>();
  table.set(key, holders.add(holder));
  return () => {
    holders.delete(holder);
    if (holders.size === 0 && table.get(key) === holders) table.delete(key);
  };
}

function policyOf({ desiredCapabilities = [], properties = [] }: AmqpOpen): Policy | undefined {
  if (!desiredCapabilities.includes(soleCapability)) return undefined;
  const asked = properties.find(([name]) => name === 'sole-connection-enforcement-policy')?.[1];
  return policies[asked === undefined || asked.type === 'described' ? 0 : Number(asked.value)] ?? 'refuse-connection';
}
