import type { Hole, Step } from '../conversation.ts';
import type { Piece } from './script.ts';

/** What may come in place of what is waited for, so that nobody waits for it any more. */
const instead: Readonly<Record<string, string>> = {
  credit: 'credit|detach|end',
  outcome: 'outcome|detach|end',
  delivery: 'delivery|detach|end',
  attach: 'attach|end',
  flow: 'flow|end',
};

type Sent = Extract<Step, { readonly kind: 'send' }>;

/** Pieces as steps: those that follow one another without a pause, and leave the law nowhere, in one write. */
export function stepsOf(pieces: readonly Piece[]): readonly Step[] {
  const steps: Step[] = [];
  let run: Piece[] = [];
  const flush = () => {
    if (run.length > 0) steps.push(joined(run));
    run = [];
  };
  for (const piece of pieces) {
    if (piece.awaits.length > 0) {
      flush();
      for (const name of piece.awaits) steps.push({ kind: 'await', name: instead[name] ?? name, channel: channelOf(name, piece) });
    }
    if (isPlain(piece)) run.push(piece);
    else {
      flush();
      steps.push(...alone(piece));
    }
  }
  flush();
  return steps;
}

const ofConnection: ReadonlySet<string> = new Set([
  'open',
  'close',
  'header:amqp',
  'header:sasl',
  'sasl-mechanisms',
  'sasl-outcome',
  'sasl-challenge|sasl-outcome',
]);
const channelOf = (name: string, { channel }: Piece): number => (ofConnection.has(name) ? 0 : channel);

const isPlain = ({ departure, cuts, stallMs, ends }: Piece): boolean =>
  departure === undefined && cuts === undefined && stallMs === undefined && ends === undefined;

function joined(pieces: readonly Piece[]): Sent {
  const holes: Hole[] = [];
  let at = 0;
  for (const piece of pieces) {
    for (const hole of piece.holes) holes.push(moved(hole, at));
    at += piece.octets.length;
  }
  return { kind: 'send', octets: Buffer.concat(pieces.map(({ octets }) => octets)), holes, cuts: [], note: pieces.map(({ name }) => name).join(', ') };
}

function moved(hole: Hole, by: number): Hole {
  return { ...hole, at: hole.at + by, sizes: hole.sizes.map(size => ({ ...size, at: size.at + by })) };
}

function alone({ octets, holes, cuts = [], name, departure, state, channel, rule, stallMs, ends }: Piece): readonly Step[] {
  const told = departure === undefined ? {} : { departure, state, channel, ...(rule !== undefined && { rule }) };
  const steps: Step[] = [{ kind: 'send', octets, holes, cuts, note: name, ...told }];
  if (stallMs !== undefined) steps.push({ kind: 'stall', ms: stallMs });
  if (ends !== undefined) steps.push({ kind: ends });
  return steps;
}
