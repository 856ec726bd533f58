import type { FuzzProtocol } from '../../fuzz/finding.ts';
import { annotated } from '../../probe/annotate.ts';
import type { Cutter } from '../../saboteur/cutter.ts';
import { Cutter10 } from '../../saboteur/cutter10.ts';
import { Cutter091 } from '../../saboteur/cutter091.ts';
import type { Direction, RewriteTo } from '../../saboteur/passing.ts';
import type { ClientReaction, ClientScene, PlayedCase } from '../client-case.ts';
import type { Departed, Place } from './input.ts';

/** What was sent in a play, known when it was. */
export interface Sent extends Departed {
  /** The frame of the server's that it met, by name. */
  readonly state: string;
  /** Whether what is behind it can still be told apart: whole frames, as far as their heads say. */
  readonly legible: boolean;
}

const protocols = { amqp091: '0-9-1', amqp10: '1.0' } as const;
/** Larger frames are waited for by those who do not mind their size. */
const frameMax = 2 ** 24;

const anything: readonly [ClientReaction, ...ClientReaction[]] = [
  { kind: 'goes-on' },
  { kind: 'drops' },
  { kind: 'closes', scope: 'connection' },
  { kind: 'closes', scope: 'session' },
  { kind: 'closes', scope: 'channel' },
  { kind: 'closes', scope: 'link' },
];

interface Passing {
  readonly direction: Direction;
  readonly what: string;
  readonly bytes?: Uint8Array;
}

/** A case of these octets at this place; whatever the client does is legal, as long as it does something. */
export function fuzzCase(protocol: FuzzProtocol, { frame, where }: Place, make: (frame: Uint8Array) => Departed, told: (sent: Sent) => void): PlayedCase {
  const filterOf = (scene: ClientScene) => {
    let frames = 0;
    return (passing: Passing): RewriteTo<Uint8Array> => {
      const { bytes } = passing;
      if (passing.direction !== 'to-client' || bytes === undefined || passing.what === 'octets' || scene.over) return 'pass';
      frames += 1;
      if (frames !== frame) return 'pass';
      const departed = make(bytes);
      scene.departed();
      told({ ...departed, state: nameOf(protocol, bytes), legible: isLegible(protocol, departed.octets) });
      return { send: where === 'behind' ? [bytes, departed.octets] : [departed.octets] };
    };
  };
  return {
    id: `${protocol}/client/fuzz`,
    title: 'A departure that was drawn',
    duties: [protocol === 'amqp091' ? 'amqp091/4.2.2.protocol-header:client-emit' : 'amqp10/2.2.header-first:client-emit'],
    level: 'MUST',
    needs: 'connect',
    trigger: `frame ${frame} of the server`,
    lawful: false,
    legal: anything,
    seam: scene =>
      protocol === 'amqp091'
        ? { kind: 'frames', wholeFrames: true, start: () => filterOf(scene) }
        : { kind: 'frames10', wholeFrames: true, start: () => filterOf(scene) },
  };
}

/** The name of the method, performative or frame that octets begin with. */
function nameOf(protocol: FuzzProtocol, octets: Uint8Array): string {
  const [line = ''] = annotated(octets, 0, protocols[protocol]);
  return /^\d+: (?:channel \d+ )?(\S+)/.exec(line)?.[1]?.replace(/[,:;(]+$/, '') ?? 'octets';
}

function isLegible(protocol: FuzzProtocol, octets: Uint8Array): boolean {
  const cutter: Cutter<unknown> = protocol === 'amqp091' ? new Cutter091('to-client') : new Cutter10('to-client');
  cutter.frameMax = frameMax;
  cutter.push(octets);
  for (let passing = cutter.next(); passing !== undefined; passing = cutter.next()) if (passing.what === 'octets') return false;
  return cutter.complete;
}
