/** Where messages go: an exchange with a key. `queue`: the one that was meant, or empty. */
export interface Destination {
  readonly exchange: string;
  readonly routingKey: string;
  readonly queue: string;
}

const queues = '/queues/';
const exchanges = '/exchanges/';

/**
 * What an address leads to: a plain name is that of a queue; `/queues/` and a name, `/exchanges/` and a name, and with another slash and a routing key, are
 * percent-encoded. Undefined: it can mean nothing.
 */
export function destinationOf(address: string): Destination | undefined {
  if (!address.startsWith('/')) return address === '' ? undefined : toQueue(address);
  if (address.startsWith(queues)) {
    const name = decoded(address.slice(queues.length));
    return name === undefined || name === '' ? undefined : toQueue(name);
  }
  if (!address.startsWith(exchanges)) return undefined;
  const [exchange = '', routingKey = '', ...more] = address.slice(exchanges.length).split('/').map(decoded);
  const wrong = more.length > 0 || exchange === '' || exchange === 'amq.default' || address.slice(exchanges.length).split('/').map(decoded).includes(undefined);
  return wrong ? undefined : { exchange, routingKey, queue: '' };
}

function toQueue(queue: string): Destination {
  return { exchange: '', routingKey: queue, queue };
}

/** Undefined where it is not percent-encoded: a slash is not to stand in it, and a percent sign only before two digits. */
function decoded(text: string): string | undefined {
  try {
    return text.includes('/') ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
