import { ListenError, type Listening, type ListenOptions, listen } from '../net/listen.ts';

/** Listens on the first address, then on the others at the port that it got. */
export async function listenOnAll(hosts: readonly [string, ...string[]], port: number, how: Omit<ListenOptions, 'host' | 'port'>): Promise<Listening> {
  const [host, ...others] = hosts;
  const first = await listen({ host, port, ...how });
  const all = [first];
  try {
    for (const other of others) {
      const next = await listen({ host: other, port: first.port, ...how }).catch(unlessMissing);
      if (next !== undefined) all.push(next);
    }
  } catch (error) {
    await Promise.all(all.map(each => each.close()));
    throw error;
  }
  return { ...first, refuse: () => all.forEach(each => void each.refuse()), close: () => Promise.all(all.map(each => each.close())).then(() => undefined) };
}

/** The same at the first port from `first` to `last` that is free on all these addresses. Rejects with a `ListenError`. */
export async function listenInRange(
  hosts: readonly [string, ...string[]],
  { first, last }: { readonly first: number; readonly last: number },
  how: Omit<ListenOptions, 'host' | 'port'>,
): Promise<Listening> {
  for (let port = first; ; port += 1) {
    try {
      return await listenOnAll(hosts, port, how);
    } catch (error) {
      if (!(error instanceof ListenError) || error.kind !== 'in-use' || first >= last) throw error;
      if (port >= last)
        throw new ListenError('in-use', `All ports from ${first} to ${last} of ${hosts.join(' and ')} are in use by other programs`, { cause: error });
    }
  }
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof ListenError && error.kind === 'no-such-address') return undefined;
  throw error;
}
