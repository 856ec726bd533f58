import { shrink as shrinkOctets } from '../parser/shrink.ts';
import type { Conversation, Step } from './conversation.ts';

/** Whether the conversation still shows what is being shrunk. */
type Shows = (conversation: Conversation) => Promise<boolean>;

export interface ConversationShrinkOptions {
  /** Most conversations that are played. */
  readonly triesMax: number;
  /** Asked before each: the best so far is the answer once it says so. */
  readonly enough: () => boolean;
}

/** Octets of a departure up to which they are made fewer one by one. */
const octetsMax = 4_096;

/** The shortest conversation found that still shows it: fewest steps, fewest departures, fewest octets. */
export async function shrinkConversation(given: Conversation, shows: Shows, { triesMax, enough }: ConversationShrinkOptions): Promise<Conversation> {
  let left = triesMax;
  let best = given;
  const accepts = async (steps: readonly Step[]): Promise<boolean> => {
    if (left <= 0 || enough()) return false;
    left -= 1;
    const candidate = { ...best, steps, departures: departuresOf(steps) };
    if (!(await shows(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = best.steps.length >> 1; size >= 1; size >>= 1) {
    for (let start = 0; start < best.steps.length; ) {
      if (!(await accepts([...best.steps.slice(0, start), ...best.steps.slice(start + size)]))) start += size;
    }
  }
  for (const [at, step] of best.steps.entries()) {
    if (step.kind !== 'send') continue;
    if (step.cuts.length > 0) await accepts(replaced(best.steps, at, { ...step, cuts: [] }));
    if (step.departure === undefined || step.holes.length > 0 || step.octets.length > octetsMax) continue;
    await shrinkOctets(step.octets, octets => accepts(replaced(best.steps, at, { ...step, octets, cuts: step.cuts.filter(cut => cut < octets.length) })), {
      triesMax: Math.min(left, 120),
      enough,
    });
  }
  return best;
}

function replaced(steps: readonly Step[], at: number, step: Step): readonly Step[] {
  return steps.map((each, index) => (index === at ? step : each));
}

const departuresOf = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap(step => (step.kind === 'send' && step.departure !== undefined ? [step.departure] : []));
