import type { ChannelState, ContentState } from '../../../endpoint/amqp091/transitions.ts';
import { frameTypes } from '../../../spec/amqp091/constants.ts';
import { contentHeader } from '../../../wire/amqp091/content.ts';
import { method } from '../../../wire/amqp091/method.ts';
import { encodeRawFrame } from '../../../wire/amqp091/raw-frame.ts';
import { legalSteps } from './legal-steps.ts';
import { channelClose } from './opening.ts';
import type { Script } from './script.ts';
import { channelPaths, contentStates } from './walk.ts';

/** Where a departure on a channel is made. */
export interface ChannelPlace {
  readonly channel: ChannelState;
  readonly content: ContentState;
}

/** Those that a client's legal steps lead to, and those behind a refusal that it can provoke. */
const places: readonly ChannelPlace[] = [
  ...[...channelPaths.keys()].filter(state => state !== 'open').map(channel => ({ channel, content: 'method' as const })),
  { channel: 'server-close', content: 'method' },
  { channel: 'both-close', content: 'method' },
  ...contentStates.map(content => ({ channel: 'open' as const, content })),
];

/** As findings and the table of what was covered call it. */
export const placeName = ({ channel, content }: ChannelPlace): string => `channel:${channel}${content === 'method' ? '' : ` content:${content}`}`;

export const placeNames: readonly string[] = places.map(placeName);
const openPlace: ChannelPlace = { channel: 'open', content: 'method' };

/** Octets that a content in the middle still wants. */
const bodyLeft = 5;

/** A drawn place: an open channel as often as all others together. */
export function drawnPlace(script: Script): ChannelPlace {
  return script.random.oneIn(2) ? openPlace : script.random.pick(places);
}

/** Brings a channel there. */
export function bring(script: Script, channel: number, place: ChannelPlace): void {
  const { setting } = script;
  script.state = placeName(place);
  if (place.channel === 'closed') return;
  script.method(channel, method('channel.open'), place.channel === 'opening' ? undefined : 'channel.open-ok');
  if (place.channel === 'opening') return;
  legalSteps(script, channel);
  if (place.channel === 'server-close' || place.channel === 'both-close') {
    script.served = false;
    script.method(channel, method('queue.declare', { queue: `${setting.prefix}missing`, passive: true }));
    script.hear('channel.close', channel);
  }
  if (place.channel === 'client-close' || place.channel === 'both-close') script.method(channel, channelClose);
  if (place.content === 'method') return;
  script.method(channel, method('basic.publish', { routingKey: `${setting.prefix}nowhere` }));
  if (place.content === 'body') script.say(encodeRawFrame(frameTypes.header, channel, contentHeader({ bodySize: bodyLeft }).raw), `header on ${channel}`);
}
