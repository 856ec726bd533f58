import type { LinkEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import type { Broker } from '../broker.ts';
import { errorOf } from './amqp10-errors.ts';
import type { AnyLink, Port } from './amqp10-port.ts';
import type { Legacy } from './amqp10-resumption.ts';

/** Links by their names, of all connections of a broker. */
const named = new WeakMap<Broker, Map<string, AnyLink>>();

/** A link is known by its name and direction between two containers, which belong to a user of a virtual host. */
function keyOf({ virtualHost, user, containerId }: Port, { role, name }: Pick<LinkEndpoint, 'role' | 'name'>): string {
  return JSON.stringify([virtualHost, user, containerId, role, name]);
}

/** Gives a name to a link; whichever bore it is detached as stolen. Where that was suspended it leaves what it holds. */
export function takeName(port: Port, link: AnyLink): Legacy | undefined {
  const links = named.get(port.broker) ?? new Map<string, AnyLink>();
  named.set(port.broker, links);
  const key = keyOf(port, link.link);
  const before = links.get(key);
  links.set(key, link);
  const legacy = before?.bequeath();
  // A link that is suspended has nobody to be told: what it held and nobody takes over is let go of.
  if (legacy === undefined) before?.fail(errorOf('amqp:link:stolen', 'the link was attached elsewhere'));
  return legacy;
}

/** Whether a link of that name and role, ours, is attached. */
export function bearsName(port: Port, role: LinkEndpoint['role'], name: string): boolean {
  return named.get(port.broker)?.has(keyOf(port, { role, name })) === true;
}

/** Frees the name of a link that is over. */
export function freeName(port: Port, link: AnyLink): void {
  const links = named.get(port.broker);
  const key = keyOf(port, link.link);
  if (links?.get(key) === link) links.delete(key);
}
