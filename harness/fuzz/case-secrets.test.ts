import { expect, test } from 'vitest';
import { withoutPassword, withPassword } from './case-secrets.ts';
import { sent, writeCase } from './case-text.ts';
import type { Step } from './conversation/conversation.ts';

const login = { user: 'shop', password: 's3cret-of-shop' };
const hexOf = (text: string) => Buffer.from(text).toString('hex').replace(/../g, '$& ').trim();
const plain = (password: string) => sent(Buffer.from(`....\0shop\0${password}en_US`));

function textOf(steps: readonly Step[], who = login): string {
  return writeCase({ id: 'a', title: 'b', subject: 'broker', protocol: 'amqp091' }, withoutPassword(steps, who));
}

test.each([
  ['whole', plain(login.password)],
  ['cut off', sent(Buffer.from('....\0shop\0s3cret-of'))],
  ['with a bit flipped', plain('s3cRet-of-shop')],
  ['twice', sent(Buffer.from(`\0shop\0${login.password}${login.password}`))],
  ['without its user', sent(Buffer.from(`x${login.password}`))],
])('a password %s is not in the text', (_, step) => {
  const text = textOf([step]);
  expect(text).not.toContain('cret-of');
  expect(text.replaceAll('\n', ' ')).not.toContain(hexOf('cret-of'));
});

test('it comes back where the case is played again', () => {
  const steps = [plain(login.password), { kind: 'reset' } as const];
  const clean = withoutPassword(steps, login);
  expect(clean).not.toEqual(steps);
  expect(withPassword(clean, login.password)).toEqual(steps.map(step => ('octets' in step ? { ...step, octets: new Uint8Array(step.octets) } : step)));
  expect(withPassword(clean, 'short')).toBe(login.password.length);
});

test('a short password is a word like any other elsewhere', () => {
  const steps = [sent(Buffer.from('\0guest\0guest')), sent(Buffer.from('the guest'))];
  const [first, second] = withoutPassword(steps, { user: 'guest', password: 'guest' });
  expect(first).toMatchObject({ octets: new Uint8Array(Buffer.from('\0guest\0*****')), holes: [{ name: 'password', at: 7, width: 5 }] });
  expect(second).toBe(steps[1]);
});
