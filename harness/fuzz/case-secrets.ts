import type { Hole, Step } from './conversation/conversation.ts';

/** A login whose password has no place in a case. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** The hole in which a password stood; where it is filled with one of another length the octets are others. */
export const passwordHole = 'password';

/** Passwords as short as this are overwritten only where a response of PLAIN has them, since they may be words like any other. */
const shortMax = 5;

type Send = Extract<Step, { readonly kind: 'send' }>;

/** The steps without the password: asterisks, in holes where the whole of it stood. */
export function withoutPassword(steps: readonly Step[], login: Login): readonly Step[] {
  if (login.password === '') return steps;
  return steps.map(step => (step.kind === 'send' ? blotted(step, login) : step));
}

function blotted(step: Send, { user, password }: Login): Send {
  const secret = Buffer.from(password);
  const before = Buffer.from(`\0${user}\0`);
  const octets = Buffer.from(step.octets);
  const holes: Hole[] = [];
  const blot = (at: number, width: number): void => {
    if (width === secret.length && secret.equals(octets.subarray(at, at + width)) && free(step, holes, at, width)) {
      holes.push({ name: passwordHole, at, width, sizes: [] });
    }
    octets.fill('*', at, at + width);
  };
  for (let at = octets.indexOf(before); at >= 0; at = octets.indexOf(before, at + 1)) {
    const from = at + before.length;
    const width = Math.min(secret.length, octets.length - from);
    if (alike(octets.subarray(from, from + width), secret)) blot(from, width);
  }
  if (secret.length > shortMax) for (let at = octets.indexOf(secret); at >= 0; at = octets.indexOf(secret, at + 1)) blot(at, secret.length);
  if (octets.equals(step.octets)) return step;
  return { ...step, octets: new Uint8Array(octets), holes: [...step.holes, ...holes].sort((one, other) => one.at - other.at) };
}

/** At least half of it is right: the rest was flipped or cut by a departure. */
const alike = (octets: Uint8Array, secret: Uint8Array): boolean =>
  octets.length > 0 && 2 * octets.filter((octet, at) => octet === secret[at]).length >= octets.length;

const free = (step: Send, found: readonly Hole[], at: number, width: number): boolean =>
  [...step.holes, ...found].every(hole => hole.at >= at + width || hole.at + hole.width <= at);

/** The steps with a password in its holes again; the width that it would have to have, where it is of another. */
export function withPassword(steps: readonly Step[], password: string): readonly Step[] | number {
  const secret = Buffer.from(password);
  const holes = steps.flatMap(step => (step.kind === 'send' ? step.holes : [])).filter(({ name }) => name === passwordHole);
  const other = holes.find(({ width }) => width !== secret.length);
  if (other !== undefined) return other.width;
  return steps.map(step => {
    if (step.kind !== 'send' || !step.holes.some(({ name }) => name === passwordHole)) return step;
    const octets = step.octets.slice();
    for (const { name, at } of step.holes) if (name === passwordHole) octets.set(secret, at);
    return { ...step, octets, holes: step.holes.filter(({ name }) => name !== passwordHole) };
  });
}
