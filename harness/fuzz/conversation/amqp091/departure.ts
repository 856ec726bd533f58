import type { ChannelPlace } from './channels.ts';
import type { Script } from './script.ts';

/** One way to leave the law, or to come as close to it as one can. Leaves a script whose departure is the last thing on that channel. */
export interface Departure {
  /** How often it is taken, against the others. */
  readonly weight: number;
  /** Ends the connection where the law is kept: nothing behind it is heard. */
  readonly last?: true;
  readonly apply: (script: Script, channel: number, place: ChannelPlace, name: string) => void;
}

export type Departures = Readonly<Record<string, Departure>>;

/** Each name as often as its weight says. */
export function raffleOf(departures: Departures): readonly string[] {
  return Object.entries(departures).flatMap(([name, { weight }]) => new Array<string>(weight).fill(name));
}
