import type { Amqp091Settings } from '../broker/dialects/amqp091-settings.ts';

/** To connect with: the first user whose password is known, that password, and a virtual host that it may use. */
export function urlOf(scheme: string, host: string, port: number, users: Amqp091Settings['users'], hostFor: (user: string) => string): string {
  const [user, secret] = Object.entries(users).find(([, each]) => typeof each === 'string') ?? Object.entries(users)[0] ?? ['guest', 'guest'];
  const login = `${encodeURIComponent(user)}${typeof secret === 'string' ? `:${encodeURIComponent(secret)}` : ''}`;
  const virtualHost = hostFor(user);
  const address = host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${login}@${address}:${port}${virtualHost === '/' ? '' : `/${encodeURIComponent(virtualHost)}`}`;
}
