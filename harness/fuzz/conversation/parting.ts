import type { Clock, Stream, StreamEnd } from '../../endpoint/transport.ts';

/** How long a peer gets to end its side after we have, in milliseconds. */
const lingerMs = 2_000;

/** Ends our side, and drops the stream where the peer does not end its own within a while; the answer takes that back. `ended`: the peer has. */
export function part(stream: Stream, clock: Clock, how: 'end' | 'reset', ended: StreamEnd | undefined): (() => void) | undefined {
  if (how === 'reset') {
    if (stream.reset === undefined) stream.destroy();
    else stream.reset();
    return undefined;
  }
  stream.end();
  return ended === undefined ? clock.at(clock.now() + lingerMs, () => stream.destroy()) : undefined;
}
